"""Films and sounds opened as containers of FFmpeg's: nothing but the one file, read over damage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Never, cast

import av
from av.container import InputContainer
from av.packet import Packet

from assetman.media.container_reading import Reader

_OPTIONS = {
    "protocol_whitelist": "none",  # the file comes open; nothing else has any business here
    "enable_drefs": "0",  # nor has a QuickTime file that points into others
    "max_streams": "64",
    "probesize": str(8 << 20),
    "analyzeduration": str(8_000_000),
}
_BUFFER = 1 << 16  # bytes read at once
_HOLE = 256 << 20  # bytes without a packet of what is read, after which the rest is given up


def open_demuxer(
    reader: Reader, formats: str, options: dict[str, str], **how: str
) -> InputContainer:
    """Open a container that is one of FFmpeg's `formats`; raises what PyAV raises.

    `options` are further ones of FFmpeg's, `how` says how PyAV reads what is written in it.
    """
    container = av.open(
        cast(BinaryIO, reader),
        "r",
        options={**_OPTIONS, "format_whitelist": formats, **options},
        io_open=_refuse,
        buffer_size=_BUFFER,
        **cast(Any, how),
    )
    return cast(InputContainer, container)


def packets_of(
    container: InputContainer, reader: Reader, streams: Sequence[Any], most_broken: int
) -> Iterator[Packet[Any]]:
    """Read on, over what is damaged; a hole without end, or so many broken in a row, end it."""
    broken = 0
    try:
        while broken < most_broken:
            try:
                reader.until = reader.consumed + _HOLE
                for packet in container.demux(*streams):
                    if packet.size == 0:
                        return
                    broken = 0
                    yield packet
                    reader.until = reader.consumed + _HOLE
            except av.FFmpegError:
                broken += 1
            else:
                return
    finally:
        reader.until = None


def _refuse(url: str, flags: int, options: dict[str, str]) -> Never:
    """Open nothing that a file asks for."""
    raise PermissionError(f"a file asked for {url!r}")
