"""A small whole video of every container and codec that can be made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.kit.films import Motion, Scene, make_film

SIZE = (64, 48)

# Codec, endings, and what else the films have.
_MADE: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("h264", "mp4 mkv mov ts avi flv", {}),
    ("h264", "mp4", {"sound": 440.0, "rotation": 90, "subtitles": True, "chapters": True}),
    ("h264", "mkv", {"sound": 440.0, "subtitles": True, "chapters": True}),
    ("h264", "mp4", {"container": {"movflags": "frag_keyframe+empty_moov"}}),
    ("h265", "mp4 mkv ts", {}),
    ("vp8", "webm ivf ogv", {}),
    ("vp9", "webm mp4 ivf", {}),
    ("vp9", "webm", {"pixels": "yuva420p", "subtitles": True}),
    ("av1", "mp4 webm ivf", {}),
    ("mpeg4", "avi mp4 mkv", {}),
    ("mpeg4", "mp4", {"sample_aspect": (16, 9)}),
    ("prores", "mov mxf", {}),
    ("mjpeg", "avi mov mkv", {}),
    ("mpeg2", "mpg ts vob mxf wtv m2v", {}),
    ("mpeg2video", "gxf", {"size": (720, 576), "pixels": "yuv420p", "options": {"b": "300k"}}),
    ("mpeg1video", "mpg m1v", {}),
    ("dvvideo", "dv", {"size": (720, 576), "pixels": "yuv420p", "frames": 1}),
    ("wmv2", "wmv", {"sound": 440.0}),
    ("flv", "flv", {"sound": 440.0}),
    ("h263", "3gp", {"size": (176, 144)}),
    ("rv10", "rm", {"size": (176, 144)}),
    ("png", "mov avi", {"pixels": "rgba"}),
    ("rawvideo", "avi nut", {"pixels": "bgr24", "frames": 2}),
    ("ffv1", "mkv nut", {}),
    ("wrapped_avframe", "y4m", {"frames": 2}),
)


def video_seeds(scratch: Path) -> list[tuple[str, str, bytes]]:
    """Give (container and codec, ending, bytes) of each; `scratch` is a folder for making them."""
    made = []
    for number, (codec, endings, wishes) in enumerate(_MADE):
        for ending in endings.split():
            path = scratch / f"seed {number}.{ending}"
            _make(path, codec, dict(wishes))
            made.append((f"{codec} in {ending}", ending, path.read_bytes()))
            path.unlink()
    return made


def _make(path: Path, codec: str, wishes: dict[str, object]) -> None:
    frames = wishes.pop("frames", 8)
    assert isinstance(frames, int)
    half = frames / 50
    if wishes.pop("subtitles", False):
        wishes["subtitles"] = [(0.0, half, "some words"), (half, 2 * half, "and more")]
    if wishes.pop("chapters", False):
        wishes["chapters"] = [(0.0, half, "One"), (half, 2 * half, "Two")]
    noise = np.random.default_rng(3).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    scenes = [
        Scene((200, 60, 30), half),
        Scene(np.kron(noise, np.ones((8, 8, 1), np.uint8)), half, Motion.PAN),
    ]
    make_film(path, scenes, codec=codec, **{"size": SIZE, **wishes})  # type: ignore[arg-type]
