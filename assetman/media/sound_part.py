"""Some seconds of a sound, or of the sound of a film, as the samples that the file has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from assetman.core.errors import BadInput
from assetman.media.clip import SoundPart
from assetman.media.files import opened, write_whole
from assetman.media.handler import Limits
from assetman.media.sound_opening import choose_sound, moving_pictures, opened_sound
from assetman.media.sound_reading import OpenSound

_EXACT = {"u8": 16, "u8p": 16, "s16": 16, "s16p": 16}  # bits that hold all that a decoder gives
_FLOATS = "pcm_f"  # codings whose samples may be beyond full scale
_NOTHING = "There is nothing to hear between these times"


def read_part(path: str, start: float, end: float, target: Path, limits: Limits) -> SoundPart:
    """Write the samples from `start` to `end` (seconds), channel by channel in turn, little-endian.

    Raises BadInput; a part that reaches beyond the end is shorter.
    """
    with _opened(path, limits) as sound:
        context = sound.stream.codec_context
        bits = 32 if context.name.startswith(_FLOATS) else _EXACT.get(context.format.name, 24)
        first, last = round(start * sound.rate), round(end * sound.rate)
        part = SoundPart(sound.rate, sound.channels, bits)

        def save(file: BinaryIO) -> None:
            nonlocal part
            written = 0
            for block in _between(sound, first, last):
                file.write(as_bytes(block, bits))
                written += block.shape[1]
            part = SoundPart(sound.rate, sound.channels, bits, written)

        write_whole(target, save)
    if not part.samples:
        raise BadInput(_NOTHING)
    return part


def as_bytes(block: NDArray[np.float32], bits: int) -> bytes:
    """Write (channels, n) samples -1..1 as 16 or 24 bit integers, or as 32 bit floats."""
    samples = np.ascontiguousarray(block.T)
    if bits == 32:
        return samples.astype("<f4").tobytes()
    scale = 1 << (bits - 1)
    whole = np.clip(np.rint(samples.astype(np.float64) * scale), -scale, scale - 1).astype("<i4")
    if bits == 16:
        return whole.astype("<i2").tobytes()
    return whole.view(np.uint8).reshape(*whole.shape, 4)[..., :3].tobytes()


def _between(sound: OpenSound, first: int, last: int) -> Iterator[NDArray[np.float32]]:
    """Give the samples of a sound from one to another."""
    second = first // sound.rate
    if second and sound.zero is None:
        next(sound.blocks(0), None)  # says which of its times is 0
    at = second * sound.rate
    for block in sound.blocks(second):
        begin, end = max(first - at, 0), min(last - at, block.shape[1])
        if end > begin:
            yield block[:, begin:end]
        at += block.shape[1]
        if at >= last:
            return


@contextmanager
def _opened(path: str, limits: Limits) -> Iterator[OpenSound]:
    """Open a file for its sound; that of a film begins where its pictures do."""
    with opened(path) as file:
        zero = _start_of_film(file, path, limits)
        with opened_sound(file, path) as (container, reader):
            yield OpenSound(container, reader, choose_sound(container), zero)


def _start_of_film(file: BinaryIO, path: str, limits: Limits) -> float | None:
    with opened_sound(file, path) as (container, _):
        if not moving_pictures(container):
            return None
    from assetman.media.video_film import opened_film

    try:
        with opened_film(file, limits) as film:
            return film.zero
    except BadInput:
        return None  # its pictures cannot be seen, but it can be heard
