"""The verbs about reading text in pictures."""

from __future__ import annotations

from assetman.core.lettering import TextReading
from assetman.engine.verbs import Verbs


class TextVerbs(Verbs):
    """Satisfies `TextApi`."""

    def text_reading(self) -> TextReading:
        return self._workspace.lettering.state()

    def read_text(self, on: bool) -> int:
        self._workspace.publish(self._workspace.lettering.switch(on))
        return self._workspace.pipeline.start(())
