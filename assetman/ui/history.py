"""Back and Forward through searches."""

from __future__ import annotations

from dataclasses import dataclass

from assetman.ui.controller.state import SearchState

LONGEST = 200


@dataclass
class Step:
    """A search that was looked at, and where in its results the person was."""

    state: SearchState
    place: object | None = None  # the grid's own: scroll position and selection
    settled: bool = False  # the person used it; further typing is another step


class History:
    """The steps so far, and which of them is shown."""

    def __init__(self, first: SearchState) -> None:
        self._steps = [Step(first, settled=True)]
        self._at = 0

    @property
    def present(self) -> Step:
        return self._steps[self._at]

    @property
    def can_go_back(self) -> bool:
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        return self._at + 1 < len(self._steps)

    def visit(self, state: SearchState) -> None:
        """Go to another search; typing on amends a step that nobody has used yet."""
        present = self.present
        if state == present.state:
            return
        words = (state.words.strip(), present.state.words.strip())
        typed = all(words) and state.chips == present.state.chips
        if typed and not present.settled:
            present.state = state
            present.place = None
            return
        del self._steps[self._at + 1 :]
        self._steps.append(Step(state))
        del self._steps[:-LONGEST]
        self._at = len(self._steps) - 1

    def leave(self, place: object | None) -> None:
        """Remember where in the results the person is."""
        self.present.place = place

    def settle(self) -> None:
        """Note that the person used these results."""
        self.present.settled = True

    def back(self) -> Step:
        """Go one step back and give it."""
        self._at = max(0, self._at - 1)
        self.present.settled = True
        return self.present

    def forward(self) -> Step:
        """Go one step forward and give it."""
        self._at = min(len(self._steps) - 1, self._at + 1)
        self.present.settled = True
        return self.present
