"""What is known of how everything looks and of the shape of every sound, made of small files.

Thumbnails, sheets and outlines are the library's own: no file of the person's is read, and what
is offline or was read by an earlier version is known too.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np

from assetman.core.queries import Aspect
from assetman.core.sheets import cell_place, cell_size
from assetman.embedding.look import LOOK_DIMENSION, LOOK_SIDE, LOOK_VERSION, looks
from assetman.embedding.shape import SHAPE_DIMENSION, SHAPE_VERSION, shape
from assetman.ingest.speech import Turn
from assetman.library.drawn import Shown, Sounding
from assetman.library.library import Library
from assetman.media.thumbnails import ThumbnailCache
from assetman.vectors.derived import DerivedVectors

_AT_ONCE = 64  # segments; a tenth of a second
_PATIENCE = 2.0  # seconds that a question waits for what is lacking
_Made = tuple[list[int], list[np.ndarray]]
_FORMS = {
    Aspect.LOOK: (LOOK_VERSION, LOOK_DIMENSION),
    Aspect.SHAPE: (SHAPE_VERSION, SHAPE_DIMENSION),
}


class Likenesses:
    """The vectors of looks and shapes, by segments, kept in `folder`."""

    def __init__(self, library: Library, thumbnails: ThumbnailCache, folder: Path) -> None:
        self._library = library
        self._thumbnails = thumbnails
        self._folder = folder
        self._opening = threading.Lock()
        self._filling = {aspect: threading.Lock() for aspect in _FORMS}
        self._stores: dict[Aspect, DerivedVectors] = {}
        self._nothing: dict[Aspect, set[int]] = defaultdict(set)  # segments that gave no vector
        self._complete: dict[Aspect, int] = {}  # the last segment when nothing was lacking

    def of(self, aspect: Aspect) -> DerivedVectors:
        """Give the vectors of an aspect as they are known by now."""
        with self._opening:
            store = self._stores.get(aspect)
            if store is None:
                version, dimension = _FORMS[aspect]
                token = self._library.recall("library") or ""
                folder = self._folder / f"{aspect.value}-{version}-{dimension}"
                store = self._stores[aspect] = DerivedVectors(folder, dimension, token)
            return store

    def filled(self, aspect: Aspect) -> tuple[DerivedVectors, int]:
        """Give the same after a short while of filling, and how many segments lack theirs yet."""
        until = time.monotonic() + _PATIENCE
        with self._filling[aspect]:
            last = self._library.drawn.last_id()
            if self._complete.get(aspect) == last:  # a look at all segments would be felt
                return self.of(aspect), 0
            left = self._fill(aspect, lambda: time.monotonic() < until)
            if not left:
                self._complete[aspect] = last
        return self.of(aspect), left

    def read(self, aspect: Aspect, segment_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give those of the segments that have a vector, and these; what lacks has it made."""
        store = self.of(aspect)
        lacking = np.setdiff1d(segment_ids, store.ids())[:_AT_ONCE]
        if len(lacking):
            self._make(aspect, lacking.tolist())
        return store.vectors_of(segment_ids)

    def run(self, turn: Turn) -> None:
        """Fill up what is lacking until something else is wanted. Raises Cancelled."""

        def goes_on() -> bool:
            turn.gate(turn.token)
            return not turn.wanted()

        for aspect in _FORMS:
            with self._filling[aspect]:
                self._nothing[aspect].clear()
                self._fill(aspect, goes_on)
            if not self._library.read_only:
                with suppress(OSError):  # made again at the next start
                    self.of(aspect).save()

    def close(self) -> None:
        """Let go of the files."""
        with self._opening:
            stores, self._stores = tuple(self._stores.values()), {}
        for store in stores:
            store.close()

    def _fill(self, aspect: Aspect, goes_on: Callable[[], bool]) -> int:
        store, drawn = self.of(aspect), self._library.drawn
        known = drawn.shown_ids() if aspect is Aspect.LOOK else drawn.sounding_ids()
        store.keep(known)
        nothing = self._nothing[aspect]
        lacking = [
            each for each in np.setdiff1d(known, store.ids()).tolist() if each not in nothing
        ]
        done = 0
        while done < len(lacking) and goes_on():
            ids = lacking[done : done + _AT_ONCE]
            nothing.update(set(ids) - set(self._make(aspect, ids)))
            done += len(ids)
        return len(lacking) - done

    def _make(self, aspect: Aspect, ids: Sequence[int]) -> list[int]:
        """Make the vectors of segments; gives those that have one now."""
        drawn = self._library.drawn
        made, vectors = (
            self._looks(drawn.shown(ids))
            if aspect is Aspect.LOOK
            else self._shapes(drawn.sounding(ids))
        )
        if made:
            self.of(aspect).add(made, np.stack(vectors))
        return made

    def _looks(self, shown: Sequence[Shown]) -> _Made:
        """Give those of the segments that have a picture, and their looks."""
        from assetman.media.small_pictures import Place, squares

        by_file: dict[Path, list[tuple[int, Place | None]]] = defaultdict(list)
        for each in shown:
            if each.sheet is None or each.cell is None:
                by_file[self._thumbnails.path_of(each.key)].append((each.segment_id, None))
            else:
                size = cell_size(each.width, each.height)
                place = (*cell_place(each.cell, size), *size)
                path = self._thumbnails.sheet_path(each.key, each.sheet)
                by_file[path].append((each.segment_id, place))
        ids: list[int] = []
        pixels: list[np.ndarray] = []
        for path, wanted in by_file.items():
            places = [place for _, place in wanted if place is not None]
            try:
                found = squares(path, LOOK_SIDE, places or None)
            except (OSError, ValueError):  # not made yet, or damaged and made again
                continue
            ids += [segment_id for segment_id, _ in wanted]
            pixels += [found[min(n, len(found) - 1)] for n in range(len(wanted))]
        return ids, list(looks(np.stack(pixels))) if pixels else []

    def _shapes(self, sounding: Sequence[Sounding]) -> _Made:
        """Give those of the segments that can be heard, and their shapes."""
        outline = lru_cache(4)(self._outline)  # a long sound has many windows
        ids: list[int] = []
        vectors: list[np.ndarray] = []
        for each in sounding:
            pairs = outline(each.key, each.parts)
            span = slice(round(each.start * each.rate), max(1, round(each.end * each.rate)))
            vector = None if pairs is None else shape(pairs[span], each.rate)
            if vector is not None:
                ids.append(each.segment_id)
                vectors.append(vector)
        return ids, vectors

    def _outline(self, key: str, parts: int) -> np.ndarray | None:
        try:
            return np.concatenate(
                [
                    np.load(self._thumbnails.outline_path(key, part), allow_pickle=False)
                    for part in range(parts)
                ]
            )
        except (OSError, ValueError, EOFError):
            return None
