"""What is kept of files that are gone, and for how long; what is derived and got lost."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from assetman.core.changes import Changes
from assetman.library.library import Library
from assetman.media.thumbnails import ThumbnailCache

_DAY = 86400.0  # seconds
_AT_ONCE = 500  # assets in one transaction
_FEW = 2000  # thumbnails that are all looked for each time
_SAMPLE = 200  # of more than that
_EXPIRY, _LOOKED = "expiry", "thumbnails looked for"  # facts the library remembers


def forget_expired(
    library: Library, thumbnails: ThumbnailCache, days: float, now: float
) -> Changes:
    """Drop for good what has been missing for some days, and roots removed as long ago.

    Thumbnails of contents that nobody has any more go with them. The time in which a root is
    away does not count for what is missing in it: nobody could have put it back. `now` is in
    seconds since the epoch.
    """
    _hold_what_is_elsewhere(library, now)
    moment = now - days * _DAY
    changes = library.roots.purge(moment)
    online = {root.id for root in library.roots.all() if root.online}
    expired = [
        row.asset_id
        for row in library.whereabouts.of_assets(library.assets.missing_since(moment))
        if row.root_id in online
    ]
    for first in range(0, len(expired), _AT_ONCE):
        changes |= library.assets.forget(expired[first : first + _AT_ONCE])
    if changes:
        thumbnails.sweep(library.contents.keys())
    return changes


def _hold_what_is_elsewhere(library: Library, now: float) -> None:
    """Let no time pass for what is missing in roots that are away, or were when last looked at."""
    away = [root.id for root in library.roots.all() if not root.online]
    last = json.loads(library.recall(_EXPIRY) or "null") or {"at": now, "away": []}
    passed = now - last["at"]
    if passed > 0:
        library.whereabouts.hold(sorted({*away, *last["away"]}), passed, now)
    library.remember(_EXPIRY, json.dumps({"at": now, "away": away}))


def renew_thumbnails(library: Library, thumbnails: ThumbnailCache, now: float) -> None:
    """Have thumbnails made again that somebody deleted, sheets of frames and outlines of sounds.

    Looking for all of a large library's takes longer than walking its roots: that is done once
    a day, and when one of a few taken at random is lost. `now` is in seconds since the epoch.
    """
    last = library.contents.last()
    looked = float(library.recall(_LOOKED) or 0)
    if last > _FEW and 0 <= now - looked < _DAY:
        some = random.sample(range(1, last + 1), _SAMPLE)
        if not _lost(library, thumbnails, some):
            return
    lost = _lost(library, thumbnails)
    if lost:
        library.contents.renew(lost)
    if last > _FEW:
        library.remember(_LOOKED, str(now))


def _lost(
    library: Library, thumbnails: ThumbnailCache, content_ids: Sequence[int] | None = None
) -> list[int]:
    """Give those of the contents (default: all) of which something is gone or damaged."""
    sheets = library.segments.sheets(content_ids)
    outlined = library.contents.outlined(content_ids)
    lost = []
    for content_id, key, pictured in library.contents.extracted(content_ids):
        outlines, _ = outlined.get(content_id, (0, 0.0))
        whole = not pictured or thumbnails.whole(key, sheets.get(content_id, 0))
        if not whole or not all(thumbnails.whole_outline(key, n) for n in range(outlines)):
            lost.append(content_id)
    return lost
