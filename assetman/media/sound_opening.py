"""Opening a sound: by its content, as a container of sound, and nothing but this one file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, BinaryIO, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from assetman.core.assets import Kind
from assetman.core.errors import BadInput
from assetman.media.audio_protection import is_locked
from assetman.media.container_reading import Place, Reader
from assetman.media.demuxing import open_demuxer
from assetman.media.handler import OtherKind

# Containers and codings alone. Left out of FFmpeg's own list: what names other files (HLS, DASH,
# concat, SDP), devices, pictures, samples without a head, and modules of trackers.
_FORMATS = (
    "wav,w64,aiff,flac,mp3,aac,loas,ogg,mov,matroska,asf,ape,caf,au,amr,amrnb,amrwb,ac3,eac3,dts,"
    "dtshd,tta,wv,mpc,mpc8,tak,voc,dsf,iff,oma,truehd,mlp,shn,gsm,qcp,xwma,ircam,nistsphere,sox,"
    "avr,paf,pvf,wve,wsd,osq,qoa,bonk,rka,lxf,mxf,rm,avi,flv,mpeg,mpegts,nut,iamf,ac4,aax,act,"
    "adx,aea,hcom,apc,smjpeg,rso,sds,svs,vqf"
)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")

_ATTACHED = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
_APART = (
    Disposition.comment
    | Disposition.hearing_impaired
    | Disposition.visual_impaired
    | Disposition.karaoke
    | Disposition.clean_effects
)
_PROTECTED = ("drms", "enca", "p608", "aavd", "drmi")  # what was bought and may not be copied
# `Stream #0:0(und): Audio: none (zzzz / 0x7A7A7A7A), 44100 Hz, 2 channels`
_CODED = re.compile(r"Audio: (\w+)(?: \([^()/\n]*\))?(?: \(([^()/\n]{1,16}) / 0x)?")
_PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"8BPS", b"II*\0", b"MM\0*")
_LISTS = (b"#EXTM3U", b"ffconcat", b"v=0", b"<?xml", b"<MPD", b"[playlist]", b"<smil", b"[Ref")
_SOUND_STARTS = (b"RIFF", b"RF64", b"BW64", b"FORM", b"fLaC", b"OggS", b"ID3", b"MAC ", b"wvpk")

PROTECTED = "The sound is protected against copying and cannot be read"
DAMAGED = "The sound is damaged and cannot be read"
NO_SOUND = "This is not a sound Assetman can read"
NOTHING_HEARD = "Nothing of the sound can be decoded: it is damaged or cut off"
ONLY_PICTURES = "There is no sound in this file, only moving pictures"


@contextmanager
def opened_sound(
    file: BinaryIO, path: str, place: Place | None = None
) -> Iterator[tuple[InputContainer, Reader]]:
    """Open a container for demuxing and close it at the end; raises BadInput.

    Of the path the ending alone is used. With a `place` only what lies from there on is there.
    """
    reader = Reader(file, place)
    if reader.size == 0:
        raise BadInput("The file is empty")
    if is_locked(file):
        raise BadInput(PROTECTED)
    ending = os.path.splitext(path)[1]
    # some codings have hardly a mark of their own: what a file is called decides between two
    reader.name = f"sound{ending.lower()}" if _ENDING.fullmatch(ending) else "sound"
    container = _open(reader)
    try:
        with damage_told():
            yield container, reader
    finally:
        container.close()


@contextmanager
def damage_told() -> Iterator[None]:
    """Say in words for the person that FFmpeg can make nothing of a sound; raises BadInput."""
    try:
        yield
    except av.FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
        raise BadInput(DAMAGED) from error


def choose_sound(container: InputContainer) -> AudioStream:
    """Find the sound to listen to: what the file says is the main one, else that with most channels.

    Raises BadInput if there is none, or none that can be decoded; OtherKind for a film.
    """
    streams = list(container.streams.audio)
    if not streams:
        if moving_pictures(container):
            raise OtherKind(ONLY_PICTURES, Kind.VIDEO)
        raise BadInput("There is no sound in this file")
    readable = [each for each in streams if each.codec_context is not None]
    if not readable:
        raise BadInput(_why_undecodable(container))
    chosen = max(readable, key=_rank)
    if is_protected(chosen):
        raise BadInput(PROTECTED)
    return chosen


def moving_pictures(container: InputContainer) -> bool:
    """Tell whether there are pictures that move, and not a cover alone."""
    return any(not each.disposition & _ATTACHED for each in container.streams.video)


def is_protected(stream: AudioStream) -> bool:
    """Tell whether sound is kept from being copied, as that bought in a shop may be."""
    try:
        return stream.codec_context.codec_tag.lower() in _PROTECTED
    except UnicodeDecodeError:  # four bytes that are no letters
        return False


def _rank(stream: AudioStream) -> tuple[bool, bool, int, int]:
    return (
        not stream.disposition & _APART,
        bool(stream.disposition & Disposition.default),
        stream.codec_context.channels,
        -stream.index,
    )


def _open(reader: Reader) -> InputContainer:
    try:
        return open_demuxer(
            reader,
            _FORMATS,
            {"codec_whitelist": _sound_decoders()},
            metadata_encoding="utf-8",
            metadata_errors="surrogateescape",
        )
    except (av.FFmpegError, ValueError) as error:
        if isinstance(error, MemoryError):  # a header that asks for that much lies
            raise BadInput(DAMAGED) from error
        raise BadInput(_why_unreadable(reader)) from error


@cache
def _sound_decoders() -> str:
    """Name what decodes sound: nothing of a cover is decoded to find out what a file is."""
    sounds = []
    for name in av.codec.codecs_available:
        with suppress(ValueError):
            if av.Codec(name, "r").type == "audio":
                sounds.append(name)
    return ",".join(sounds)


def _why_undecodable(container: InputContainer) -> str:
    """Name how a sound is coded that there is no decoder for."""
    av.logging.set_level(av.logging.INFO)  # what FFmpeg describes, it describes to its log
    try:
        described = _CODED.search(cast(Any, container).dumps_format())
    finally:
        av.logging.set_level(None)
    codec, tag = (described[1], described[2]) if described else ("none", None)
    if tag and tag.lower() in _PROTECTED:
        return PROTECTED
    name = (tag if codec in ("none", "unknown") else codec) or "something unknown"
    return f"The sound is coded as “{name}”, for which there is no decoder here"


def _why_unreadable(reader: Reader) -> str:
    """Look at the first bytes of what FFmpeg would not open, for words that help."""
    reader.seek(0)
    start = reader.read(4096)
    if start.startswith(_PICTURE_STARTS):
        return "This is no sound but a picture with the ending of a sound"
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_LISTS):
        return "This is a list of other files, not a sound; Assetman does not follow it"
    if start[4:8] in (b"ftyp", b"moov", b"mdat"):
        return "The sound is cut off: the part that says what lies where is missing"
    return DAMAGED if start.startswith(_SOUND_STARTS) else NO_SOUND
