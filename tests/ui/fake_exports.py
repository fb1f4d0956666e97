"""Exports of the small engine in memory: they go as far as a test says.

What tests steer: `hold_exports` keeps them at half until `finish_export`, `fail_export`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assetman.core.errors import WrongUse
from assetman.core.exports import Export, ExportForm, ExportState


class FakeExports:
    """Satisfies `ExportApi`."""

    _begin: Callable[..., None]
    _row: Callable[..., object]
    emit: Callable[..., None]

    def begin_exports(self) -> None:
        """Start with none."""
        self.export_rows: dict[int, Export] = {}
        self.hold_exports = False

    # -- what tests steer ---------------------------------------------------------------

    def finish_export(self, number: int, start: float | None = None) -> None:
        """Write the file."""
        row = self.export_rows[number]
        Path(row.target).write_bytes(b"a clip")
        self._say_export(replace(row, state=ExportState.DONE, share=1.0, start=start))

    def fail_export(self, number: int, message: str) -> None:
        """Meet some trouble."""
        row = self.export_rows[number]
        self._say_export(replace(row, state=ExportState.FAILED, message=message))

    # -- the verbs ----------------------------------------------------------------------

    def export(
        self, asset_id: int, start: float, end: float, target: str, form: ExportForm
    ) -> Export:
        self._begin("export", (asset_id, start, end, target, form))
        self._row(asset_id)
        if os.path.lexists(target):
            raise WrongUse(f"{target} exists already.")
        begun = Export(len(self.export_rows) + 1, target, share=0.5)
        self._say_export(begun)
        if not self.hold_exports:
            self.finish_export(begun.number)
        return begun

    def cancel_export(self, number: int) -> None:
        self._begin("cancel_export", number)
        self._say_export(replace(self.export_rows[number], state=ExportState.CANCELLED))

    def _say_export(self, export: Export) -> None:
        self.export_rows[export.number] = export
        self.emit(export)
