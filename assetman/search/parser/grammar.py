"""Parts of what was typed to a tree: side by side is “and”, `OR` binds looser, `(…)` groups."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field

from assetman.core.conditions import EVERYTHING, Key
from assetman.core.mistakes import Mistake
from assetman.search.parser.tokens import ABOUT, KEYS, Form, Token, tokens
from assetman.search.parser.tree import (
    HEAVIEST,
    LIGHTEST,
    AllOf,
    LikeFile,
    Meaning,
    Question,
    all_of,
    any_of,
    is_plain,
    mixed,
    weighed,
    without,
)
from assetman.search.parser.values import Senseless, test

_DEEPEST = 50  # groups within each other
_MOST = 100  # groups, and parts that are more than a plain word
_MOST_MISTAKES = 100
_LIKE_A_KEY = re.compile(r"([^\W\d_]{2,}):(?!//)\S")
_ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Term:
    """A leaf of the tree, and where it was typed, its sign included."""

    start: int  # characters
    end: int
    question: Question


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was typed, as a tree; `mistakes` say what makes no sense, and is not in the tree."""

    tree: Question
    mistakes: tuple[Mistake, ...] = ()
    terms: tuple[Term, ...] = ()  # in the order they were typed


def parse(text: str) -> Parsed:
    """Read a question. Nothing typed is an error: what makes no sense is a mistake at its place.

    A key without a value is passed over: the rest of it is still to be typed.
    """
    reading = _Reading()
    for token in tokens(text):
        reading.take(token)
    return reading.result()


@dataclass(slots=True)
class _Group:
    """A group that is being read: alternatives, each of parts that all must hold."""

    opening: Token | None = None
    done: list[Question] = field(default_factory=list)
    parts: list[Question] = field(default_factory=list)
    after_or: Token | None = None  # nothing stands behind it yet

    def question(self) -> Question | None:
        """Give what was read; None for nothing at all."""
        alternatives = [*self.done, all_of(self.parts)] if self.parts else self.done
        return any_of(alternatives) if alternatives else None


@dataclass(slots=True)
class _Reading:
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    mistakes: list[Mistake] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    too_deep: int = 0  # groups that are open and passed over
    count: int = 0  # of what there are `_MOST` of

    def take(self, token: Token) -> None:
        """Take in the next part."""
        if token.form is Form.OPEN:
            self._open(token)
        elif token.form is Form.CLOSE:
            self._close(token)
        elif token.form is Form.OR:
            self._or(token)
        elif (leaf := self._leaf(token)) is not None and (is_plain(leaf) or self._room(token)):
            self.terms.append(Term(token.start, token.end, leaf))
            self._add(leaf)

    def result(self) -> Parsed:
        """End what is still open."""
        while len(self.groups) > 1:
            opening = self.groups[-1].opening
            if opening is not None:
                self._wrong(opening, "This “(” is not closed.")
            self._end_group(None)
        tree = self._ended(self.groups[0])
        mistakes = sorted(self.mistakes, key=lambda each: (each.start, each.end))
        return Parsed(
            EVERYTHING if tree is None else tree,
            tuple(mistakes[:_MOST_MISTAKES]),
            tuple(self.terms),
        )

    def _add(self, question: Question) -> None:
        group = self.groups[-1]
        # A group of words is no part of its own: `all_of` joins them with their neighbours.
        group.parts += question.parts if isinstance(question, AllOf) else (question,)
        group.after_or = None

    def _open(self, token: Token) -> None:
        if len(self.groups) > _DEEPEST:
            self._wrong(token, f"Groups go {_DEEPEST} deep at most.")
        elif self._room(token):
            self.groups.append(_Group(token))
            return
        self.too_deep += 1

    def _room(self, token: Token) -> bool:
        """Tell whether one part more is read; a search of thousands would take too long."""
        self.count += 1
        if self.count == _MOST + 1:
            message = f"Only the first {_MOST} filters, groups and weighted words count."
            self._wrong(token, message)
        return self.count <= _MOST

    def _close(self, token: Token) -> None:
        if self.too_deep:
            self.too_deep -= 1
        elif len(self.groups) == 1:
            self._wrong(token, "There is no “(” for this “)”.")
        else:
            self._end_group(token)

    def _end_group(self, closing: Token | None) -> None:
        group = self.groups.pop()
        question, opening = self._ended(group), group.opening
        assert opening is not None  # only the outermost has none
        if question is None:
            if closing is not None and closing.start == opening.end:
                self._wrong(opening, "There is nothing between these parentheses.", closing.end)
            return
        if closing is not None and closing.weight is not None:
            question = self._weighed(question, closing)
        if opening.unwanted:
            if mixed(question):
                end = opening.end if closing is None else closing.end
                self._wrong(
                    opening,
                    "Filters and words cannot be left out together: each is left out by itself.",
                    end,
                )
            question = without(question)
        self._add(question)

    def _ended(self, group: _Group) -> Question | None:
        if group.after_or is not None:
            self._wrong(group.after_or, "Nothing stands behind this “OR”.")
        return group.question()

    def _or(self, token: Token) -> None:
        group = self.groups[-1]
        if not group.parts:
            self._wrong(token, "Nothing stands before this “OR”.")
            return
        group.done.append(all_of(group.parts))
        group.parts = []
        group.after_or = token

    def _leaf(self, token: Token) -> Question | None:
        """Read a part that stands by itself; None for what makes no sense or is half typed."""
        if not token.closed:
            sign = "bracket" if token.form is Form.FILE else "quotation mark"
            self._wrong(token, f"The closing {sign} is missing.")
        try:
            question = self._meant(token)
        except Senseless as problem:
            self._wrong(token, str(problem))
            return None
        if question is None:
            return None
        if token.weight is not None:
            question = self._weighed(question, token)
        return without(question) if token.unwanted else question

    def _meant(self, token: Token) -> Question | None:
        value = token.value.strip()
        if token.form is Form.WORD:
            self._doubt(token)
            return Meaning(value) if value else None
        if not value:
            return None
        if token.form is Form.FILE:
            return LikeFile(value)
        if token.key == ABOUT:
            return Meaning(" ".join(value.split()))
        return test(token.key or Key.WRITTEN, value)

    def _doubt(self, token: Token) -> None:
        """Say so where a word looks like a key with a slip in it; it stays a word."""
        found = _LIKE_A_KEY.match(token.value)
        near = difflib.get_close_matches(found[1].lower(), KEYS, 1, _ALIKE) if found else []
        if found and near:
            message = f"There is no “{found[1]}:”. Did you mean “{near[0]}:”?"
            self._wrong(token, message)

    def _weighed(self, question: Question, token: Token) -> Question:
        weight = token.weight or 0.0
        if not LIGHTEST <= weight <= HEAVIEST:
            self._wrong(token, f"Weights go from {LIGHTEST:g} to {HEAVIEST:g}.")
            return question
        result = weighed(question, weight)
        if result == question and weight != 1:
            self._wrong(token, "Only what is looked for by its meaning can have a weight.")
        return result

    def _wrong(self, token: Token, message: str, end: int | None = None) -> None:
        self.mistakes.append(Mistake(token.start, end or token.end, message))
