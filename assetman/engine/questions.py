"""The verbs about questions and the assets that answer them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from assetman.core.assets import Asset, Passage
from assetman.core.errors import WrongUse
from assetman.core.moments import Moment, Picture
from assetman.core.queries import Query, Results
from assetman.core.searches import Completions
from assetman.core.sheets import cell_place, cell_size
from assetman.core.sounds import Waveform
from assetman.engine.protocol import Card, Details, Preview
from assetman.engine.verbs import Verbs
from assetman.library.frames import Frame
from assetman.search.wording import as_text

PREVIEW_SIDES = (1024, 2048, 4096)  # pixels; asked sizes are rounded up to one, to be shared
_DAY = 86400.0  # seconds


class QuestionVerbs(Verbs):
    """Satisfies `SearchApi`."""

    def search(self, query: Query) -> Results:
        return self._workspace.search.search(query)

    def complete(self, text: str, cursor: int) -> Completions:
        return self._workspace.completing.complete(text, cursor)

    def as_text(self, query: Query) -> str:
        return as_text(query, self._library)

    def cards(self, asset_ids: Sequence[int]) -> list[Card]:
        assets = self._library.assets.get(asset_ids)
        failures = self._library.failures.of_assets([asset.id for asset in assets])
        outlines = self._library.contents.outlines_of([asset.id for asset in assets])
        return [
            replace(
                self._card(asset, failures.get(asset.id)),
                waveform=self._waveform(asset, *outlines.get(asset.id, (0, 0.0))),
            )
            for asset in assets
        ]

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
        frames = self._library.frames.of_asset(asset_id)
        scores = None
        if query is not None:
            ids = [frame.segment_id for frame in frames]
            scores = self._workspace.search.scores(query, asset_id, ids)
        return self._moments(frames, scores or {})

    def frames(self, segment_ids: Sequence[int]) -> list[Moment]:
        return self._moments(self._library.frames.get(segment_ids), {})

    def passages(self, asset_id: int) -> list[Passage]:
        self._asset(asset_id)
        return self._library.passages.of_content(self._library.contents.of_asset(asset_id).id)

    def asset_at(self, path: str) -> int | None:
        return self._library.assets.at_path(os.path.realpath(path))

    def _asset(self, asset_id: int) -> Asset:
        assets = self._library.assets.get([asset_id])
        if not assets:
            raise WrongUse("The file is no longer in the library.")
        return assets[0]

    def _card(self, asset: Asset, failure: str | None) -> Card:
        thumbnails = self._workspace.thumbnails
        path = thumbnails.path_of(asset.fingerprint)
        return Card(asset, str(path) if thumbnails.whole(asset.fingerprint) else None, failure)

    def _waveform(self, asset: Asset, parts: int, rate: float) -> Waveform | None:
        thumbnails, key = self._workspace.thumbnails, asset.fingerprint
        if not parts or not all(thumbnails.whole_outline(key, part) for part in range(parts)):
            return None
        return Waveform(tuple(str(thumbnails.outline_path(key, n)) for n in range(parts)), rate)

    def _moments(self, frames: Sequence[Frame], scores: Mapping[int, float]) -> list[Moment]:
        sheet, sizes = cache(self._sheet), cache(cell_size)  # a film has many frames on each
        moments = []
        for frame in frames:
            picture, score = None, scores.get(frame.segment_id)
            path = None if frame.sheet is None else sheet(frame.key, frame.sheet)
            if path is not None and frame.cell is not None:
                size = sizes(frame.width, frame.height)
                picture = Picture(path, *cell_place(frame.cell, size), *size)
            times = (frame.start, frame.end, frame.at)
            moments.append(Moment(frame.segment_id, *times, picture, score, frame.kind))
        return moments

    def _sheet(self, key: str, number: int) -> str | None:
        thumbnails = self._workspace.thumbnails
        whole = thumbnails.whole_sheet(key, number)
        return str(thumbnails.sheet_path(key, number)) if whole else None
