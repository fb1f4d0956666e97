"""Writing down what is said: after all else is done, one file after the other, when it is on."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np

from assetman.core.assets import Passage, PassageKind, SegmentKind
from assetman.core.changes import Changes
from assetman.core.errors import BadInput, WrongUse
from assetman.core.inputs import WINDOW_SECONDS, Excerpt, SoundSpec
from assetman.core.progress import CancelToken
from assetman.core.speech import Transcript
from assetman.ingest.awaiting import awaited, is_as_known
from assetman.ingest.tally import Tally
from assetman.library.library import Library
from assetman.library.transcripts import Unheard
from assetman.media.handler import Decoder

_STRETCH = 300.0  # seconds that are decoded and listened to at once
_EDGE = 1.0  # seconds; what is said so close to the end of a stretch may go on in the next
_LEAST = 30.0  # seconds that every stretch but the last brings the reading forward
_LONGEST = 48 * 3600.0  # seconds; what claims to be longer is heard so far


class Transcriber(Protocol):
    """Writes down what is said in (n,) float32 samples; `speech.Transcriber` is one."""

    def transcribe(
        self, samples: np.ndarray, check: Callable[[], None] = lambda: None
    ) -> Transcript: ...

    def unload(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Listening:
    """A model that is switched on, by its name, and the samples a second it takes."""

    model: str
    transcriber: Transcriber
    rate: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What a pass asks of the run it belongs to."""

    token: CancelToken
    gate: Callable[[CancelToken], None]  # holds while the run is paused
    wanted: Callable[[], bool]  # something else is to be done first
    visible: Callable[[], tuple[int, ...]]
    # Where the work is to be gentle, rests about as long as it took, seconds.
    rest: Callable[[CancelToken, float], None] = lambda token, worked: None

    def goes_on(self) -> bool:
        """Wait while the run is paused; tell whether nothing else is wanted. Raises Cancelled."""
        self.gate(self.token)
        return not self.wanted()


@dataclass(slots=True)
class _Reading:
    """A file that is listened to, a stretch after the other, and what was said in it so far."""

    item: Unheard
    model: str
    length: float  # seconds
    start: float = 0.0  # seconds; of the next stretch
    said: list[Passage] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)  # by the letters said in them

    @property
    def language(self) -> str | None:
        return self.languages.most_common(1)[0][0] if self.languages else None

    def keep(self, found: Transcript) -> None:
        """Keep what was said in a stretch; what its end may cut in two is left to the next."""
        sentences, start = list(found.sentences), self.start
        follows = start + _STRETCH
        if follows < self.length:
            while sentences and sentences[-1].end > _STRETCH - _EDGE:
                if sentences[-1].start < _LEAST:
                    break
                follows = start + sentences.pop().start
        for each in sentences:
            end = min(start + each.end, self.length)
            begin = min(start + each.start, end)
            passage = Passage(PassageKind.SPEECH, each.text, begin, end, found.language)
            self.said.append(passage)
            self.languages[found.language or ""] += len(each.text)
        self.start = follows


class SpeechPass:
    """Goes through what has sound and no transcript. A file is stored whole or not at all."""

    def __init__(
        self, library: Library, decoder: Decoder, publish: Callable[[Changes], None]
    ) -> None:
        self._library = library
        self._decoder = decoder
        self._publish = publish
        self._left: _Reading | None = None  # of which something else was wanted in the midst

    def run(self, listening: Listening, tally: Tally, turn: Turn) -> None:
        """Listen until nothing is left, or something else is wanted.

        Raises Cancelled; what was begun and not stored begins again the next time.
        """
        transcripts = self._library.transcripts
        passed: list[int] = []  # that cannot be read just now
        try:
            while not turn.wanted():
                waiting = transcripts.count_lacking(listening.model) - len(passed)
                found = transcripts.lacking(listening.model, 1, turn.visible(), passed)
                if waiting <= 0 or not found:
                    break
                item = self._again(found[0], listening.model)
                tally.listening(os.path.basename(item.path), waiting)
                if not self._hear(item, listening, tally, turn):
                    passed.append(item.content_id)
        finally:
            listening.transcriber.unload()

    def _again(self, item: Unheard, model: str) -> Unheard:
        """Go on with what was left in the midst, if it is as it was then."""
        left = self._left
        if left is None or left.model != model or not is_as_known(left.item):
            self._left = None
            return item
        return left.item

    def _hear(self, item: Unheard, listening: Listening, tally: Tally, turn: Turn) -> bool:
        """Write down what is said in one file; False where it is left for another time."""
        length = min(item.duration or _STRETCH, _LONGEST)
        reading = self._left or _Reading(item, listening.model, length)
        self._left = None
        try:
            while reading.start < length:
                if turn.wanted():
                    self._left = reading
                    return False
                turn.gate(turn.token)
                samples = self._samples(item, reading.start, listening.rate, turn)
                check = partial(turn.gate, turn.token)
                reading.keep(listening.transcriber.transcribe(samples, check))
                tally.reached(item.content_id, min(reading.start / length, 1.0))
        except BadInput:
            if not is_as_known(item):
                return False  # its drive left, or it is another file by now
            # What could be heard is kept: a damage in the middle takes what follows it.
        finally:
            tally.reached(item.content_id, None)
        return self._store(reading, tally)

    def _store(self, reading: _Reading, tally: Tally) -> bool:
        item = reading.item
        try:
            changes = self._library.transcripts.set(
                item.content_id, reading.model, reading.language, reading.said
            )
        except WrongUse:  # its root was removed meanwhile
            return False
        tally.finished(1, item.size)
        self._publish(changes)
        return True

    def _samples(self, item: Unheard, start: float, rate: int, turn: Turn) -> np.ndarray:
        """Decode a stretch: (n,) float32; where it is silent it is zero."""
        spec = SoundSpec(rate)
        part = Excerpt(start=start, end=start + _STRETCH)
        heard = awaited(self._decoder.extract(item.path, (spec,), None, part), turn.token)
        starts = [each.start or 0.0 for each in heard.segments if each.kind is SegmentKind.WINDOW]
        return joined([each - start for each in starts], heard.inputs[spec], rate, _STRETCH)


def joined(starts: Sequence[float], windows: np.ndarray, rate: int, most: float) -> np.ndarray:
    """Lay windows, (m, length) float32, side by side again at their starts, seconds: (n,) float32.

    What no window holds is silence; what is beyond `most` seconds is left out.
    """
    places = [max(0, round(start * rate)) for start in starts]
    length = round(WINDOW_SECONDS * rate)
    size = min(max((place + length for place in places), default=0), round(most * rate))
    track = np.zeros(size, np.float32)
    for place, window in zip(places, windows, strict=True):
        room = track[place : place + length]
        room[:] = np.where(window[: len(room)] != 0, window[: len(room)], room)
    return track
