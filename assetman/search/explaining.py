"""Why something was found: what each part gave of the score, with the words that matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assetman.core.assets import PassageKind
from assetman.core.queries import HEARD, Evidence, Hit, Sense
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
_EVEN = 0.5  # the score from which on a hit is called a match
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
    shares: dict[int, np.ndarray] = {}
    for answer in answers:
        mine = [each.segment for each in found if each.answer is answer]
        shares |= answer.shares([segment for segment in mine if segment is not None])
    segments = library.segments.get([each.segment for each in found if each.segment is not None])
    told = {each.asset: each.told for each in found if each.told is not None}
    quoted = library.fulltext.quotations(words, told) if told else {}
    hits = []
    for each in found:
        row = segments.get(each.segment or 0)
        if each.segment is not None and (row is None or each.segment not in shares):
            continue  # it went in this moment
        quotations = quoted.get(each.asset, ())
        hits.append(_hit(each, row, shares.get(each.segment or 0), quotations))
    return hits


def _hit(
    found: Found,
    segment: Segment | None,
    shares: np.ndarray | None,
    quotations: Sequence[Quotation],
) -> Hit:
    """Go from the odds by the segment alone to all of them; each step gives what it adds."""
    steps = np.cumsum([found.odds, found.other, found.written])
    own, together, score = probability(steps).tolist()
    evidence: list[Evidence] = []
    if found.answer is not None and shares is not None:
        evidence += _of_parts(found.answer, shares, own)
        if found.other:
            name, kind = (SEEN_TOO, Sense.SEEN) if found.answer.hears else (HEARD_TOO, Sense.HEARD)
            evidence.append(Evidence(name, together - own, kind))
    else:
        together = 0.0
    if segment is not None:
        evidence = [_placed(each, segment) for each in evidence]
    if found.told is not None:
        evidence += _of_writing(quotations, score - together)
    reasons: dict[str, float] = {}
    for each in evidence:
        name = _reason(each)
        reasons[name] = reasons.get(name, 0.0) + each.share
    hit = Hit(
        found.asset,
        score,
        found.segment,
        reasons=reasons,
        confident=score >= _EVEN,
        evidence=tuple(sorted(evidence, key=lambda each: -each.share)),
    )
    if segment is None:
        return hit
    start, end = segment.start, segment.end
    return replace(hit, start=start, end=end, page=segment.page, box=segment.box)


def _reason(evidence: Evidence) -> str:
    if evidence.kind is Sense.HEARD and evidence.name != HEARD_TOO:
        return HEARD + evidence.name
    return (
        evidence.name if evidence.model or evidence.kind in (Sense.SEEN, Sense.HEARD) else WRITTEN
    )


def _of_parts(answer: Answer, shares: np.ndarray, score: float) -> list[Evidence]:
    """Share a score among the parts of a question, by what each says of the vector."""
    kind = Sense.HEARD if answer.hears else Sense.SEEN
    parts = answer.question.parts
    if answer.question.wants:
        values = score * _parted(shares, answer.question.weights)
        rows = zip(parts, values.tolist(), strict=True)
        return [Evidence(part.name, value, kind, answer.space.space.model) for part, value in rows]
    weights = answer.question.weights / answer.question.weights.sum()
    model = answer.space.space.model
    rows = zip(parts, (weights * (score - 1.0)).tolist(), strict=True)
    unwanted = [Evidence(part.name, value, kind, model) for part, value in rows]
    return [Evidence("anything", 1.0, kind, model), *unwanted]


def _parted(shares: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Let what parts say, (n,), add up to 1; what speaks against it takes half at most."""
    speaking, against = shares.clip(min=0.0), shares.clip(max=0.0)
    if speaking.sum() <= 0:
        speaking, against = weights.clip(min=0.0).astype(np.float64), np.zeros(len(shares))
    against *= min(1.0, _MOST_AGAINST * speaking.sum() / max(1e-9, -against.sum()))
    parted: np.ndarray = (speaking + against) / (speaking + against).sum()
    return parted


def _placed(evidence: Evidence, segment: Segment) -> Evidence:
    return replace(
        evidence,
        segment_id=segment.id,
        start=segment.start,
        end=segment.end,
        page=segment.page,
    )


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
