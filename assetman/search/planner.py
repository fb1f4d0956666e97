"""Turns a query into alternatives: what is asked of the spaces, and of which assets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice, product

from assetman.core.conditions import (
    EVERYTHING,
    Any,
    Condition,
    InCollection,
    InFolder,
    Key,
    Test,
    either,
    every,
    needed,
)
from assetman.core.mistakes import Mistake
from assetman.core.queries import Aspect, Example, Query
from assetman.library.library import Library
from assetman.library.writings import READ_KINDS
from assetman.search.parser import AllOf, AnyOf, LikeFile, Meaning, Question, Unwanted, parse
from assetman.search.parser.tree import is_condition
from assetman.search.resolving import Resolved, resolved

LIMIT = 200  # hits, where the query does not say
_OF = {Aspect.LOOK: "the colours", Aspect.SHAPE: "the shape"}
UNLIKE_WEIGHT = 0.5  # of what is not wanted against what is; Rocchio's beta and gamma
MOST_ALTERNATIVES = 16
_Leaf = Meaning | LikeFile | Unwanted


@dataclass(frozen=True, slots=True)
class Part:
    """One thing the question consists of: words, or an example, with its weight."""

    name: str  # as the reasons of a hit name it
    weight: float
    words: str = ""
    example: Example | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to answer: what is meant, and what an asset must be. Without parts it lists."""

    parts: tuple[Part, ...] = ()
    condition: Condition = EVERYTHING

    @property
    def words(self) -> str:
        """Give the words that are wanted."""
        return " ".join(part.words for part in self.parts if part.weight > 0 and part.words)

    @property
    def said(self) -> tuple[str, ...]:
        """Give the phrases that have to be said."""
        return said_in(self.condition)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do for one query: an asset answers as well as its best alternative says."""

    query: Query
    alternatives: tuple[Alternative, ...]  # at least one
    limit: int | None
    mistakes: tuple[Mistake, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def lists(self) -> bool:
        """Tell whether nothing is about meaning: the query lists the assets of its condition."""
        return not any(each.parts for each in self.alternatives)

    @property
    def condition(self) -> Condition:
        """Give what every asset of the answer passes."""
        conditions = [each.condition for each in self.alternatives]
        return EVERYTHING if EVERYTHING in conditions else either(*conditions)


def plan(query: Query, library: Library) -> Plan:
    """Plan a query: its words, its filters and its examples, as alternatives."""
    parsed = parse(query.text)
    found = resolved(parsed, library)
    notes = []
    rows = list(islice(_alternatives(found.tree), MOST_ALTERNATIVES + 1))
    if len(rows) > MOST_ALTERNATIVES:
        rows.pop()
        notes.append(f"Only the first {MOST_ALTERNATIVES} alternatives of the question count.")
    given = query.filters.condition()
    alternatives = tuple(
        Alternative(_parts(row, found, query.examples), side_by_side((given, *row))) for row in rows
    )
    if any(each.said for each in alternatives) and not library.passages.any():
        notes.append("No subtitles, chapters or written-down speech here to find words in.")
    read = any(said_in(each.condition, Key.TEXT) for each in alternatives)
    if read and not library.passages.any(READ_KINDS):
        notes.append("No text has been read in pictures here: that has to be switched on.")
    lists = not any(each.parts for each in alternatives)
    limit = query.limit if query.limit is not None or lists else LIMIT
    return Plan(query, alternatives, limit, (*parsed.mistakes, *found.mistakes), tuple(notes))


def said_in(condition: Condition, key: Key = Key.SAID) -> tuple[str, ...]:
    """Give the phrases that have to be said in what passes a condition, or to be read in it."""
    tests = (each for each in needed(condition) if isinstance(each, Test))
    return tuple(str(each.value) for each in tests if each.key is key)


def side_by_side(parts: Iterable[Question]) -> Condition:
    """Join the conditions among some parts that all must hold, as a person means them.

    No file is of two kinds or lies in two folders: kinds, endings, orientations, folders and
    collections that stand side by side are a choice, each among its like.
    """
    conditions = every(*(part for part in parts if is_condition(part)))
    choices: dict[object, list[Condition]] = {}
    rest: list[Condition] = []
    for condition in needed(conditions):
        subject = _subject(condition)
        (rest if subject is None else choices.setdefault(subject, [])).append(condition)
    return every(*(either(*choice) for choice in choices.values()), *rest)


def _subject(condition: Condition) -> object:
    """Name what several conditions are a choice of; None for all others."""
    if isinstance(condition, Any):
        subjects = {_subject(part) for part in condition.parts}
        return subjects.pop() if len(subjects) == 1 else None
    if isinstance(condition, Test):
        exclusive = condition.key in (Key.TYPE, Key.EXT, Key.ORIENTATION)
        return condition.key if exclusive else None
    return type(condition) if isinstance(condition, InFolder | InCollection) else None


def _alternatives(tree: Question) -> Iterator[tuple[_Leaf | Condition, ...]]:
    """Go through the alternatives of a tree: what of each must hold together.

    Alternatives that are about conditions alone stay one condition.
    """
    if isinstance(tree, AllOf):
        each = (islice(_alternatives(part), MOST_ALTERNATIVES + 1) for part in tree.parts)
        for row in product(*each):
            yield tuple(chain.from_iterable(row))
    elif isinstance(tree, AnyOf):
        for part in tree.parts:
            if not is_condition(part):
                yield from _alternatives(part)
        conditions = [part for part in tree.parts if is_condition(part)]
        if conditions:
            yield (either(*conditions),)
    else:
        yield (tree,)


def _parts(
    row: Iterable[_Leaf | Condition], found: Resolved, examples: Iterable[Example]
) -> tuple[Part, ...]:
    """Give what is meant as weighted parts; words of the usual weight are one part."""
    plain: list[str] = []
    others: list[Part] = []
    for leaf in row:
        if isinstance(leaf, Meaning) and leaf.weight == 1:
            plain.append(leaf.words)
        elif isinstance(leaf, Meaning | LikeFile):
            others.append(_part(leaf, leaf.weight, found))
        elif isinstance(leaf, Unwanted):
            others.append(_part(leaf.part, -leaf.part.weight, found))
    words = [Part("words", 1.0, words=" ".join(plain))] if plain else []
    return _weigh([*words, *others, *map(_shown, examples)])


def _part(leaf: Meaning | LikeFile, weight: float, found: Resolved) -> Part:
    if isinstance(leaf, LikeFile):
        return _shown(replace(found.examples[leaf.path], weight=weight))
    name = f"“{leaf.words}”"
    return Part(name if weight > 0 else f"not {name}", weight, words=leaf.words)


def _shown(example: Example) -> Part:
    sense = "like" if example.weight > 0 else "unlike"
    what = "the example" if example.start is None else "the moment"
    if example.collection_id is not None:
        what = "the collection"
    if example.by is not Aspect.MEANING:
        what = f"{_OF[example.by]} of {what}"
    return Part(
        f"{sense} {'the marked part' if example.box else what}", example.weight, example=example
    )


def _weigh(parts: list[Part]) -> tuple[Part, ...]:
    """Share the weight: wanted parts sum to 1, unwanted ones to `UNLIKE_WEIGHT`.

    After Rocchio (1971): the mean of what is wanted less a part of the mean of what is not.
    """
    wanted = sum(part.weight for part in parts if part.weight > 0)
    unwanted = -sum(part.weight for part in parts if part.weight < 0) / UNLIKE_WEIGHT
    return tuple(
        replace(part, weight=part.weight / (wanted if part.weight > 0 else unwanted))
        for part in parts
        if part.weight
    )
