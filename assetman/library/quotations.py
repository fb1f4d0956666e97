"""The texts that tell of a hit, as they were written, and the words of the question in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assetman.core.assets import Box, PassageKind, display
from assetman.core.names_as_words import seams
from assetman.library.database import Database
from assetman.library.spelling import words_in
from assetman.library.values import box_of, from_bytes, id_list
from assetman.library.words import forms, telling
from assetman.library.writings import FOLDERS, NAME, PASSAGE, TAG

_THESE = "IN (SELECT value FROM json_each(?))"
_BEGUN = 3  # letters of a last word that may be only begun
_TIMED = (PassageKind.CHAPTER, PassageKind.SUBTITLE, PassageKind.SPEECH, PassageKind.TEXT)


@dataclass(frozen=True, slots=True)
class Quotation:
    """A text that has words of a question."""

    what: str  # "name", "folder", "tag", or the kind of the passage
    text: str
    share: float = 0.0  # of the question
    words: tuple[tuple[int, int], ...] = ()  # where in it: start and end, in characters
    start: float | None = None  # seconds, of what is said or read at a time
    end: float | None = None
    box: Box | None = None  # where in the picture it is read


class Quotations:
    """Looks up what rows of the index of words are of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(
        self, typed: str, rows: Mapping[int, Sequence[tuple[int, float]]]
    ) -> dict[int, tuple[Quotation, ...]]:
        """Give the texts of rows with their shares, by asset, with the words in them."""
        asked = telling(typed)
        texts = self._texts({row for each in rows.values() for row, _ in each})
        return {
            asset: tuple(
                replace(texts[row], share=share, words=spans(texts[row].text, asked))
                for row, share in each
                if row in texts
            )
            for asset, each in rows.items()
        }

    def _texts(self, rows: Iterable[int]) -> dict[int, Quotation]:
        ids: tuple[list[int], ...] = ([], [], [], [])
        for row in rows:
            ids[row & 3].append(row >> 2)
        found: dict[int, Quotation] = {}
        for i, kind, text, start, end, box in self._database.rows(
            f'SELECT id, kind, text, start, "end", box FROM passages WHERE id {_THESE}',
            (id_list(ids[PASSAGE]),),
        ):
            timed = kind in _TIMED and end > 0
            quotation = Quotation(kind, text, box=box_of(box))
            if timed:
                quotation = replace(quotation, start=start, end=end)
            found[i * 4 + PASSAGE] = quotation
        for i, name in self._database.rows(
            f"SELECT id, name FROM assets WHERE id {_THESE}", (id_list(ids[NAME]),)
        ):
            found[i * 4 + NAME] = Quotation("name", name)
        for i, folder, root in self._database.rows(
            "SELECT a.id, a.folder, r.path FROM assets a JOIN roots r ON r.id = a.root_id "
            f"WHERE a.id {_THESE}",
            (id_list(ids[FOLDERS]),),
        ):
            found[i * 4 + FOLDERS] = Quotation("folder", _path(root, folder))
        for i, name in self._database.rows(
            f"SELECT id, name FROM tags WHERE id {_THESE}", (id_list(ids[TAG]),)
        ):
            found[i * 4 + TAG] = Quotation("tag", name)
        return found


def spans(text: str, asked: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Give where words of a question stand in a text, each from its start to its end."""
    if not asked:
        return ()
    wanted = {part for word in asked for form in forms(word) for part in form.split()}
    begun = asked[-1] if len(asked[-1]) >= _BEGUN and " " not in asked[-1] else None
    found: list[tuple[int, int]] = []
    for start, end in dict.fromkeys([(0, len(text)), *seams(text)]):
        found += [
            (start + word.start, start + word.end)
            for word in words_in(text[start:end])
            if word.text in wanted or (begun and word.text.startswith(begun))
        ]
    return tuple(_apart(found))


def _apart(found: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Join places that overlap or touch."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _path(root: bytes, folder: bytes) -> str:
    shown = display(from_bytes(root)).rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    below = display(from_bytes(folder)).rstrip("/")
    return f"{shown}/{below}" if below else shown
