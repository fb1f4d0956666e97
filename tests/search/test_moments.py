"""Moments of films: found by what is seen and said, scored, and asked with."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetman.core.assets import Asset, Kind, Probe, SegmentDraft, SegmentKind
from assetman.core.errors import BadInput
from assetman.core.queries import Example, Filters, Hit, Query
from assetman.core.spaces import Space
from assetman.indexes import Source
from assetman.library.assets import FileStat
from assetman.library.library import Library
from assetman.media.handler import Extraction
from assetman.search.questions import Questions
from assetman.search.service import SearchService
from assetman.vectors.store import VectorStore
from kit.bench import InlineDecoder
from kit.colours import COLOURS, ColourEncoder
from kit.pictures import paint
from tests.kit.films import Film, Scene, make_film

if TYPE_CHECKING:
    from conftest import Searched
else:
    Searched = object

SCENES = ("red", "green", "blue")


def view(colour: str, seed: int) -> np.ndarray:
    """Make a picture of a colour in which something is to be seen."""
    blocks = np.random.default_rng(seed).integers(-60, 60, (6, 8, 1)).repeat(20, 0).repeat(20, 1)
    return np.clip(blocks + np.array(COLOURS[colour]), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """A film of three scenes of three seconds in which something is said twice."""
    return make_film(
        tmp_path_factory.mktemp("reel") / "reel.mkv",
        [Scene(view(colour, seed), 3.0) for seed, colour in enumerate(SCENES)],
        size=(160, 120),
        rate=8,
        subtitles=[(0.5, 1.5, "Ahoy, sailor"), (4.0, 5.0, "The storm comes"), (7, 8, "Ahoy")],
    )


class Refusing(InlineDecoder):
    """Decodes nothing: what is asked must be known."""

    def extract(self, *_: Any) -> Future[Extraction]:
        raise AssertionError("a file was decoded")


@pytest.fixture
def filled(searched: Searched, photos: Path, reel: Film) -> Searched:
    (photos / "reel.mkv").write_bytes(reel.path.read_bytes())
    for seed, colour in enumerate((*SCENES, "yellow")):
        paint(photos / f"{colour}.png", colour, seed)
    searched.add(photos)
    searched.index()
    return searched


def film(searched: Searched) -> Asset:
    return searched.assets()["reel.mkv"]


def hit_of(searched: Searched, query: Query) -> Hit:
    (hit,) = [
        hit for hit in searched.search.search(query).hits if hit.asset_id == film(searched).id
    ]
    return hit


def frames(searched: Searched) -> dict[int, float]:
    """Give the time of each frame of the film, by its segment."""
    return {
        each.segment_id: each.at for each in searched.library.frames.of_asset(film(searched).id)
    }


def scores(searched: Searched, query: Query) -> dict[int, float] | None:
    return searched.search.scores(query, film(searched).id, list(frames(searched)))


@pytest.mark.parametrize("place", range(3))
def test_a_film_is_found_at_the_moment_that_is_asked_for(
    filled: Searched, reel: Film, place: int
) -> None:
    hit = hit_of(filled, Query(SCENES[place]))
    span = reel.spans[place]
    assert hit.start == pytest.approx(span.start, abs=0.3)
    assert hit.end == pytest.approx(span.end, abs=0.3)
    assert span.start <= frames(filled)[hit.segment_id or 0] < span.end


def test_the_best_moment_has_the_score_of_the_hit(filled: Searched) -> None:
    yellow = filled.assets()["yellow.png"].id
    for query in (
        Query("green"),
        Query("blue -green"),
        Query("-red"),
        Query("red", examples=(Example(asset_id=yellow, weight=-1.0),)),
    ):
        hit, scored = hit_of(filled, query), scores(filled, query)
        assert scored is not None
        assert set(scored) == set(frames(filled))
        assert max(scored.values()) == pytest.approx(hit.score, abs=1e-6)
        assert scored[hit.segment_id or 0] == pytest.approx(hit.score, abs=1e-6)
        assert all(0 <= score <= 1 for score in scored.values())


def test_where_nothing_is_asked_moments_have_no_scores(filled: Searched) -> None:
    assert scores(filled, Query()) is None
    assert scores(filled, Query("type:video")) is None


def test_what_is_said_is_found_with_its_moment(filled: Searched) -> None:
    found = filled.search.search(Query('said:"the storm"'))
    assert found.listed == (film(filled).id,)
    (hit,) = found.hits
    assert (hit.asset_id, hit.start, hit.end) == (film(filled).id, 4.0, 5.0)
    assert 3.0 <= frames(filled)[hit.segment_id or 0] < 6.0
    assert (hit.score, hit.reasons) == (1.0, {"said “the storm”": 1.0})
    scored = scores(filled, Query('said:"the storm"'))
    assert scored == {segment: float(3 <= at < 6) for segment, at in frames(filled).items()}
    assert hit_of(filled, Query("said:ahoy")).start == 0.5, "the first of several"


def test_words_beside_what_is_said_look_where_it_is_said(filled: Searched) -> None:
    found = filled.search.search(Query("blue said:ahoy"))
    assert [hit.asset_id for hit in found.hits] == [film(filled).id]
    (hit,) = found.hits
    assert (hit.start, hit.end) == (7.0, 8.0)
    assert hit.score == pytest.approx(hit_of(filled, Query("blue")).score)
    (hit,) = filled.search.search(Query("green said:sailor")).hits
    assert (hit.start, hit.end) == (0.5, 1.5)
    assert hit.score < hit_of(filled, Query("green")).score
    scored = scores(filled, Query("green said:sailor"))
    assert scored is not None
    assert max(scored.values()) == pytest.approx(hit.score)


def test_what_is_not_to_be_said_leaves_the_rest(filled: Searched) -> None:
    found = filled.search.search(Query("-said:storm"))
    assert len(found.listed) == 4
    assert found.hits == ()
    assert len(filled.search.search(Query('red -said:"sailor storm"')).hits) == 5


def test_what_nobody_says_finds_nothing_and_tells_how_much_there_is_else(
    filled: Searched,
) -> None:
    found = filled.search.search(Query("red said:mutiny"))
    assert (found.hits, found.total, found.elsewhere) == ((), 0, 5)


def test_where_nothing_is_said_at_all_a_note_tells_so(searched: Searched, photos: Path) -> None:
    paint(photos / "red.png", "red")
    searched.add(photos)
    searched.index()
    found = searched.search.search(Query("red said:ahoy"))
    assert found.notes == ("No subtitles, chapters or written-down speech here to find words in.",)


def test_some_seconds_of_a_film_are_a_question_that_needs_no_decoding(
    filled: Searched, reel: Film
) -> None:
    known = SearchService(
        filled.library, Questions(filled.library, filled.encoder, Refusing()), filled.store_of
    )
    asset = film(filled).id
    for place, colour in enumerate(SCENES):
        span = reel.spans[place]
        example = Example(asset_id=asset, start=span.start, end=span.end)
        found = known.search(Query(examples=(example,), leave_out=(asset,)))
        assert found.hits[0].asset_id == filled.assets()[f"{colour}.png"].id
        assert set(found.hits[0].reasons) == {"like the moment"}
    dropped = Example(path=film(filled).path)
    assert known.search(Query(examples=(dropped,))).hits, "a dropped file that is known"


def test_a_frame_of_a_film_is_a_question(filled: Searched) -> None:
    asset = film(filled).id
    for colour, at in zip(SCENES, (0.9, 4.1, 8.2), strict=True):
        query = Query(examples=(Example(asset_id=asset, start=at),), leave_out=(asset,))
        found = filled.search.search(query)
        assert found.hits[0].asset_id == filled.assets()[f"{colour}.png"].id


def test_a_film_from_outside_is_a_question_whole_or_in_part(
    filled: Searched, tmp_path: Path
) -> None:
    looks = [Scene(view("yellow", 5), 3.0), Scene(view("blue", 6), 1.0)]
    other = make_film(tmp_path / "other.mp4", looks, size=(160, 120), rate=8)
    first = filled.search.search(Query(examples=(Example(path=str(other.path), end=2.0),)))
    assert first.hits[0].asset_id == filled.assets()["yellow.png"].id
    backwards = Example(path=str(other.path), start=3.9, end=3.2)
    last = filled.search.search(Query(examples=(backwards,), filters=Filters((Kind.IMAGE,))))
    assert last.hits[0].asset_id == filled.assets()["blue.png"].id
    assert filled.search.search(Query(examples=(Example(path=str(other.path)),))).hits


def test_of_a_film_that_is_away_the_nearest_frame_is_asked_with(
    filled: Searched, photos: Path
) -> None:
    asset = film(filled).id
    (photos / "reel.mkv").unlink()
    query = Query(examples=(Example(asset_id=asset, start=4.4),), leave_out=(asset,))
    assert filled.search.search(query).hits[0].asset_id == filled.assets()["green.png"].id
    yellow = filled.assets()["yellow.png"]
    (photos / "yellow.png").unlink()
    with pytest.raises(BadInput, match="yellow"):
        filled.search.search(Query(examples=(Example(asset_id=yellow.id, start=1.0),)))


@settings(max_examples=12)
@given(
    films=st.lists(st.integers(20, 60), max_size=4),
    pictures=st.integers(0, 12),
    limit=st.integers(1, 8),
    seed=st.integers(0, 999),
)
def test_films_of_many_frames_crowd_nothing_out(
    tmp_path_factory: pytest.TempPathFactory,
    films: list[int],
    pictures: int,
    limit: int,
    seed: int,
) -> None:
    random = np.random.default_rng(seed)
    encoder = ColourEncoder()
    folder = tmp_path_factory.mktemp("crowd")
    best: dict[int, float] = {}
    asked = encoder.texts("colours", ["red"])[0]
    with Library.open(folder) as library:
        space, _ = library.spaces.ensure(Space("colours", "1", 1, 4))
        library.spaces.choose(space.id)
        root = library.roots.add(str(folder / "Films"))[0].id
        with library.writing():
            for number, count in enumerate([*films, *[1] * pictures]):
                content, _ = library.contents.add(f"{number:032x}", number, True, Kind.VIDEO)
                library.contents.set_probe(content, Probe(Kind.VIDEO, 64, 48))
                stat = FileStat(number, number, number, 1)
                asset, _ = library.assets.add(root, str(number), stat, content)
                shots = [SegmentDraft(SegmentKind.SHOT, i, i, i + 1, at=i) for i in range(count)]
                # Films lie nearer to the question than pictures do.
                rows = random.normal(scale=0.2 if count > 1 else 2.0, size=(count, 4)) + asked
                rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
                library.embeddings.add(space.id, library.segments.replace(content, shots), rows)
                best[asset] = float((rows.astype(np.float16).astype(np.float32) @ asked).max())
        store = VectorStore(folder / "v", 4, Source(library.embeddings, space.id))
        questions = Questions(library, encoder, InlineDecoder())
        found = SearchService(library, questions, lambda _: store).search(Query("red", limit=limit))
        store.close()
    nearest = sorted(best.values(), reverse=True)[:limit]
    assert [best[hit.asset_id] for hit in found.hits] == pytest.approx(nearest, abs=2e-3)
    assert len({hit.asset_id for hit in found.hits}) == len(nearest)
