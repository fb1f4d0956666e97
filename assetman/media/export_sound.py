"""Writes some seconds of a sound or a film to a WAV file, exactly these and as the file has them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from assetman.core.errors import BadInput
from assetman.media.aside import appearing
from assetman.media.clip import SoundPart
from assetman.media.export import Clip, Tell
from assetman.media.files import writing_problem
from assetman.media.wav import WavForm

STEP = 120.0  # seconds that a decoder reads at once: one that hangs or is not wanted costs little

Read = Callable[[str, float, float, Path], SoundPart]
"""Writes the samples of a file from one time to another to a path."""


def write_sound(clip: Clip, read: Read, tell: Tell) -> None:
    """Write a clip beside its target and name it when it is whole.

    Raises what `read` raises, WrongUse and EnvironmentProblem; nothing is left behind then.
    """
    with (
        appearing(clip.target) as aside,
        tempfile.TemporaryDirectory(prefix="assetman-") as folder,
        os.fdopen(os.dup(aside.descriptor), "wb") as file,
    ):
        try:
            form, size = None, 0
            for start, end in _steps(clip.start, clip.end):
                made = Path(folder) / f"{start:.6f}.pcm"
                try:
                    part = read(clip.source, start, end, made)
                except BadInput:
                    if form is None:
                        raise
                    break  # the sound ends before the time that was wanted
                if form is None:
                    form = WavForm(part.rate, part.channels, part.bits)
                    file.write(form.head(0))
                with made.open("rb") as samples:
                    shutil.copyfileobj(samples, file, 1 << 20)
                made.unlink()
                size += part.samples * form.frame
                tell((end - clip.start) / (clip.end - clip.start))
            assert form is not None
            file.write(bytes(size % 2))
            file.seek(0)
            file.write(form.head(size))
        except OSError as error:
            raise writing_problem(error, clip.target) from error


def _steps(start: float, end: float) -> list[tuple[float, float]]:
    """Cut a time into steps. They meet at whole seconds, which are whole samples at every rate."""
    cuts = [start]
    while end - cuts[-1] > STEP:
        cuts.append(float(int(cuts[-1] + STEP)))
    return list(zip(cuts, [*cuts[1:], end], strict=True))
