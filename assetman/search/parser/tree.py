"""A question as a tree: what is meant, joined with conditions.

Trees that the functions here make are canonical: nothing is nested in its like, nothing stands
alone in a group, and words side by side are one meaning. What consists of conditions alone is
one condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeGuard

from assetman.core.conditions import (
    All,
    Any,
    Condition,
    InCollection,
    InFolder,
    Not,
    Test,
    either,
    every,
    opposite,
)

LIGHTEST, HEAVIEST = 0.01, 100.0


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words that are looked for by what they mean, single spaces between them."""

    words: str
    weight: float = 1.0  # beside the other parts of the question


@dataclass(frozen=True, slots=True)
class LikeFile:
    """A file that what is looked for is like."""

    path: str  # or a name in the library
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Unwanted:
    """What is found is to be unlike this."""

    part: Meaning | LikeFile


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of the parts, at least two of them; not all are conditions."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any one of the parts, at least two of them; not all are conditions."""

    parts: tuple[Question, ...]


Question = Meaning | LikeFile | Unwanted | AllOf | AnyOf | Condition
_CONDITIONS = (Test, InFolder, InCollection, Not, All, Any)


def is_condition(question: Question) -> TypeGuard[Condition]:
    """Tell whether nothing of a question is about meaning."""
    return isinstance(question, _CONDITIONS)


def is_plain(question: Question) -> bool:
    """Tell whether a question is nothing but words of the usual weight."""
    return isinstance(question, Meaning) and question.weight == 1


def all_of(parts: Iterable[Question]) -> Question:
    """Join what must all hold; without parts it asks for nothing: every asset will do."""
    flat: list[Question] = []
    for plain, run in groupby(_each_once(parts), is_plain):
        group = list(run)
        words = [each.words for each in group if isinstance(each, Meaning)]
        flat += [Meaning(" ".join(words))] if plain else group
    conditions = [part for part in flat if is_condition(part)]
    if len(conditions) == len(flat):
        return every(*conditions)
    return flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def any_of(parts: Iterable[Question]) -> Question:
    """Join alternatives, at least one."""
    flat: dict[Question, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, AnyOf | Any) else (part,)))
    conditions = [part for part in flat if is_condition(part)]
    if len(conditions) == len(flat):
        return either(*conditions)
    return next(iter(flat)) if len(flat) == 1 else AnyOf(tuple(flat))


def without(question: Question) -> Question:
    """Give the opposite: conditions are not to hold, what is meant is to be unlike.

    What is to be unlike several things is to be unlike each of them.
    """
    if isinstance(question, Unwanted):
        return question.part
    if isinstance(question, Meaning | LikeFile):
        return Unwanted(question)
    if isinstance(question, AllOf | AnyOf):
        return all_of(without(part) for part in question.parts)
    return opposite(question)


def weighed(question: Question, weight: float) -> Question:
    """Multiply the weights of all that is meant."""
    if isinstance(question, Meaning | LikeFile):
        times = min(max(round(question.weight * weight, 4), LIGHTEST), HEAVIEST)
        return replace(question, weight=times)
    if isinstance(question, Unwanted):
        part = weighed(question.part, weight)
        assert isinstance(part, Meaning | LikeFile)
        return Unwanted(part)
    if isinstance(question, AllOf):
        return all_of(weighed(part, weight) for part in question.parts)
    if isinstance(question, AnyOf):
        return any_of(weighed(part, weight) for part in question.parts)
    return question


def mixed(question: Question) -> bool:
    """Tell whether a question is about meaning and has conditions too."""
    if not isinstance(question, AllOf | AnyOf):
        return False
    return any(is_condition(part) or mixed(part) for part in question.parts)


def canonical(question: Question) -> Question:
    """Give the canonical form of any tree; what was parsed has it."""
    if isinstance(question, AllOf | All):
        return all_of(canonical(part) for part in question.parts)
    if isinstance(question, AnyOf | Any):
        return any_of(canonical(part) for part in question.parts)
    if isinstance(question, Not):
        return without(canonical(question.part))
    return question


def _each_once(parts: Iterable[Question]) -> Iterator[Question]:
    """Go through parts that must all hold, and their parts; to ask twice for one adds nothing."""
    known: set[Question] = set()
    for part in parts:
        for each in part.parts if isinstance(part, AllOf | All) else (part,):
            if not is_condition(each):
                yield each
            elif each not in known:
                known.add(each)
                yield each
