"""WAV files, written as they come: a head, samples, and at the end the head again, complete."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_LARGEST = 0xFFFF_FFFF  # bytes that the old sizes can say; beyond it is RF64 (EBU Tech 3306)
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")


@dataclass(frozen=True, slots=True)
class WavForm:
    """How samples lie in a file."""

    rate: int
    channels: int
    bits: int  # 16 or 24 as integers, 32 as floats

    @property
    def frame(self) -> int:
        """Count the bytes of one sample of every channel."""
        return self.channels * self.bits // 8

    def head(self, size: int) -> bytes:
        """Give what stands before `size` bytes of samples; as long, whatever the size."""
        chunk = self._form()
        whole = 48 + len(chunk) + size + size % 2
        large = whole > _LARGEST
        if large:
            sizes = struct.pack("<4sIQQQI", b"ds64", 28, whole, size, size // self.frame, 0)
            start = struct.pack("<4sI4s", b"RF64", _LARGEST, b"WAVE")
        else:
            # As large as ds64: so it can become one when there is more than was thought.
            sizes = struct.pack("<4sI", b"JUNK", 28) + bytes(28)
            start = struct.pack("<4sI4s", b"RIFF", whole, b"WAVE")
        return start + sizes + chunk + struct.pack("<4sI", b"data", _LARGEST if large else size)

    def _form(self) -> bytes:
        code = _FLOAT if self.bits == 32 else _PCM
        shape = (self.channels, self.rate, self.rate * self.frame, self.frame, self.bits)
        if self.channels <= 2:  # everything reads this
            form = struct.pack("<HHIIHH", code, *shape)
        else:  # the mask says nothing of where the channels belong: nobody said it
            form = struct.pack("<HHIIHH", _EXTENSIBLE, *shape)
            form += struct.pack("<HHIH", 22, self.bits, 0, code) + _GUID_TAIL
        return struct.pack("<4sI", b"fmt ", len(form)) + form
