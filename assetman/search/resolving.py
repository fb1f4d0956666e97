"""Finds what a question names in the library: folders, collections, tags and files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from assetman.core.assets import Root
from assetman.core.conditions import (
    All,
    Any,
    Condition,
    InCollection,
    InFolder,
    Key,
    Not,
    Test,
    either,
    folded,
)
from assetman.core.mistakes import Mistake
from assetman.core.queries import Example
from assetman.library.library import Library
from assetman.search import excerpts
from assetman.search.parser import (
    AllOf,
    AnyOf,
    LikeFile,
    Parsed,
    Question,
    Unwanted,
    all_of,
    any_of,
    without,
)

_LOOKED_AT = 1000  # files of one name


@dataclass(frozen=True, slots=True)
class Resolved:
    """A tree that names no folders and no collections any more, only tags that there are."""

    tree: Question
    examples: dict[str, Example]  # by what its leaves say of a file
    mistakes: tuple[Mistake, ...] = ()


def resolved(parsed: Parsed, library: Library) -> Resolved:
    """Find what a question names. What is not there is a mistake, and left out of the tree."""
    finding = _Finding(library)
    mistakes = [
        Mistake(term.start, term.end, problem)
        for term in parsed.terms
        if (problem := finding.look_up(term.question))
    ]
    tree = finding.put_in(parsed.tree)
    return Resolved(all_of(()) if tree is None else tree, finding.examples, tuple(mistakes))


@dataclass(slots=True)
class _Finding:
    library: Library
    places: dict[str, Condition] = field(default_factory=dict)  # by what `in:` names
    tags: set[str] = field(default_factory=set)
    examples: dict[str, Example] = field(default_factory=dict)

    def look_up(self, leaf: Question) -> str | None:
        """Find what a leaf names; say what is wrong where there is no such thing."""
        if isinstance(leaf, Not | Unwanted):
            return self.look_up(leaf.part)
        if isinstance(leaf, LikeFile):
            return self._file(leaf.path)
        if not isinstance(leaf, Test):
            return None
        name = str(leaf.value)
        if leaf.key is Key.IN:
            return self._place(name)
        return self._tag(name) if leaf.key is Key.TAG else None

    def put_in(self, question: Question) -> Question | None:
        """Put what was found in the place of its name; None for what is not there."""
        if isinstance(question, Not):
            part = self.put_in(question.part)
            return None if part is None else without(part)
        if isinstance(question, AllOf | All):
            return self._joined(question.parts, all_of)
        if isinstance(question, AnyOf | Any):
            return self._joined(question.parts, any_of)
        if isinstance(question, Test) and question.key is Key.IN:
            return self.places.get(str(question.value))
        if isinstance(question, Test) and question.key is Key.TAG:
            return question if question.value in self.tags else None
        file = question.part if isinstance(question, Unwanted) else question
        if isinstance(file, LikeFile) and file.path not in self.examples:
            return None
        return question

    def _joined(
        self, parts: Iterable[Question], join: Callable[[Iterable[Question]], Question]
    ) -> Question | None:
        found = [each for part in parts if (each := self.put_in(part)) is not None]
        return join(found) if found else None

    def _tag(self, name: str) -> str | None:
        if self.library.tags.named(name) is None:
            return f"There is no tag “{name}”."
        self.tags.add(name)
        return None

    def _place(self, name: str) -> str | None:
        """Find folders by name or path, else a collection by name, whatever the case."""
        roots = self.library.roots.uncounted()
        folders = [each for root in roots for each in self._in(root, name)]
        collection = None if folders else self.library.collections.named(name)
        if collection is not None:
            self.places[name] = InCollection(collection)
        elif folders:
            self.places[name] = either(*folders)
        else:
            return f"There is no folder and no collection “{name}” in the library."
        return None

    def _in(self, root: Root, name: str) -> list[Condition]:
        wanted = folded(_slashes(name))
        path = folded(_slashes(root.path))
        if wanted in (folded(root.name), path):
            return [InFolder(root.id)]
        inside = wanted.removeprefix(path + "/")
        names = [(path, folded(path)) for path in self.library.roots.paths(root.id)]
        return [
            InFolder(root.id, path)
            for path, known in names
            if known == inside or known.endswith("/" + wanted)
        ]

    def _file(self, text: str) -> str | None:
        """Find a file by its path, else one of the library by its name or the end of its path.

        The name of a collection means all that is in it.
        """
        name, example = excerpts.read(text, Example(path=text))
        path = os.path.expanduser(name)  # a relative one says nothing here: it is a name
        whole = os.path.isabs(path)
        asset = self.library.assets.at_path(os.path.realpath(path)) if whole else None
        asset = asset or self._called(name)
        if asset is not None:
            example = replace(example, path=None, asset_id=asset)
        elif (collection := self.library.collections.named(name)) is not None:
            example = replace(example, path=None, collection_id=collection)
        elif whole and os.path.isfile(path):
            example = replace(example, path=path)
        else:
            return f"There is no file and no collection “{name}”."
        self.examples[text] = example
        return None

    def _called(self, name: str) -> int | None:
        wanted = "/" + folded(_slashes(name))
        whole = wanted.rpartition("/")[2]
        if not whole:
            return None
        ids = self.library.assets.ids(Test(Key.NAME, whole))
        for asset in self.library.assets.get(ids[:_LOOKED_AT]):
            if folded(_slashes("/" + asset.path)).endswith(wanted):
                return asset.id
        return None


def _slashes(path: str) -> str:
    return path.replace("\\", "/").strip("/")
