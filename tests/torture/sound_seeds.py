"""A small whole sound of every container and codec that can be made here."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from tests.kit.sounds import (
    bext,
    channels,
    info,
    ixml,
    joined,
    noise,
    silence,
    tone,
    write_sound,
    write_wav,
)

SECONDS = 1.2

# Codec, endings, and what else the sounds have.
_MADE: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("pcm_s16le", "wav w64 rf64 mka avi", {}),
    ("pcm_u8", "wav", {}),
    ("pcm_f32le", "wav", {"tags": True}),
    ("pcm_alaw", "wav au", {}),
    ("adpcm_ms", "wav", {}),
    ("adpcm_ima_wav", "wav", {}),
    ("pcm_s16be", "aiff au caf", {"tags": True}),
    ("pcm_s24be", "aif", {}),
    ("flac", "flac", {"tags": True, "cover": True}),
    ("flac", "oga mka", {}),
    ("libmp3lame", "mp3", {"tags": True, "cover": True}),
    ("libmp3lame", "mp3 mka", {}),
    ("mp2", "mp2", {}),
    ("aac", "m4a", {"tags": True, "cover": True}),
    ("aac", "aac mp4 mov", {}),
    ("aac", "m4a", {"options": {"movflags": "frag_keyframe+empty_moov"}}),
    ("alac", "m4a caf", {}),
    ("vorbis", "ogg", {"tags": True, "cover": True, "channels": 2}),
    ("libopus", "opus mka webm", {"tags": True}),
    ("wmav1", "wma", {}),
    ("wmav2", "wma", {"tags": True}),
    ("wavpack", "wv", {"tags": True}),
    ("tta", "tta", {}),
    ("ac3", "ac3", {}),
    ("eac3", "eac3", {}),
    ("libopencore_amrnb", "amr", {}),
    ("aac", "mka", {"channels": 6}),
    ("flac", "flac", {"channels": 8}),
)


def sound_seeds(scratch: Path) -> list[tuple[str, str, bytes]]:
    """Give (codec and container, ending, bytes) of each; `scratch` is a folder for making them."""
    made = []
    for number, (codec, endings, wishes) in enumerate(_MADE):
        for ending in endings.split():
            path = scratch / f"seed {number}.{ending}"
            _make(path, codec, dict(wishes))
            made.append((f"{codec} in {ending}", ending, path.read_bytes()))
            path.unlink()
    described = write_wav(
        scratch / "described.wav",
        _heard(),
        before=[bext("A door, wood", "Recorder")],
        after=[ixml("<SCENE>1</SCENE><NOTE>a plane</NOTE>"), info(INAM="Door", IART="Jane")],
    )
    made.append(("described wav", "wav", described.read_bytes()))
    return made


def _heard() -> object:
    return joined(tone(440, SECONDS / 2), silence(0.2), noise(SECONDS / 2 - 0.2))


def _make(path: Path, codec: str, wishes: dict[str, object]) -> None:
    samples = _heard()
    count = wishes.pop("channels", 1)
    assert isinstance(count, int)
    if count > 1:
        samples = channels(*[samples] * count)
    if wishes.pop("tags", False):
        wishes["tags"] = {"title": "A door", "artist": "Jane", "comment": "of wood", "TBPM": "120"}
    if wishes.pop("cover", False):
        file = io.BytesIO()
        Image.new("RGB", (64, 48), "red").save(file, "JPEG")
        wishes["cover"] = file.getvalue()
    write_sound(path, samples, codec=codec, **wishes)  # type: ignore[arg-type]
