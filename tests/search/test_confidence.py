"""How sure it is that something answers: calibrated odds, evidence that adds up, honest nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assetman.core.assets import Kind
from assetman.core.inputs import Modality
from assetman.core.queries import MATCH, Example, Query, Sense
from assetman.core.spaces import Space
from assetman.search.concepts import Concepts, concepts
from assetman.search.confidence import Rivalry, Standing, chance, likelihood, probability, told
from kit.stage import Stage

DIMENSION = 128
COLOURS = ("red", "green", "blue", "yellow", "white", "black", "cyan", "magenta")


def unit(rows: np.ndarray) -> np.ndarray:
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


class Words:
    """A space in which every concept has a direction of its own, and files show concepts."""

    def __init__(self, cosine: float, seed: int = 1) -> None:
        """Let what shows a concept have that cosine with it; all lies around one middle."""
        self.chance = np.random.default_rng(seed)
        self.middle = 2 * unit(self.chance.normal(size=DIMENSION))
        self.cosine = cosine
        self.rivals = self.named(400)

    def named(self, count: int) -> np.ndarray:
        return unit(unit(self.chance.normal(size=(count, DIMENSION))) + self.middle)

    def shown(self, words: np.ndarray) -> np.ndarray:
        noise = unit(self.chance.normal(size=words.shape))
        return unit(self.cosine * unit(words - self.middle / 2) + noise - self.middle)


@pytest.mark.parametrize("cosine", [0.6, 1.5])
@pytest.mark.parametrize("files", [4, 60, 2000])
def test_what_is_there_is_told_from_what_is_not_whatever_cosines_are_usual(
    cosine: float, files: int
) -> None:
    words = Words(cosine)
    named = words.named(files)
    rows = words.shown(named)
    there = [likelihood(each, words.rivals, rows, files).odds(rows).max() for each in named[:50]]
    absent = [
        likelihood(each, words.rivals, rows, files).odds(rows).max() for each in words.named(50)
    ]
    assert np.mean(probability(np.array(absent)) < MATCH) >= 0.8
    assert np.median(there) > np.median(absent)
    if cosine > 1:
        assert np.mean(probability(np.array(there)) > MATCH) >= 0.9


def test_a_question_that_is_in_the_vocabulary_is_no_rival_of_itself() -> None:
    words = Words(1.5)
    rows = words.shown(np.concatenate([words.rivals[:1], words.named(100)]))
    with_it = Rivalry.of(words.rivals[0], words.rivals, rows, 101).odds(rows)
    without = Rivalry.of(words.rivals[0], words.rivals[1:], rows, 101).odds(rows)
    assert with_it.argmax() == 0
    assert with_it == pytest.approx(without, abs=0.1)


def test_the_more_files_there_are_the_more_it_takes_to_be_a_match() -> None:
    words = Words(1.0)
    rows = words.shown(words.named(50))
    few, many = (Rivalry.of(words.rivals[0], words.rivals, rows, n).odds(rows) for n in (50, 10**6))
    assert (many < few).all()


def test_the_best_of_so_many_by_chance_is_what_draws_give() -> None:
    draws = np.random.default_rng(1).normal(size=(4000, 50)).max(axis=1).mean()
    assert chance(50) == pytest.approx(draws, abs=0.05)
    assert chance(1) == chance(6) < chance(7)


def test_without_rivals_what_stands_out_counts() -> None:
    rows = unit(np.random.default_rng(2).normal(size=(200, DIMENSION)))
    judge = likelihood(rows[7], rows[:0], rows, 200)
    assert isinstance(judge, Standing)
    assert judge.odds(rows).argmax() == 7
    assert (probability(judge.odds(rows)) > MATCH).sum() == 1


@pytest.mark.parametrize("count", [100, 10**4, 10**6])
def test_what_has_all_words_of_a_question_is_a_match_and_half_of_them_are_not(count: int) -> None:
    words = Words(1.0)
    judge = Rivalry.of(words.rivals[0], words.rivals, words.rivals, count)
    said = probability(judge.neutral + np.array([told(1.0, count), told(0.5, count)]))
    assert said[0] > MATCH > said[1]
    assert probability(np.array([-1e9, 0.0, 1e9])) == pytest.approx([0, 0.5, 1])


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "library")
    yield made
    made.close()


def test_the_evidence_of_every_hit_adds_up_to_its_score(stage: Stage) -> None:
    for number, colour in enumerate(COLOURS * 3):
        stage.add(f"{colour} kite {number}.png", Kind.IMAGE, [(0, 0, colour)])
    film = stage.add("film.mp4", Kind.VIDEO, [(0, 10, "green")], [(0, 10, "beep")])
    questions = (
        "green",
        "red kite -blue",
        "-red",
        "green beep",
        "red OR name:*kite*",
        "beep^2 red",
    )
    for text in questions:
        query = Query(text, examples=(Example(asset_id=film),) if text == "green" else ())
        found = stage.search.search(query)
        assert found.hits
        for hit in found.hits:
            assert sum(each.share for each in hit.evidence) == pytest.approx(hit.score)
            assert sum(hit.reasons.values()) == pytest.approx(hit.score)
            assert hit.confident == (hit.score >= MATCH)
        assert found.confident == any(hit.confident for hit in found.hits)
        scores = [hit.score for hit in found.hits]
        assert scores == sorted(scores, reverse=True)


def test_a_name_that_says_it_and_a_picture_that_shows_it_add_up(stage: Stage) -> None:
    for number, colour in enumerate(COLOURS):
        stage.add(f"{number}.png", Kind.IMAGE, [(0, 0, colour)])
    shown = stage.add("IMG_1.png", Kind.IMAGE, [(0, 0, "magenta")])
    named = stage.add("magenta.png", Kind.IMAGE, [(0, 0, "green")])
    both = stage.add("a magenta thing.png", Kind.IMAGE, [(0, 0, "magenta")])
    score = {hit.asset_id: hit.score for hit in stage.search.search(Query("magenta")).hits}
    assert score[both] > max(score[named], score[shown])
    (hit,) = [hit for hit in stage.search.search(Query("magenta")).hits if hit.asset_id == named]
    written = [each for each in hit.evidence if each.kind is Sense.NAME]
    assert [each.text[slice(*span)] for each in written for span in each.words] == ["magenta"]
    assert hit.confident


def test_what_is_the_same_as_what_is_shown_is_a_match_however_few_or_alike_the_others_are(
    stage: Stage,
) -> None:
    shown, same, other = (
        stage.add(name, Kind.IMAGE, [(0, 0, colour)])
        for name, colour in (("a.png", "red"), ("b.png", "red"), ("c.png", "blue"))
    )
    query = Query(examples=(Example(asset_id=shown),), leave_out=(shown,))
    sure = {hit.asset_id: hit.confident for hit in stage.search.search(query).hits}
    assert sure[same]
    assert not sure[other]


def test_an_alternative_of_conditions_alone_passes_and_a_list_is_not_measured(stage: Stage) -> None:
    asset = stage.add("a.png", Kind.IMAGE, [(0, 0, "red")])
    found = stage.search.search(Query("unheard-of OR type:image"))
    assert [(hit.asset_id, hit.score, hit.confident) for hit in found.hits] == [(asset, 1.0, True)]
    assert stage.search.search(Query("type:image")).confident is None


def test_the_vocabulary_is_embedded_once_and_damage_to_what_is_kept_is_mended(
    tmp_path: Path,
) -> None:
    class Counting:
        asked = 0

        def modalities(self, name: str) -> frozenset[Modality]:
            return frozenset({Modality.TEXT} if name == "words" else {Modality.SOUND})

        def texts(self, name: str, texts: tuple[str, ...]) -> np.ndarray:
            self.asked += 1
            return unit(np.random.default_rng(3).normal(size=(len(texts), 8)))

    encoder, space = Counting(), Space("words", "1", 1, 8)
    first = Concepts(encoder, tmp_path / "concepts").of(space)
    again = Concepts(encoder, tmp_path / "concepts")
    assert again.of(space) == pytest.approx(first, abs=1e-3)
    assert again.of(Space("deaf to words", "1", 1, 8)) is None
    assert encoder.asked == 1
    (file,) = (tmp_path / "concepts").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert Concepts(encoder, tmp_path / "concepts").of(space) == pytest.approx(first)
    assert encoder.asked == 2


def test_the_vocabulary_is_prepared_before_anybody_asks_unless_something_else_is_wanted() -> None:
    class Counting:
        asked = 0

        def modalities(self, name: str) -> frozenset[Modality]:
            return frozenset({Modality.TEXT})

        def texts(self, name: str, texts: tuple[str, ...]) -> np.ndarray:
            self.asked += len(texts)
            return unit(np.array([[len(text), 1.0] for text in texts]))

    encoder, space = Counting(), Space("words", "1", 1, 2)
    kept = Concepts(encoder)
    kept.prepare([space], lambda: encoder.asked < 100)
    assert 100 <= encoder.asked < len(concepts())
    encoder.asked = 0
    kept.prepare([space], lambda: True)
    kept.prepare([space], lambda: True)
    assert encoder.asked == len(concepts())
    rows = kept.of(space)
    assert rows is not None
    assert rows == pytest.approx(unit(np.array([[len(each), 1.0] for each in concepts()])))
    assert encoder.asked == len(concepts())


def test_the_vocabulary_names_several_hundred_things_once_each() -> None:
    assert 500 <= len(concepts()) <= 2000
    assert len(set(concepts())) == len(concepts())
    assert all(each == each.strip() and each for each in concepts())
