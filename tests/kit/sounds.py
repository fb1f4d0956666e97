"""Small sounds of which everything is known: what is heard in them, when, how loud.

    parts = joined(tone(440, 3), silence(4), noise(2))
    path = write_sound(tmp_path / "a.flac", parts, tags={"title": "A tone"}, cover=jpeg)

Samples are float32, full scale -1..1: (n,) for one channel, (channels, n) for several. What writes
them gives the path. `write_wav` writes every byte itself, so that it can also lie.
"""

from __future__ import annotations

import base64
import struct
import wave
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypedDict, Unpack

import av
import numpy as np
from av.stream import Disposition

SAMPLE_RATE = 48_000
_FILM_CODECS = {".webm": "libopus", ".mkv": "libopus", ".avi": "libmp3lame", ".mpg": "mp2"}
_BLOCK = 960  # samples a frame

# The encoder for each ending of a file of sound; a container may be named by another word.
CODECS = {
    ".wav": "pcm_s16le",
    ".w64": "pcm_s16le",
    ".rf64": "pcm_s16le",
    ".aif": "pcm_s16be",
    ".aiff": "pcm_s16be",
    ".aifc": "pcm_s16be",
    ".caf": "pcm_s16be",
    ".au": "pcm_s16be",
    ".snd": "pcm_s16be",
    ".flac": "flac",
    ".mp3": "libmp3lame",
    ".mp2": "mp2",
    ".m4a": "aac",
    ".mp4": "aac",
    ".mov": "aac",
    ".aac": "aac",
    ".ogg": "vorbis",
    ".oga": "flac",
    ".opus": "libopus",
    ".mka": "flac",
    ".webm": "libopus",
    ".wma": "wmav2",
    ".asf": "wmav2",
    ".wv": "wavpack",
    ".tta": "tta",
    ".ac3": "ac3",
    ".eac3": "eac3",
    ".amr": "libopencore_amrnb",
}
_CONTAINERS = {
    ".aif": "aiff",
    ".aifc": "aiff",
    ".aac": "adts",
    ".m4a": "mp4",
    ".mka": "matroska",
    ".oga": "ogg",
    ".rf64": "wav",
    ".snd": "au",
    ".wma": "asf",
}
_OPTIONS = {".rf64": {"rf64": "always"}, ".m4a": {"brand": "M4A "}}
_RATES = {".amr": 8_000}  # a codec that knows one alone

WAV_FORMS = {
    "u8": (1, 8),
    "s16": (1, 16),
    "s24": (1, 24),
    "s32": (1, 32),
    "f32": (3, 32),
    "f64": (3, 64),
}


def tone(frequency: float, seconds: float, level: float = 0.3, rate: int = SAMPLE_RATE) -> Any:
    """Give a sine of a pitch in Hz; `level` is its amplitude, 1 being full scale."""
    times = np.arange(round(seconds * rate)) / rate
    return (np.sin(times * (2 * np.pi * frequency)) * level).astype(np.float32)


def noise(seconds: float, level: float = 0.1, seed: int = 1, rate: int = SAMPLE_RATE) -> Any:
    """Give white noise; `level` is its root mean square."""
    drawn = np.random.default_rng(seed).standard_normal(round(seconds * rate))
    return np.clip(drawn * level, -1, 1).astype(np.float32)


def silence(seconds: float, rate: int = SAMPLE_RATE) -> Any:
    """Give zeros."""
    return np.zeros(round(seconds * rate), np.float32)


def clicks(
    times: Sequence[float], seconds: float, level: float = 0.8, rate: int = SAMPLE_RATE
) -> Any:
    """Give silence in which something rings for 30 ms at each of some times."""
    made = silence(seconds, rate)
    ring = tone(2000, 0.03, level, rate) * np.hanning(round(0.03 * rate)).astype(np.float32)
    for time in times:
        at = round(time * rate)
        end = min(len(made), at + len(ring))
        made[at:end] += ring[: end - at]
    return made


def sweep(
    low: float, high: float, seconds: float, level: float = 0.3, rate: int = SAMPLE_RATE
) -> Any:
    """Give a sine that glides from one pitch to another, in Hz, as fast in every octave."""
    times = np.arange(round(seconds * rate)) / rate
    octaves = np.log(high / low)
    turns = low * seconds / octaves * (np.exp(times / seconds * octaves) - 1)
    return (np.sin(2 * np.pi * turns) * level).astype(np.float32)


def joined(*parts: Any) -> Any:
    """Give sounds one after another."""
    return np.concatenate(parts, axis=-1)


def channels(*each: Any) -> Any:
    """Give a sound of several channels, (channels, n)."""
    return np.stack(each).astype(np.float32)


class How(TypedDict, total=False):
    """All that may be wished of a file but its samples."""

    codec: str | None  # an encoder of FFmpeg's; the ending's own otherwise
    tags: Mapping[str, str] | None
    cover: bytes | None  # a JPEG or PNG
    options: Mapping[str, str] | None  # of the muxer, such as movflags
    chapters: Sequence[tuple[float, float, str]]  # start, end (seconds), title


def write_sound(
    path: str | Path, samples: Any, rate: int = SAMPLE_RATE, **how: Unpack[How]
) -> Path:
    """Write a sound as its ending says, and as it is wished.

    `rate` is that of the samples; where a codec knows others alone it is changed.
    """
    path = Path(path)
    ending = path.suffix.lower()
    samples = np.atleast_2d(np.asarray(samples, np.float32))
    muxer = {**_OPTIONS.get(ending, {}), **(how.get("options") or {})}
    cover = how.get("cover")
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format=_CONTAINERS.get(ending), options=muxer) as container:
        container.metadata.update(how.get("tags") or {})
        name = how.get("codec") or CODECS[ending]
        written = 48_000 if name == "libopus" else _RATES.get(ending, rate)
        stream: Any = container.add_stream(name, written)
        stream.layout = _layout(1 if ending in _RATES else len(samples))
        if name in ("vorbis", "opus"):  # FFmpeg's own are not finished, and take two channels
            stream.codec_context.options = {"strict": "experimental"}
            stream.layout = "stereo"
        stream.codec_context.time_base = Fraction(1, written)
        if name.startswith("wmav"):  # which do not choose for themselves
            stream.bit_rate = 96_000
        if cover is not None and ending in (".ogg", ".oga", ".opus"):
            stream.metadata["METADATA_BLOCK_PICTURE"] = _picture_block(cover)
            cover = None
        container.set_chapters([_chapter(*each) for each in enumerate(how.get("chapters", ()), 1)])
        picture = None if cover is None else _cover_stream(container, cover)
        for packet in _encoded(stream, samples, rate):
            if picture is not None:
                container.mux(picture)
                picture = None
            container.mux(packet)
    return path


def write_wav(
    path: str | Path,
    samples: Any,
    rate: int = SAMPLE_RATE,
    form: str = "s16",
    before: Sequence[tuple[bytes, bytes]] = (),
    after: Sequence[tuple[bytes, bytes]] = (),
    says: int | None = None,
) -> Path:
    """Write a WAV byte by byte; chunks (name, body) may stand before and after its samples.

    `form` is one of WAV_FORMS; `says` is the length in bytes that the samples claim to have.
    """
    data = _pcm(samples, form)
    kind, bits = WAV_FORMS[form]
    count = len(np.atleast_2d(samples))
    frame = count * bits // 8
    head = struct.pack("<HHIIHH", kind, count, rate, rate * frame & 0xFFFFFFFF, frame, bits)
    body = b"".join(riff_chunk(*each) for each in ((b"fmt ", head), *before))
    body += riff_chunk(b"data", data, says) + b"".join(riff_chunk(*each) for each in after)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(riff_chunk(b"RIFF", b"WAVE" + body))
    return path


def read_wav(path: str | Path) -> tuple[Any, int]:
    """Read a plain WAV of 16 bits with Python's own reader: (channels, n) float32, and its rate."""
    with wave.open(str(path), "rb") as file:
        assert file.getsampwidth() == 2
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return data.reshape(-1, file.getnchannels()).T / np.float32(32768), file.getframerate()


def riff_chunk(name: bytes, body: bytes, says: int | None = None) -> bytes:
    """Write a chunk of RIFF; `says` is the length it claims to have."""
    length = len(body) if says is None else says
    return name + struct.pack("<I", length) + body + b"\0" * (len(body) % 2)


def bext(
    description: bytes | str = "",
    originator: bytes | str = "",
    date: str = "2021-05-03",
    time: str = "12:34:56",
) -> tuple[bytes, bytes]:
    """Give the chunk in which broadcast WAVs describe themselves (EBU Tech 3285)."""
    fields = [(description, 256), (originator, 32), ("", 32), (date, 10), (time, 8)]
    raw = [(f.encode() if isinstance(f, str) else f, size) for f, size in fields]
    body = b"".join(field[:size].ljust(size, b"\0") for field, size in raw)
    return b"bext", body + struct.pack("<QH", 0, 1) + bytes(64 + 190)


def ixml(inside: str | bytes) -> tuple[bytes, bytes]:
    """Give the chunk of XML in which recorders describe a take."""
    body = inside.encode() if isinstance(inside, str) else inside
    head = b'<?xml version="1.0" encoding="UTF-8"?>'
    return b"iXML", head + b"<BWFXML>" + body + b"</BWFXML>"


def info(**fields: bytes | str) -> tuple[bytes, bytes]:
    """Give the chunk of a WAV that holds its tags: info(INAM="title", IART=b"artist")."""
    words = {name: f.encode() if isinstance(f, str) else f for name, f in fields.items()}
    return b"LIST", b"INFO" + b"".join(
        riff_chunk(name.encode(), word + b"\0") for name, word in words.items()
    )


def id3(*frames: tuple[str, bytes], says: int | None = None) -> bytes:
    """Give an ID3v2.4 tag of frames: (name, body), the body of a text beginning with its encoding.

    0 is ISO-8859-1, 1 UTF-16, 3 UTF-8. Put it before the bytes of an MP3 or AAC.
    """
    body = b"".join(
        name.encode() + _syncsafe(len(words)) + b"\0\0" + words for name, words in frames
    )
    return b"ID3\4\0\0" + _syncsafe(len(body) if says is None else says) + body


def id3_cover(picture: bytes, kind: str = "image/jpeg") -> tuple[str, bytes]:
    """Give the frame of an ID3v2 tag that holds a cover."""
    return "APIC", b"\0" + kind.encode() + b"\0\3\0" + picture


def add_sound(
    container: Any, ending: str, sound: float | np.ndarray | None, seconds: float
) -> Iterator[Any]:
    """Add a stream for a tone in Hz or for mono samples -1..1; gives its packets when asked."""
    if sound is None:
        return iter(())
    stream = container.add_stream(_FILM_CODECS.get(ending, "aac"), SAMPLE_RATE)
    stream.layout = "mono"
    stream.codec_context.time_base = Fraction(1, SAMPLE_RATE)
    length = round(seconds * SAMPLE_RATE)
    if isinstance(sound, np.ndarray):
        samples = np.resize(sound.astype(np.float32), length)
    else:
        samples = tone(sound, length / SAMPLE_RATE)
    return _encoded(stream, np.atleast_2d(samples), SAMPLE_RATE)


def _encoded(stream: Any, samples: np.ndarray, rate: int) -> Iterator[Any]:
    layout = stream.layout.name
    taken = _layout(len(samples))
    resampler = av.AudioResampler(stream.format, layout, stream.rate)
    for start in range(0, samples.shape[1], _BLOCK):
        block = np.ascontiguousarray(samples[:, start : start + _BLOCK].T)
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), "flt", taken)
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        for fitting in resampler.resample(frame):
            yield from stream.encode(fitting)
    for fitting in resampler.resample(None):
        yield from stream.encode(fitting)
    yield from stream.encode(None)


def _layout(count: int) -> str:
    usual = {1: "mono", 2: "stereo", 4: "quad", 6: "5.1", 8: "7.1"}
    return usual.get(count, f"{count} channels")


def _chapter(number: int, chapter: tuple[float, float, str]) -> Any:
    start, end, title = chapter
    base = Fraction(1, 1000)
    times = {"start": round(start / base), "end": round(end / base), "time_base": base}
    return {"id": number, **times, "metadata": {"title": title}}


def _cover_stream(container: Any, cover: bytes) -> Any:
    stream = container.add_stream("png" if cover.startswith(b"\x89PNG") else "mjpeg")
    stream.width = stream.height = 64
    stream.pix_fmt = "rgb24" if cover.startswith(b"\x89PNG") else "yuvj420p"
    stream.disposition = Disposition.attached_pic
    packet = av.Packet(cover)
    packet.stream, packet.pts, packet.dts, packet.time_base = stream, 0, 0, Fraction(1, 90_000)
    return packet


def _picture_block(cover: bytes) -> str:
    """Write a cover as FLAC and Ogg have it (RFC 9639, 8.8)."""
    kind = b"image/png" if cover.startswith(b"\x89PNG") else b"image/jpeg"
    head = struct.pack(">II", 3, len(kind)) + kind + struct.pack(">5I", 0, 64, 64, 24, 0)
    return base64.b64encode(head + struct.pack(">I", len(cover)) + cover).decode()


def _pcm(samples: Any, form: str) -> bytes:
    interleaved = np.atleast_2d(np.asarray(samples, np.float64)).T
    if form.startswith("f"):
        return interleaved.astype(f"<f{WAV_FORMS[form][1] // 8}").tobytes()
    if form == "u8":
        return np.clip(np.rint(interleaved * 128 + 128), 0, 255).astype(np.uint8).tobytes()
    bits = WAV_FORMS[form][1]
    full = 1 << (bits - 1)
    whole = np.clip(np.rint(interleaved * full), -full, full - 1)
    if bits != 24:
        return whole.astype(f"<i{bits // 8}").tobytes()
    parts = np.ascontiguousarray(whole.astype("<i4")).view(np.uint8).reshape(-1, 4)
    return parts[:, :3].tobytes()


def _syncsafe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))
