"""The verbs about questions and the assets that answer them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from assetman.core.assets import Asset, SegmentKind
from assetman.core.errors import WrongUse
from assetman.core.moments import Moment
from assetman.core.queries import Query, Results
from assetman.engine.protocol import Card, Details, Preview
from assetman.engine.verbs import Verbs
from assetman.library.segments import Segment

PREVIEW_SIDES = (1024, 2048, 4096)  # pixels; asked sizes are rounded up to one, to be shared
_DAY = 86400.0  # seconds


class QuestionVerbs(Verbs):
    """Satisfies `SearchApi`."""

    def search(self, query: Query) -> Results:
        return self._workspace.search.search(query)

    def cards(self, asset_ids: Sequence[int]) -> list[Card]:
        assets = self._library.assets.get(asset_ids)
        failures = self._library.failures.of_assets([asset.id for asset in assets])
        return [self._card(asset, failures.get(asset.id)) for asset in assets]

    def details(self, asset_id: int) -> Details:
        asset = self._asset(asset_id)
        card = self.cards([asset_id])[0]
        root = self._library.roots.get(asset.root_id)
        folder = os.path.dirname(asset.path)
        relative = os.path.relpath(folder, root.path)
        content = self._library.contents.of_asset(asset_id)
        since = asset.missing_since
        kept_until = (
            None if since is None else since + self._workspace.settings.keep_missing_days * _DAY
        )
        copies = self._library.assets.get(self._library.assets.of_content(content.id))
        return Details(
            card=card,
            folder=folder,
            root_name=root.name,
            relative_folder="" if relative == "." else relative.replace(os.sep, "/"),
            facts=content.probe.facts if content.probe else {},
            copies=tuple(copy.path for copy in copies if copy.id != asset_id),
            kept_until=kept_until,
        )

    def preview(self, asset_id: int, side: int | None) -> Preview:
        asset = self._asset(asset_id)
        if side is not None:
            side = next((size for size in PREVIEW_SIDES if size >= side), None)
        thumbnails = self._workspace.thumbnails
        target = thumbnails.preview_path(asset.fingerprint, side)
        size = thumbnails.preview_size(target)
        if size is None:
            size = self._workspace.errands.preview(asset.path, side, target).result()
        return Preview(str(target), *size)

    def moments(self, asset_id: int, query: Query | None = None) -> list[Moment]:
        self._asset(asset_id)
        segments = self._library.segments.of_asset(asset_id)
        return [_moment(each) for each in segments if each.kind is SegmentKind.SHOT]

    def frames(self, segment_ids: Sequence[int]) -> list[Moment]:
        found = self._library.segments.get(segment_ids)
        return [_moment(found[each]) for each in segment_ids if each in found]

    def asset_at(self, path: str) -> int | None:
        real = os.path.realpath(path)
        for root in self._library.roots.all():
            if real.startswith(root.path.rstrip(os.sep) + os.sep):
                relative = os.path.relpath(real, root.path).replace(os.sep, "/")
                return self._library.assets.at(root.id, relative)
        return None

    def _asset(self, asset_id: int) -> Asset:
        assets = self._library.assets.get([asset_id])
        if not assets:
            raise WrongUse("The file is no longer in the library.")
        return assets[0]

    def _card(self, asset: Asset, failure: str | None) -> Card:
        thumbnails = self._workspace.thumbnails
        path = thumbnails.path_of(asset.fingerprint)
        return Card(asset, str(path) if thumbnails.whole(asset.fingerprint) else None, failure)


def _moment(segment: Segment) -> Moment:
    start = segment.start or 0.0
    return Moment(segment.id, start, start if segment.end is None else segment.end, start)
