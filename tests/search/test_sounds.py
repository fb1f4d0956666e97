"""What is heard, found beside what is seen: in one list, at its second, together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetman.core.assets import Kind, Passage, PassageKind, SoundFacts
from assetman.core.errors import BadInput, WrongUse
from assetman.core.inputs import Modality
from assetman.core.queries import Example, Hit, Query, Sort
from assetman.library.held import Spans
from assetman.library.together import SeenAndHeard
from assetman.search.moments import ADDED, gains
from assetman.search.questions import Questions
from assetman.search.service import SearchService
from kit.bench import InlineDecoder
from kit.sounds import tone, write_sound
from kit.stage import Stage
from kit.tones import SenseEncoder

COLOURS = ("red", "green", "blue", "yellow", "white", "black", "cyan", "magenta")
TONES = ("hum", "beep", "whistle")


def described(text: str) -> Passage:
    return Passage(PassageKind.DESCRIPTION, text, 0.0, 1.0)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "library")
    yield made
    made.close()


@pytest.fixture
def filled(stage: Stage) -> Stage:
    for number in range(24):
        stage.add(f"{number}.png", Kind.IMAGE, [(0, 0, COLOURS[number % 8])])
    for number in range(9):
        stage.add(f"{number}.wav", Kind.AUDIO, windows=[(0, 4, TONES[number % 3])])
    return stage


def names(stage: Stage, query: Query) -> list[str]:
    hits = stage.search.search(query).hits
    assets = {each.id: each.name for each in stage.library.assets.get([h.asset_id for h in hits])}
    return [assets[hit.asset_id] for hit in hits]


def hit_of(stage: Stage, query: Query, asset: int) -> Hit:
    (hit,) = [hit for hit in stage.search.search(query).hits if hit.asset_id == asset]
    return hit


def test_one_question_finds_pictures_and_sounds_in_one_list(filled: Stage) -> None:
    assert set(names(filled, Query("red", limit=3))) == {"0.png", "8.png", "16.png"}
    assert set(names(filled, Query("beep", limit=3))) == {"1.wav", "4.wav", "7.wav"}
    assert set(names(filled, Query("red hum", limit=6))) == {
        *("0.png", "8.png", "16.png"),
        *("0.wav", "3.wav", "6.wav"),
    }
    found = filled.search.search(Query("beep"))
    assert (found.total, found.searchable) == (33, 33)


def test_a_sound_is_found_with_its_seconds_and_says_that_it_was_heard(filled: Stage) -> None:
    long = filled.add(
        "long.wav", Kind.AUDIO, windows=[(0, 10, "hum"), (5, 15, "hum"), (10, 20, "whistle")]
    )
    hit = hit_of(filled, Query("whistle"), long)
    assert (hit.start, hit.end) == (10.0, 20.0)
    assert set(hit.reasons) == {"sound: words"}
    assert sum(hit.reasons.values()) == pytest.approx(hit.score)


def test_what_is_not_wanted_takes_from_the_score(filled: Stage) -> None:
    picture = filled.library.assets.ids()[-1]
    plain, less = (
        hit_of(filled, Query(text), picture) for text in ("green blue", "green blue -blue")
    )
    assert set(less.reasons) >= {"words", "not “blue”"}
    assert sum(less.reasons.values()) == pytest.approx(less.score)
    assert sum(plain.reasons.values()) == pytest.approx(plain.score)


def test_kinds_narrow_to_what_is_heard(filled: Stage) -> None:
    assert set(names(filled, Query("red type:sound"))) == {f"{number}.wav" for number in range(9)}
    assert names(filled, Query("hum type:audio"))[0] in {"0.wav", "3.wav", "6.wav"}
    mixed = names(filled, Query("hum type:image"))
    assert set(mixed) == {f"{number}.png" for number in range(24)}


def test_a_film_is_found_where_it_is_heard_though_nothing_of_it_is_seen(filled: Stage) -> None:
    film = filled.add(
        "film.mp4",
        Kind.VIDEO,
        [(0, 20, "white"), (20, 40, "black")],
        [(start, start + 10, "whistle" if start == 25 else "hum") for start in range(0, 35, 5)],
    )
    hit = hit_of(filled, Query("whistle"), film)
    assert (hit.start, hit.end) == (25.0, 35.0)


def test_what_is_seen_and_heard_at_one_moment_adds_up(filled: Stage) -> None:
    shots = [(0.0, 10.0, "red"), (10.0, 20.0, "white"), (20.0, 30.0, "black")]
    together = [(0.0, 10.0, "whistle"), (10.0, 20.0, "hum"), (20.0, 30.0, "hum")]
    apart = [(0.0, 10.0, "hum"), (10.0, 20.0, "hum"), (20.0, 30.0, "whistle")]
    one = filled.add("one.mp4", Kind.VIDEO, shots, together)
    two = filled.add("two.mp4", Kind.VIDEO, shots, apart)
    query = Query("red whistle")
    first, second = hit_of(filled, query, one), hit_of(filled, query, two)
    assert filled.search.search(query).hits[0].asset_id == one
    assert first.score > second.score
    assert (first.start, first.end) == (0.0, 10.0)
    assert {name for name in first.reasons if name.endswith("of that moment")}
    assert not {name for name in second.reasons if name.endswith("of that moment")}
    assert sum(first.reasons.values()) == pytest.approx(first.score)


def test_the_best_moment_has_the_score_of_the_hit_seen_and_heard(filled: Stage) -> None:
    parts = [("red", "hum"), ("green", "whistle"), ("blue", "beep"), ("red", "whistle")]
    shots = [(10.0 * n, 10.0 * n + 10, look) for n, (look, _) in enumerate(parts)]
    windows = [(10.0 * n, 10.0 * n + 10, sound) for n, (_, sound) in enumerate(parts)]
    film = filled.add("film.mp4", Kind.VIDEO, shots, windows, [described("blue whistle")])
    segments = [each.id for each in filled.library.segments.of_asset(film)]
    for text in ("red whistle", "green beep", "whistle", "blue", "red -whistle", "-hum"):
        hit = hit_of(filled, Query(text), film)
        scores = filled.search.scores(Query(text), film, segments)
        assert scores is not None
        assert set(scores) == set(segments)
        assert scores[hit.segment_id or 0] == pytest.approx(hit.score, abs=1e-6)
        assert max(scores.values()) == pytest.approx(hit.score, abs=1e-6)


def test_words_that_are_written_of_a_sound_lift_it(filled: Stage) -> None:
    plain = Query("cellar door slamming")
    door = filled.add(
        "x1.wav",
        Kind.AUDIO,
        windows=[(0, 4, "hum")],
        passages=[described("Doors wood"), described("Cellar Door Slam 02")],
    )
    half = filled.add("x2.wav", Kind.AUDIO, windows=[(0, 4, "hum")], passages=[described("A door")])
    hits = filled.search.search(plain).hits
    assert hits[0].asset_id == door
    assert hits[0].reasons["written"] > hit_of(filled, plain, half).reasons["written"] > 0
    assert sum(hits[0].reasons.values()) == pytest.approx(hits[0].score)
    assert sum("written" in hit.reasons for hit in hits) == 2
    silent = filled.add("x3.wav", Kind.AUDIO, passages=[described("Cellar door slams")])
    hit = hit_of(filled, plain, silent)
    assert (hit.segment_id, hit.start, set(hit.reasons)) == (None, None, {"written"})
    assert silent not in [h.asset_id for h in filled.search.search(Query("door type:image")).hits]
    left = Query("door", leave_out=(silent,))
    assert silent not in [hit.asset_id for hit in filled.search.search(left).hits]


def test_what_is_written_is_not_said(stage: Stage) -> None:
    stage.add("a.wav", Kind.AUDIO, windows=[(0, 4, "hum")], passages=[described("The storm")])
    spoken = [
        Passage(PassageKind.SPEECH, "Here comes the storm", 12.5, 14.0, "en"),
        described("A talk"),
    ]
    talk = stage.add(
        "b.wav", Kind.AUDIO, windows=[(0, 10, "hum"), (5, 15, "hum"), (10, 20, "beep")]
    )
    content = stage.library.contents.of_asset(talk).id
    stage.library.passages.replace(content, spoken, kinds=tuple(PassageKind))
    found = stage.search.search(Query('said:"the storm"'))
    assert found.listed == (talk,)
    (hit,) = found.hits
    assert (hit.start, hit.end) == (12.5, 14.0)
    windows = [each.id for each in stage.library.segments.of_asset(talk)]
    assert hit.segment_id == windows[2]
    (beeping,) = stage.search.search(Query("beep said:storm")).hits
    assert (beeping.start, beeping.end) == (12.5, 14.0)
    scores = stage.search.scores(Query("beep said:storm"), talk, windows)
    assert scores is not None
    assert scores[windows[0]] == 0.0
    assert max(scores.values()) == pytest.approx(beeping.score)


def test_speech_stays_when_a_file_is_read_again(stage: Stage) -> None:
    talk = stage.add("talk.wav", Kind.AUDIO, passages=[described("One")])
    content = stage.library.contents.of_asset(talk).id
    passages = stage.library.passages
    spoken = Passage(PassageKind.SPEECH, "hello", 1.0, 2.0, "en")
    passages.replace(content, [spoken], kinds=(PassageKind.SPEECH,))
    passages.replace(content, [described("Two")])
    assert passages.of_content(content) == [described("Two"), spoken]
    passages.replace(content, [], kinds=(PassageKind.SPEECH,))
    assert passages.of_content(content) == [described("Two")]


def test_a_stored_sound_is_a_question_that_needs_no_decoding(filled: Stage) -> None:
    by_name = {
        each.name: each.id for each in filled.library.assets.get(filled.library.assets.ids())
    }
    asked = Query(examples=(Example(asset_id=by_name["2.wav"]),), leave_out=(by_name["2.wav"],))
    assert set(names(filled, asked)[:2]) == {"5.wav", "8.wav"}
    assert not any(name.endswith(".png") for name in names(filled, asked))
    reasons = filled.search.search(asked).hits[0].reasons
    assert set(reasons) == {"sound: like the example"}


def test_a_film_asks_with_what_is_seen_and_with_what_is_heard(filled: Stage) -> None:
    film = filled.add("film.mp4", Kind.VIDEO, [(0, 10, "green")], [(0, 10, "beep")])
    found = names(filled, Query(examples=(Example(asset_id=film),), leave_out=(film,), limit=6))
    assert set(found) == {"1.png", "9.png", "17.png", "1.wav", "4.wav", "7.wav"}


def test_sounds_without_a_model_for_sounds_are_no_question(tmp_path: Path) -> None:
    deaf = Stage(tmp_path / "library", sounds=None)
    deaf.add("red.png", Kind.IMAGE, [(0, 0, "red")])
    sound = write_sound(tmp_path / "a.wav", tone(800, 1))
    with pytest.raises(BadInput, match="no model that is in use here"):
        deaf.search.search(Query(examples=(Example(path=str(sound)),)))
    deaf.close()


def test_without_its_model_what_is_heard_is_left_out_with_a_note(filled: Stage) -> None:
    class Deaf(SenseEncoder):
        def modalities(self, name: str) -> frozenset[Modality]:
            if name == "tones":
                raise WrongUse("There is no model “tones”.")
            return super().modalities(name)

    questions = Questions(filled.library, Deaf(), InlineDecoder())
    found = SearchService(filled.library, questions, filled.store_of).search(Query("red hum"))
    assert len(found.hits) == 24
    assert found.notes == ("What is heard was not searched: There is no model “tones”.",)


def test_hits_are_sorted_by_what_is_known_of_sounds_and_the_unknown_comes_last(
    stage: Stage,
) -> None:
    facts = {"a.wav": (120.0, "C"), "b.wav": (90.0, "F#m"), "c.wav": (None, None)}
    for name, (bpm, key) in facts.items():
        sound = SoundFacts(48_000, 2, -20.0 - len(facts), -1.0, bpm, key)
        stage.add(name, Kind.AUDIO, windows=[(0, 4, "hum")], sound=sound)
    by_bpm = Query("hum", sort=Sort.BPM)
    assert names(stage, by_bpm) == ["a.wav", "b.wav", "c.wav"]
    upwards = Query("hum", sort=Sort.BPM, descending=False)
    assert names(stage, upwards) == ["b.wav", "a.wav", "c.wav"]
    assert names(stage, Query("hum", sort=Sort.KEY, descending=False))[0] == "a.wav"
    for sort in Sort:
        assert len(names(stage, Query("hum", sort=sort))) == 3


def test_where_nothing_is_embedded_what_is_written_is_found(stage: Stage) -> None:
    asset = stage.add("a.wav", Kind.AUDIO, passages=[described("Rain on a tin roof")])
    (hit,) = stage.search.search(Query("rain")).hits
    assert hit.asset_id == asset
    assert 0 < hit.score <= 1
    assert stage.search.search(Query("thunder")).hits == ()


def test_no_question_can_be_asked_of_nothing(stage: Stage) -> None:
    with pytest.raises(WrongUse):
        stage.search.search(Query(examples=(Example(asset_id=99),)))
    assert stage.search.search(Query("anything")).hits == ()


@given(
    shots=st.lists(st.integers(1, 9), min_size=1, max_size=9),
    windows=st.integers(1, 9),
    seed=st.integers(0, 99),
)
def test_gains_are_the_best_of_what_shares_the_time(
    shots: list[int], windows: int, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    ends = np.cumsum(np.array(shots, float))
    starts = ends - shots
    seen = Spans.of(np.arange(len(shots)), np.stack([starts, ends, starts], axis=1))
    grid = 5.0 * np.arange(windows)
    heard = Spans.of(100 + np.arange(windows), np.stack([grid, grid + 10, grid], axis=1))
    shown, said = chance.random(len(shots)), chance.random(windows)
    bar = 0.35
    by_sound, by_look = gains(SeenAndHeard(seen, heard), shown, said, (bar, bar))

    def shares(shot: int, window: int) -> bool:
        edge = min(0.5, shots[shot] / 4)
        return bool(starts[shot] + edge < grid[window] + 10 and ends[shot] - edge > grid[window])

    for shot in range(len(shots)):
        met = [said[window] - bar for window in range(windows) if shares(shot, window)]
        assert by_sound[shot] == pytest.approx(ADDED * max(0.0, *met, 0.0))
    for window in range(windows):
        met = [shown[shot] - bar for shot in range(len(shots)) if shares(shot, window)]
        assert by_look[window] == pytest.approx(ADDED * max(0.0, *met, 0.0))
