"""Why something was found: what each part gave of the score, with the words that matched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from assetman.core.assets import PassageKind
from assetman.core.queries import HEARD, MATCH, Evidence, Hit, Sense
from assetman.library.library import Library
from assetman.library.quotations import Quotation
from assetman.library.segments import Segment
from assetman.search.answering import Answer
from assetman.search.confidence import probability
from assetman.search.finding import Found

WRITTEN = "written"  # the reason that words of the question are written of it
SEEN_TOO = "picture of that moment"
HEARD_TOO = "sound of that moment"
_MOST_AGAINST = 0.5  # of what speaks for a hit
_Place = tuple[int | None, float | None, float | None, int | None]
"""The id of a segment, its start and end in seconds, and its page."""
_SENSES = {
    "name": Sense.NAME,
    "folder": Sense.NAME,
    "tag": Sense.TAG,
    PassageKind.SUBTITLE: Sense.SAID,
    PassageKind.CHAPTER: Sense.SAID,
    PassageKind.SPEECH: Sense.SAID,
    PassageKind.TEXT: Sense.TEXT,
}


def explained(
    found: Sequence[Found], answers: Sequence[Answer], library: Library, words: str
) -> list[Hit]:
    """Make hits of what was found, in its order, with evidence that adds up to their scores."""
    parted = _parted(found, answers)
    segments = library.segments.get([each.segment for each in found if each.segment is not None])
    told = {each.asset: each.told for each in found if each.told is not None}
    quoted = library.fulltext.quotations(words, told) if told else {}
    hits = []
    for each, scores in zip(found, _scores(found), strict=True):
        row = segments.get(each.segment or 0)
        if each.segment is not None and (row is None or each.segment not in parted):
            continue  # it went in this moment
        shares = parted.get(each.segment or 0, ())
        hits.append(_hit(each, row, shares, scores, quoted.get(each.asset, ())))
    return hits


def _scores(found: Sequence[Found]) -> list[list[float]]:
    """Give the score of each by its segment alone, with the other sense, and with all there is."""
    odds = np.array([(each.odds, each.other, each.written) for each in found])
    scores: list[list[float]] = probability(odds.reshape(-1, 3).cumsum(axis=1)).tolist()
    return scores


def _parted(found: Sequence[Found], answers: Sequence[Answer]) -> dict[int, list[float]]:
    """Give of the segments found, by id, the parts that each part of the question gave."""
    parted: dict[int, list[float]] = {}
    for answer in answers:
        mine = [each.segment for each in found if each.answer is answer and each.segment]
        weights = answer.question.weights
        if answer.question.wants and len(weights) == 1:
            parted |= {segment: [1.0] for segment in mine}
            continue
        shares = answer.shares(mine)
        rows = np.array(list(shares.values())).reshape(-1, len(weights))
        parts = _adding_up(rows, weights) if answer.question.wants else rows
        parted |= zip(shares, parts.tolist(), strict=True)
    return parted


def _hit(
    found: Found,
    segment: Segment | None,
    parted: Sequence[float],
    scores: Sequence[float],
    quotations: Sequence[Quotation],
) -> Hit:
    """Go from the odds by the segment alone to all of them; each step gives what it adds."""
    own, together, score = scores
    if segment is None:
        place: _Place = (None, None, None, None)
    else:
        place = (segment.id, segment.start, segment.end, segment.page)
    evidence: list[Evidence] = []
    if found.answer is not None and parted:
        evidence += _of_parts(found.answer, parted, own, place)
        if found.other:
            name, kind = (SEEN_TOO, Sense.SEEN) if found.answer.hears else (HEARD_TOO, Sense.HEARD)
            evidence.append(Evidence(name, together - own, kind, "", *place))
    else:
        together = 0.0
    if found.told is not None:
        evidence += _of_writing(quotations, score - together)
    return Hit(
        found.asset,
        score,
        found.segment,
        *place[1:],
        segment.box if segment is not None else None,
        _reasons(evidence),
        score >= MATCH,
        tuple(sorted(evidence, key=lambda each: -each.share)),
    )


def _reasons(evidence: Iterable[Evidence]) -> dict[str, float]:
    """Add up what speaks for a hit by its names."""
    reasons: dict[str, float] = {}
    for each in evidence:
        name = _reason(each)
        reasons[name] = reasons.get(name, 0.0) + each.share
    return reasons


def _reason(evidence: Evidence) -> str:
    if evidence.kind is Sense.HEARD and evidence.name != HEARD_TOO:
        return HEARD + evidence.name
    return (
        evidence.name if evidence.model or evidence.kind in (Sense.SEEN, Sense.HEARD) else WRITTEN
    )


def _of_parts(
    answer: Answer, parted: Sequence[float], score: float, place: _Place
) -> Iterator[Evidence]:
    """Share a score among the parts of a question, by what each says of the vector."""
    kind = Sense.HEARD if answer.hears else Sense.SEEN
    model = answer.space.space.model
    parts = answer.question.parts
    if not answer.question.wants:
        yield Evidence("anything", 1.0, kind, model, *place)
        weights = answer.question.weights / answer.question.weights.sum()
        parted, score = weights.tolist(), score - 1.0
    for part, share in zip(parts, parted, strict=True):
        yield Evidence(part.name, score * share, kind, model, *place)


def _adding_up(shares: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Let what parts say, (n, parts), add up to 1; what speaks against it takes half at most."""
    speaking, against = shares.clip(min=0.0), shares.clip(max=0.0)
    silent = speaking.sum(axis=1) <= 0
    speaking[silent], against[silent] = weights.clip(min=0.0), 0.0
    taken = _MOST_AGAINST * speaking.sum(axis=1) / np.maximum(1e-9, -against.sum(axis=1))
    both = speaking + against * np.minimum(1.0, taken)[:, None]
    parted: np.ndarray = both / both.sum(axis=1, keepdims=True)
    return parted


def _of_writing(quotations: Sequence[Quotation], score: float) -> list[Evidence]:
    """Share what the words gave among the texts that have them."""
    total = sum(each.share for each in quotations)
    if not quotations or total <= 0:
        return [Evidence(WRITTEN, score, Sense.WRITTEN)]
    return [
        Evidence(
            each.text,
            score * each.share / total,
            _SENSES.get(each.what, Sense.WRITTEN),
            start=each.start,
            end=each.end,
            text=each.text,
            words=each.words,
            box=each.box,
        )
        for each in quotations
    ]
