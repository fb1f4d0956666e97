"""Which handler reads a file. Handlers are loaded on first use: their libraries are heavy."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import cast

from assetman.core.assets import Kind, Passage, Probe
from assetman.core.errors import BadInput
from assetman.core.inputs import Excerpt, Spec
from assetman.media import formats
from assetman.media.files import opened
from assetman.media.handler import Extraction, Limits, MediaHandler, OtherKind, Stretch


@dataclass(frozen=True)
class Registered:
    """A handler that is known by its endings and imported when it has something to read."""

    kind: Kind
    extensions: frozenset[str]
    home: str  # "module:class"

    @cached_property
    def _loaded(self) -> MediaHandler:
        module, _, name = self.home.partition(":")
        return cast(MediaHandler, getattr(import_module(module), name)())

    def probe(self, path: str, limits: Limits) -> Probe:
        """Read what the file says of itself."""
        try:
            return self._loaded.probe(path, limits)
        except OtherKind as other:
            return _reader_for(other, self)._loaded.probe(path, limits)

    def extract(
        self,
        path: str,
        specs: Sequence[Spec],
        thumbnail: Path | None,
        thumbnail_side: int,
        limits: Limits,
        excerpt: Excerpt | Stretch | None = None,
    ) -> Extraction:
        """Decode once: pixels and samples for every spec, and the thumbnail."""
        wanted = (path, specs, thumbnail, thumbnail_side, limits, excerpt)
        try:
            return self._loaded.extract(*wanted)
        except OtherKind as other:
            return _reader_for(other, self)._loaded.extract(*wanted)

    def describe(self, path: str, limits: Limits) -> tuple[Passage, ...]:
        """Read what the file says of all of it in words."""
        try:
            return self._loaded.describe(path, limits)
        except OtherKind as other:
            return _reader_for(other, self)._loaded.describe(path, limits)

    def preview(self, path: str, side: int | None, target: Path, limits: Limits) -> tuple[int, int]:
        """Write a picture that Qt loads; gives its width and height."""
        try:
            return self._loaded.preview(path, side, target, limits)
        except OtherKind as other:
            return _reader_for(other, self)._loaded.preview(path, side, target, limits)


IMAGES = Registered(Kind.IMAGE, formats.PICTURES, "assetman.media.image:ImageHandler")

VIDEOS = Registered(Kind.VIDEO, formats.VIDEOS, "assetman.media.video:VideoHandler")

SOUNDS = Registered(Kind.AUDIO, formats.SOUNDS, "assetman.media.audio:AudioHandler")

DEFAULT_HANDLERS: tuple[MediaHandler, ...] = (IMAGES, VIDEOS, SOUNDS)

_BY_EXTENSION = {
    extension: handler for handler in DEFAULT_HANDLERS for extension in handler.extensions
}
ENDINGS = frozenset(_BY_EXTENSION)  # with their dots, in small letters


def _reader_for(other: OtherKind, asked: Registered) -> Registered:
    """Find who reads a file that is of another kind than its ending says; once, and no further."""
    reader = VIDEOS if other.kind is Kind.VIDEO else SOUNDS
    if reader is asked:
        raise other
    return reader


def handler_for(path: str) -> MediaHandler | None:
    """Find who reads a file, by its ending alone; nothing is opened."""
    return _BY_EXTENSION.get(os.path.splitext(path)[1].lower())


def reader_of(path: str) -> MediaHandler:
    """Find who reads a file that a person chose: by its content, if its ending tells nothing."""
    handler = handler_for(path)
    if handler is not None:
        return handler
    try:
        with opened(path) as file:
            start = file.read(512)
    except BadInput:
        return IMAGES  # who says why it cannot be read
    if formats.looks_like_sound(start):
        return SOUNDS
    return VIDEOS if formats.looks_like_video(start) else IMAGES


def described(path: str, limits: Limits) -> tuple[Passage, ...]:
    """Read what a file says in words: of itself, or, as a sidecar does, of the one beside it."""
    if formats.is_sidecar(os.path.basename(path)):
        from assetman.media.sidecars import read_sidecar

        return read_sidecar(path)
    return reader_of(path).describe(path, limits)


def kind_of(path: str) -> Kind | None:
    """Tell what a file is to a person, by its ending alone; None: nothing we read."""
    handler = handler_for(path)
    return handler.kind if handler else None


def is_media(name: str) -> bool:
    """Tell whether a handler reads files of a name; every file of a disk is asked about."""
    dot = name.rfind(".")
    if dot <= 0:
        return False
    ending = name[dot:]
    return ending in _BY_EXTENSION or ending.lower() in _BY_EXTENSION


SHARED_ENDINGS = (".ts", ".mts", ".TS", ".MTS")  # by MPEG streams and programs in TypeScript


def is_program_text(path: str) -> bool:
    """Tell a program's text from the video whose ending it shares, by its first bytes."""
    try:
        with opened(path) as file:
            start = file.read(1024)
    except BadInput:
        return False
    text = start.removeprefix(b"\xef\xbb\xbf")
    return bool(text) and all(byte >= 32 or byte in b"\t\n\r\f" for byte in text)
