"""What is being asked: words, chips and order, as the search bar shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assetman.core.assets import Kind
from assetman.core.conditions import quoted
from assetman.core.moments import Picture
from assetman.core.queries import Aspect, Example, Filters, FolderFilter, Query, Sort
from assetman.ui.controller.text_chip import SINGLE, TextChip
from assetman.ui.times import span_text

KIND_NAMES = {
    Kind.IMAGE: "Pictures",
    Kind.VIDEO: "Video",
    Kind.AUDIO: "Sound",
    Kind.DOCUMENT: "Documents",
}


_ASPECTS = {Aspect.MEANING: "", Aspect.LOOK: " by colours", Aspect.SHAPE: " by shape"}
_ALTERNATIVES = re.compile(r"(^|\s)OR(\s|$)")


@dataclass(frozen=True, slots=True)
class ExampleChip:
    """A picture, a video or a sound, or a part of one, that is part of the question."""

    example: Example
    name: str
    thumbnail: str | Picture | None = None  # what to show small
    sound: bool = False  # it is heard: shown by a sign where there is nothing to see

    @property
    def label(self) -> str:
        name, start = self.name, self.example.start
        if start is not None:
            name = f"{name} at {span_text(start, self.example.end)}"
        if self.example.box is not None:
            name = f"part of {name}"
        if self.example.collection_id is not None:
            name = f"what is in {name}"
        name += _ASPECTS[self.example.by]
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

    @property
    def text(self) -> str:
        return f"in:{quoted(self.name)}"

    spoken = label


@dataclass(frozen=True, slots=True)
class KindChip:
    """A kind of file the search is limited to."""

    kind: Kind

    @property
    def label(self) -> str:
        return KIND_NAMES[self.kind]

    @property
    def text(self) -> str:
        return f"type:{self.kind}"

    @property
    def spoken(self) -> str:
        return f"only {self.label.lower()}"


@dataclass(frozen=True, slots=True)
class TagChip:
    """A tag that everything searched bears."""

    name: str

    @property
    def label(self) -> str:
        return f"tagged {self.name}"

    @property
    def text(self) -> str:
        return f"tag:{quoted(self.name)}"

    spoken = label


@dataclass(frozen=True, slots=True)
class RatingChip:
    """The ratings the search is limited to, both ends included; 0 is none."""

    least: int
    most: int = 5

    @property
    def label(self) -> str:
        if self.most == 0:
            return "not rated"
        if self.least == self.most:
            return "★" * self.least
        return f"{'★' * self.least} and up"

    @property
    def text(self) -> str:
        if self.most == 0:
            return "is:unrated"
        return f"rating:{self.least}" if self.least == self.most else f"rating:>={self.least}"

    @property
    def spoken(self) -> str:
        if self.most == 0:
            return self.label
        return f"rated {self.least}" + (" and up" if self.least < self.most else "")


@dataclass(frozen=True, slots=True)
class CollectionChip:
    """A collection the search is limited to."""

    id: int
    name: str

    @property
    def label(self) -> str:
        return f"in {self.name}"

    @property
    def text(self) -> str:
        return f"in:{quoted(self.name)}"

    @property
    def spoken(self) -> str:
        return f"in the collection {self.name}"


@dataclass(frozen=True, slots=True)
class MissingChip:
    """The search is limited to assets whose files are gone."""

    label = "missing"
    text = "is:missing"
    spoken = "only missing files"


FilterChip = FolderChip | KindChip | TagChip | RatingChip | CollectionChip | MissingChip | TextChip
Chip = ExampleChip | FilterChip
_PLACES = (FolderChip, KindChip, TagChip, CollectionChip, MissingChip)  # chosen at the left


@dataclass(frozen=True, slots=True)
class Wording:
    """What is typed and what was chosen, as one text of the query language."""

    words: str = ""
    chips: tuple[Chip, ...] = ()

    @property
    def conditions(self) -> tuple[str, ...]:
        """What chips say in the query language alone."""
        return tuple(chip.text for chip in self.chips if isinstance(chip, TextChip))

    @property
    def text(self) -> str:
        """What is asked in the query language: the chips' conditions, then the words.

        The words come last: whatever is unfinished in them harms nothing behind it.
        """
        words = self.words
        if self.conditions and _ALTERNATIVES.search(words):
            words = f"({words})"  # every alternative is to fulfil the conditions
        return " ".join(filter(None, [*self.conditions, words]))

    @property
    def words_at(self) -> int:
        """Where in `text` the words begin."""
        before = " ".join([*self.conditions, ""])
        return len(before) + bool(self.conditions and _ALTERNATIVES.search(self.words))


@dataclass(frozen=True, slots=True)
class SearchState(Wording):
    """One search as the person sees it. Equal states give equal questions."""

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
    def tags(self) -> tuple[str, ...]:
        return tuple(chip.name for chip in self.chips if isinstance(chip, TagChip))

    @property
    def collections(self) -> tuple[int, ...]:
        return tuple(chip.id for chip in self.chips if isinstance(chip, CollectionChip))

    @property
    def ratings(self) -> tuple[int, int] | None:
        found = (chip for chip in self.chips if isinstance(chip, RatingChip))
        return next(((chip.least, chip.most) for chip in found), None)

    @property
    def missing(self) -> bool:
        return MissingChip() in self.chips

    @property
    def filtered(self) -> bool:
        return any(not isinstance(chip, ExampleChip) for chip in self.chips)

    @property
    def everywhere(self) -> bool:
        """Whether nothing at the left limits the search."""
        return not any(isinstance(chip, _PLACES) for chip in self.chips)

    @property
    def where(self) -> str:
        """Name the places for a sentence: "Photos", "Photos and Coast", "" for everywhere."""
        names = [c.name for c in self.chips if isinstance(c, FolderChip | CollectionChip)]
        if len(names) > 2:
            return f"{len(names)} places"
        return " and ".join(names)

    def query(self) -> Query:
        """Put it as the engine takes it."""
        return Query(
            self.text,
            self.examples,
            Filters(
                self.kinds,
                self.folders,
                tags=self.tags,
                ratings=self.ratings,
                collections=self.collections,
                missing=self.missing,
            ),
            self.leave_out,
            self.sort,
            self.descending,
        )

    def with_chip(self, chip: Chip) -> SearchState:
        """Add a chip, unless it is there; an example's opposite and another rating give way."""
        if any(_same(chip, other) for other in self.chips):
            return self
        return replace(self, chips=(*(c for c in self.chips if not _gives_way(c, chip)), chip))

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

    def at_no_place(self) -> SearchState:
        """Search without the limits that were chosen at the left."""
        return replace(self, chips=tuple(c for c in self.chips if not isinstance(c, _PLACES)))

    def with_only(self, chip: Chip) -> SearchState:
        """Let a chip stand instead of those of its kind; alone already, it is taken away."""
        same = [other for other in self.chips if type(other) is type(chip)]
        rest = tuple(other for other in self.chips if type(other) is not type(chip))
        alone = len(same) == 1 and _same(same[0], chip)
        return replace(self, chips=rest if alone else (*rest, chip))

    def renamed(self, old: Chip, new: Chip) -> SearchState:
        """Give a chip another name where it stands."""
        chips = tuple(new if _same(chip, old) else chip for chip in self.chips)
        return replace(self, chips=tuple(dict.fromkeys(chips)))


def depends_on_the_person(state: SearchState) -> bool:
    """Tell whether the answer depends on what is added by hand: ratings, tags, collections."""
    typed = any(word in state.text.lower() for word in ("tag:", "rating:", "in:", "is:"))
    return typed or bool(state.tags or state.collections or state.ratings)


def _same(a: Chip, b: Chip) -> bool:
    if isinstance(a, ExampleChip) and isinstance(b, ExampleChip):
        return a.example == b.example
    if isinstance(a, FolderChip) and isinstance(b, FolderChip):
        return a.folder == b.folder
    if isinstance(a, TagChip) and isinstance(b, TagChip):
        return a.name.casefold() == b.name.casefold()
    if isinstance(a, CollectionChip) and isinstance(b, CollectionChip):
        return a.id == b.id
    return a == b


def _gives_way(a: Chip, b: Chip) -> bool:
    if isinstance(a, RatingChip) and isinstance(b, RatingChip):
        return True
    if isinstance(a, TextChip) and isinstance(b, TextChip):
        return a == b.opposite or (a.key == b.key and a.key in SINGLE)
    if not (isinstance(a, ExampleChip) and isinstance(b, ExampleChip)):
        return False
    return replace(a.example, weight=1.0) == replace(b.example, weight=1.0)
