"""The verbs about saving moments of videos as files of their own."""

from __future__ import annotations

from assetman.core.errors import EnvironmentProblem, WrongUse
from assetman.core.exports import Export, ExportForm
from assetman.engine.verbs import Verbs


class ExportVerbs(Verbs):
    """Satisfies `ExportApi`."""

    def export(
        self, asset_id: int, start: float, end: float, target: str, form: ExportForm
    ) -> Export:
        if not self._library.assets.get([asset_id]):
            raise WrongUse("The file is no longer in the library.")
        raise EnvironmentProblem(f"{target} cannot be written: nothing can be saved yet.")

    def cancel_export(self, number: int) -> None:
        raise WrongUse(f"There is no export {number}.")
