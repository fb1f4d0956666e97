"""The order that a person asked for, of what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assetman.core.assets import Asset, SoundFacts
from assetman.core.queries import Hit, Query, Sort

_UNKNOWN = SoundFacts()
_Value = float | str | None


def sorted_hits(
    hits: Sequence[Hit], query: Query, assets_of: Callable[[Sequence[int]], list[Asset]]
) -> tuple[Hit, ...]:
    """Sort hits, best first, as a query wants them.

    Those that lack what they are sorted by come last, whichever way it goes.
    """
    if query.sort is Sort.RELEVANCE:
        return tuple(hits if query.descending else reversed(hits))
    assets = {asset.id: asset for asset in assets_of([hit.asset_id for hit in hits])}
    key = _KEYS[query.sort]
    having: list[tuple[float | str, int, Hit]] = []
    lacking = []
    for hit in hits:
        if hit.asset_id in assets:
            value = key(assets[hit.asset_id])
            if value is None:
                lacking.append(hit)
            else:
                having.append((value, hit.asset_id, hit))
    having.sort(key=lambda row: row[:2], reverse=query.descending)
    return (*(hit for _, _, hit in having), *lacking)


def _date(asset: Asset) -> float:
    return asset.modified if asset.taken is None else asset.taken


def _sound(asset: Asset) -> SoundFacts:
    return asset.sound or _UNKNOWN


_KEYS: dict[Sort, Callable[[Asset], _Value]] = {
    Sort.DATE: _date,
    Sort.NAME: lambda asset: asset.display_name.casefold(),
    Sort.SIZE: lambda asset: asset.size,
    Sort.DURATION: lambda asset: asset.duration,
    Sort.LOUDNESS: lambda asset: _sound(asset).loudness,
    Sort.BPM: lambda asset: _sound(asset).bpm,
    Sort.KEY: lambda asset: _sound(asset).key,
    Sort.RATE: lambda asset: _sound(asset).rate,
    Sort.KIND: lambda asset: asset.kind.value,
    Sort.RATING: lambda asset: asset.rating or None,
}
