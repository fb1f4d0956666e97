"""What is said in files: kept, found by its words, and put to the frames seen meanwhile."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.assets import Passage, PassageKind
from assetman.core.errors import WrongUse
from assetman.core.queries import Filters
from assetman.library.held import Spans
from assetman.library.library import Library
from assetman.library.sayings import Saying

from .conftest import Shelf

SHOTS = [(0.0, 10.0), (10.0, 20.0), (30.0, 40.0)]


def found(library: Library, *said: str) -> list[int]:
    return sorted(library.assets.ids(Filters(said=said)))


def words(folder: Path) -> int:
    """Count the passages that the index of words knows of."""
    with closing(sqlite3.connect(folder / "library.sqlite")) as connection:
        (count,) = connection.execute(
            "SELECT COUNT(*) FROM written_content WHERE id & 3 = 0"
        ).fetchone()
        assert isinstance(count, int)
        return count


def test_passages_are_kept_as_they_were_read_in_the_order_of_their_times(shelf: Shelf) -> None:
    content = shelf.content()
    shelf.file("film.mp4", content=content)
    later = Passage(PassageKind.SUBTITLE, "Good\nmorning", 3.5, 4.25, "eng")
    first = Passage(PassageKind.CHAPTER, "One", 0.0, 60.0)
    shelf.library.passages.replace(content, [later, first])
    kept = shelf.library.passages.of_content(content)
    assert kept == [first, Passage(PassageKind.SUBTITLE, "Good\nmorning", 3.5, 4.25, "eng")]


def test_words_are_found_whatever_their_case_and_accents(shelf: Shelf) -> None:
    film, _ = shelf.film("a.mp4", SHOTS, [("Café\nde l'Opéra, 1995!", 1, 2)])
    shelf.film("b.mp4", SHOTS, [("The opera house", 1, 2)])
    library = shelf.library
    for typed in ("cafe", "CAFÉ", "cafe de", "l'opera", "opéra 1995", "de - l opera", "caf"):
        assert found(library, typed) == [film], typed
    for typed in ("de cafe", "cafe l", "afe", "!", "", "\0", '"', 'cafe" OR "the'):
        assert found(library, typed) == [], typed


def test_all_phrases_have_to_be_said_and_none_that_is_not_wanted(shelf: Shelf) -> None:
    both, _ = shelf.film("a.mp4", SHOTS, [("red boats", 1, 2), ("at sea", 5, 6)])
    one, _ = shelf.film("b.mp4", SHOTS, [("a red car", 1, 2)])
    silent = shelf.done("c.jpg")
    library = shelf.library
    assert found(library, "red") == [both, one]
    assert found(library, "red", "sea") == [both]
    assert found(library, "red sea") == [], "each phrase is in one passage"
    assert sorted(library.assets.ids(Filters(not_said=("sea",)))) == [one, silent]
    assert library.assets.ids(Filters(said=("red",), not_said=("sea",))) == [one]


def test_passages_that_are_replaced_are_not_found_any_more(shelf: Shelf) -> None:
    film, _ = shelf.film("a.mp4", SHOTS, [("winter", 1, 2)])
    shelf.say(film, [("summer", 1, 2), ("autumn", 3, 4)])
    assert found(shelf.library, "winter") == []
    assert found(shelf.library, "autumn") == [film]
    (entry,) = [
        entry
        for entry in shelf.library.journal.since(0)
        if entry.what == "passages.replace" and entry.after["added"] == 2
    ]
    assert entry.before["removed"] == 1
    sequence = shelf.library.journal.sequence()
    shelf.say(film, [("summer", 1, 2), ("autumn", 3, 4)])
    assert shelf.library.journal.sequence() == sequence, "nothing changed"


def test_passages_go_with_their_content(shelf: Shelf, folder: Path) -> None:
    film, _ = shelf.film("a.mp4", SHOTS, [("winter", 1, 2)])
    kept, _ = shelf.film("b.mp4", SHOTS, [("winter", 1, 2)])
    shelf.library.assets.forget([film])
    assert found(shelf.library, "winter") == [kept]
    assert words(folder) == 1
    with pytest.raises(WrongUse):
        shelf.library.passages.replace(999, [])


def test_a_write_that_is_undone_leaves_the_words_as_they_were(shelf: Shelf) -> None:
    film, _ = shelf.film("a.mp4", SHOTS, [("winter", 1, 2)])
    with pytest.raises(ZeroDivisionError), shelf.library.writing():  # noqa: PT012
        shelf.say(film, [("summer", 1, 2)])
        assert found(shelf.library, "summer") == [film]
        raise ZeroDivisionError
    assert found(shelf.library, "summer") == []
    assert found(shelf.library, "winter") == [film]


def test_a_backup_leaves_the_words_out_and_they_are_found_when_it_is_put_back(
    folder: Path, tmp_path: Path
) -> None:
    with Library.open(folder) as library:
        shelf = Shelf(library)
        film, _ = shelf.film("a.mp4", SHOTS, [("winter", 1, 2)])
        orphan = shelf.content()
        library.passages.replace(orphan, [Passage(PassageKind.CHAPTER, "winter", 0, 1)])
        backup = library.back_up()
        frames = library.segments.of_asset(film)
    (tmp_path / "other").mkdir()
    shutil.copyfile(backup, tmp_path / "other" / "library.sqlite")
    assert words(tmp_path / "other") == 0
    with Library.open(tmp_path / "other") as library:
        assert found(library, "winter") == [film]
        assert library.segments.of_asset(film) == frames
        assert library.segments.sheets() == {library.contents.of_asset(film).id: 1}
        assert library.assets.get([film])[0].duration == 40.0
        assert library.check() == []
    assert words(tmp_path / "other") == 1, "and the orphan's went with it"


def test_what_is_said_falls_into_the_segment_that_is_seen_then(shelf: Shelf) -> None:
    said = [("alpha", 12, 14), ("beta", 22, 24), ("gamma", 8, 12), ("delta", 0, 40)]
    film, (first, second, third) = shelf.film("a.mp4", SHOTS, said)
    sayings = shelf.library.sayings
    for phrase, holding, saying in (
        ("alpha", [second], Saying(12, 14, second)),
        ("beta", [second], Saying(22, 24, second)),  # in a gap: what was seen before it
        ("gamma", [first, second], Saying(8, 12, first)),
        ("delta", [first, second, third], Saying(0, 40, first)),
        ("omega", [], None),
    ):
        assert sayings.holding([phrase]).tolist() == holding
        assert sayings.of_assets([phrase], [film]).get(film) == saying
    of_segments = sayings.of_segments(["delta", "gamma"], [first, second, third])
    assert of_segments == {
        first: Saying(0, 10, first),  # the shot, where the chapter is longer
        second: Saying(10, 20, second),
        third: Saying(30, 40, third),
    }
    assert sayings.of_segments(["gamma"], [first, second, third]) == {
        first: Saying(8, 12, first),
        second: Saying(8, 12, second),
    }


def test_of_a_shot_with_several_frames_the_one_seen_then_holds_what_is_said(shelf: Shelf) -> None:
    film, segments = shelf.film("a.mp4", [(0, 60), (0, 60), (0, 60)], [("alpha", 45, 46)])
    content = shelf.library.contents.of_asset(film).id
    drafts = [
        type(each.draft)(each.kind, each.ordinal, 0, 60, at=at)
        for each, at in zip(shelf.library.segments.of_content(content), (5, 25, 42), strict=True)
    ]
    segments = shelf.library.segments.replace(content, drafts)
    assert shelf.library.sayings.holding(["alpha"]).tolist() == [segments[2]]


def test_a_file_without_segments_is_found_by_what_is_said_in_it(shelf: Shelf) -> None:
    film, _ = shelf.film("a.mp4", [], [("alpha", 1, 2)])
    assert found(shelf.library, "alpha") == [film]
    assert shelf.library.sayings.of_assets(["alpha"], [film]) == {film: Saying(1, 2, None)}
    assert shelf.library.sayings.holding(["alpha"]).tolist() == []


times = st.integers(0, 12).map(float)
intervals = st.lists(st.tuples(times, times).map(lambda pair: (min(pair), max(pair))), max_size=6)


def held(spans: Sequence[tuple[float, float]], said: Sequence[tuple[float, float]]) -> set[int]:
    """Say which spans hold something said: those that share time, else the last before it."""
    least, holding = 1e-3, set()
    for start, end in said:
        end = max(end, start + least)
        sharing = {
            place
            for place, (begin, finish) in enumerate(spans)
            if begin < end and max(finish, begin + least) > start
        }
        before = [place for place, (begin, _) in enumerate(spans) if begin <= start]
        holding |= sharing or {before[-1] if before else 0}
    return holding


@given(shots=intervals.filter(len), said=intervals)
def test_spans_hold_what_shares_their_time(
    shots: list[tuple[float, float]], said: list[tuple[float, float]]
) -> None:
    shots = sorted(set(shots))
    arrays = np.array([(start, end, start) for start, end in shots])
    spans = Spans.of(np.arange(len(shots)), arrays)
    passages = np.array(sorted(said), np.float64).reshape(-1, 2)
    assert set(np.flatnonzero(spans.holding(passages)).tolist()) == held(shots, said)
