"""What is written in a film's file about all of it."""

from __future__ import annotations

from collections.abc import Iterator

from assetman.core.assets import Passage, PassageKind
from assetman.media.captions import passages_of
from assetman.media.video_film import OpenFilm

_KEYS = {
    PassageKind.TITLE: ("title", "displayname", "show", "episode_id"),
    PassageKind.CAPTION: ("description", "synopsis", "comment", "information"),
    PassageKind.KEYWORD: ("keywords", "genre"),
    PassageKind.PLACE: ("location.name", "location-name"),
    PassageKind.DESCRIPTION: ("artist", "author", "director", "album", "composer", "publisher"),
}
_APPLE = "com.apple.quicktime."


def film_words(film: OpenFilm) -> tuple[Passage, ...]:
    """Give title, notes, keywords and names that the file itself says of the film."""
    return passages_of(_texts(film), film.duration or 0.0)


def _texts(film: OpenFilm) -> Iterator[tuple[PassageKind, str]]:
    tags: dict[str, str] = {}
    for source in (film.container.metadata, film.stream.metadata):
        for key, value in source.items():
            tags.setdefault(key.lower().removeprefix(_APPLE), value)
    for kind, keys in _KEYS.items():
        for key in keys:
            text = tags.get(key, "")
            texts = text.replace(",", ";").split(";") if kind is PassageKind.KEYWORD else [text]
            yield from ((kind, each) for each in texts)
