"""What is being asked: words, chips and order, as the search bar shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assetman.core.assets import Kind
from assetman.core.queries import Example, Filters, FolderFilter, Query, Sort

KIND_NAMES = {
    Kind.IMAGE: "Pictures",
    Kind.VIDEO: "Video",
    Kind.AUDIO: "Sound",
    Kind.DOCUMENT: "Documents",
}


@dataclass(frozen=True, slots=True)
class ExampleChip:
    """A picture, or a part of one, that is part of the question."""

    example: Example
    name: str
    thumbnail: str | None = None  # path of a picture file to show small

    @property
    def label(self) -> str:
        name = f"part of {self.name}" if self.example.box is not None else self.name
        return f"less like {name}" if self.example.weight < 0 else name

    @property
    def spoken(self) -> str:
        return self.label if self.example.weight < 0 else f"like {self.label}"


@dataclass(frozen=True, slots=True)
class FolderChip:
    """A folder the search is limited to."""

    folder: FolderFilter
    name: str

    @property
    def label(self) -> str:
        return f"in {self.name}"

    spoken = label


@dataclass(frozen=True, slots=True)
class KindChip:
    """A kind of file the search is limited to."""

    kind: Kind

    @property
    def label(self) -> str:
        return KIND_NAMES[self.kind]

    @property
    def spoken(self) -> str:
        return f"only {self.label.lower()}"


Chip = ExampleChip | FolderChip | KindChip


@dataclass(frozen=True, slots=True)
class SearchState:
    """One search as the person sees it. Equal states give equal questions."""

    words: str = ""
    chips: tuple[Chip, ...] = ()
    sort: Sort = Sort.RELEVANCE
    descending: bool = True
    leave_out: tuple[int, ...] = ()

    @property
    def examples(self) -> tuple[Example, ...]:
        return tuple(chip.example for chip in self.chips if isinstance(chip, ExampleChip))

    @property
    def folders(self) -> tuple[FolderFilter, ...]:
        return tuple(chip.folder for chip in self.chips if isinstance(chip, FolderChip))

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(chip.kind for chip in self.chips if isinstance(chip, KindChip))

    @property
    def asks(self) -> bool:
        """Whether this is a question; otherwise it lists."""
        return bool(self.words.strip() or self.examples)

    @property
    def filtered(self) -> bool:
        return bool(self.folders or self.kinds)

    @property
    def where(self) -> str:
        """Name the folders for a sentence: "Photos", "Photos and Coast", "" for everywhere."""
        names = [chip.name for chip in self.chips if isinstance(chip, FolderChip)]
        if len(names) > 2:
            return f"{len(names)} folders"
        return " and ".join(names)

    def query(self) -> Query:
        """Put it as the engine takes it."""
        return Query(
            self.words,
            self.examples,
            Filters(self.kinds, self.folders),
            self.leave_out,
            self.sort,
            self.descending,
        )

    def with_chip(self, chip: Chip) -> SearchState:
        """Add a chip, unless it is there; an example's opposite gives way to it."""
        if any(_same(chip, other) for other in self.chips):
            return self
        return replace(self, chips=(*(c for c in self.chips if not _opposite(c, chip)), chip))

    def without_chip(self, chip: Chip) -> SearchState:
        """Take a chip away; with the last example go the assets that were left out for it."""
        chips = tuple(other for other in self.chips if other != chip)
        bare = not any(isinstance(other, ExampleChip) for other in chips)
        return replace(self, chips=chips, leave_out=() if bare else self.leave_out)

    def ordered(self, sort: Sort, descending: bool) -> SearchState:
        """Order the results otherwise."""
        return replace(self, sort=sort, descending=descending)

    def without_filters(self) -> SearchState:
        """Search everywhere."""
        chips = tuple(chip for chip in self.chips if isinstance(chip, ExampleChip))
        return replace(self, chips=chips)

    def in_folder(self, chip: FolderChip | None) -> SearchState:
        """Search in this folder alone, or in all of them."""
        rest = tuple(other for other in self.chips if not isinstance(other, FolderChip))
        return replace(self, chips=rest if chip is None else (*rest, chip))


def _same(a: Chip, b: Chip) -> bool:
    if isinstance(a, ExampleChip) and isinstance(b, ExampleChip):
        return a.example == b.example
    if isinstance(a, FolderChip) and isinstance(b, FolderChip):
        return a.folder == b.folder
    return a == b


def _opposite(a: Chip, b: Chip) -> bool:
    if not (isinstance(a, ExampleChip) and isinstance(b, ExampleChip)):
        return False
    return replace(a.example, weight=1.0) == replace(b.example, weight=1.0)
