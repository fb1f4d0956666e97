"""Videos of the small engine in memory: shots made of colours, their frames on real sheets.

What tests steer: `add_film`, `add_films`, `lose_frames`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter

from assetman.core.assets import Asset, AssetState, Kind, Root, SegmentKind
from assetman.core.moments import Moment, Picture
from assetman.core.queries import Hit, Query
from assetman.core.sheets import SHEET_CELLS, cell_place, cell_size, sheet_size

if TYPE_CHECKING:
    from tests.ui.fake_engine import _Row

Colour = tuple[float, float, float]
SIZE = (640, 360)
SHADES = ("#c0392b", "#3f9b4b", "#2f6fc4", "#e08a4f", "#8a9096", "#b8a13a", "#7a4fb0", "#3aa6a0")


@dataclass(frozen=True)
class FakeShot:
    """Some seconds of one colour, told by one frame or several."""

    colour: str
    seconds: float
    frames: int = 1


@dataclass
class _Frame:
    moment: Moment
    colour: Colour


class FakeFilms:
    """The part of the engine that knows videos."""

    folder: Path
    rows: dict[int, _Row]
    root_rows: dict[int, Root]
    _begin: Callable[..., None]
    _id: Callable[[], int]
    _wanted: Callable[[Query], list[tuple[Colour, float]]]
    _score: Callable[[list[tuple[Colour, float]], Colour], float]

    def begin_films(self) -> None:
        """Start without videos."""
        self.film_frames: dict[int, list[_Frame]] = {}  # by asset

    # -- what tests steer ---------------------------------------------------------------

    def add_film(self, path: str, shots: Sequence[FakeShot], size: tuple[int, int] = SIZE) -> int:
        """Add a video of coloured shots under an absolute path; its frames are drawn."""
        key = f"film{self._id()}"
        from tests.ui.fake_engine import mean_colour, paint

        frames: list[tuple[float, float, float, Colour]] = []
        shades: list[QColor] = []
        start = 0.0
        for shot in shots:
            for number in range(shot.frames):
                at = start + shot.seconds * (number + 0.5) / shot.frames
                shade = QColor(shot.colour).lighter(100 + 6 * number)
                shades.append(shade)
                colour = mean_colour(paint(shade, 64, 64))
                frames.append((start, start + shot.seconds, at, colour))
            start += shot.seconds
        pictures = self._draw_sheets(key, shades, size)
        return self._add_video(path, key, size, start, frames, pictures)

    def add_films(self, count: int, root: str = "/media/footage") -> list[int]:
        """Add videos that nobody ever filmed: a few sheets serve them all."""
        cuts = [
            [FakeShot(SHADES[(film + shot) % 8], 3.0 + shot % 4, 2) for shot in range(12)]
            for film in range(8)
        ]
        models = [self.add_film(f"{root}/model {n}.mp4", cut) for n, cut in enumerate(cuts)]
        made = []
        for number in range(count):
            model = models[number % 8]
            row = self.rows[model]
            path = f"{root}/{2019 + number % 8}/CLIP_{number:05}.mp4"
            frames = [
                (m.start, m.end, m.at, frame.colour)
                for frame in self.film_frames[model]
                if (m := frame.moment)
            ]
            pictures = [frame.moment.picture for frame in self.film_frames[model]]
            size = (row.asset.width or 1, row.asset.height or 1)
            length = row.asset.duration or 0.0
            fresh = self._add_video(path, f"clip{number}", size, length, frames, pictures)
            self.rows[fresh].thumbnail = row.thumbnail
            made.append(fresh)
        for model in models:
            del self.rows[model], self.film_frames[model]
        return made

    def lose_frames(self, asset_id: int) -> None:
        """Have the pictures of a video's frames still to be made."""
        for frame in self.film_frames[asset_id]:
            moment = frame.moment
            frame.moment = Moment(moment.segment_id, moment.start, moment.end, moment.at)

    # -- the verbs ----------------------------------------------------------------------

    def moments(self, asset_id: int, query: Query | None = None) -> list[Moment]:
        self._begin("moments", (asset_id, query))
        frames = self.film_frames.get(asset_id, [])
        if query is None:
            return [frame.moment for frame in frames]
        wanted = self._wanted(query)
        return [_scored(frame.moment, self._score(wanted, frame.colour)) for frame in frames]

    def frames(self, segment_ids: Sequence[int]) -> list[Moment]:
        self._begin("frames", tuple(segment_ids))
        known = {
            frame.moment.segment_id: frame.moment
            for frames in list(self.film_frames.values())
            for frame in frames
        }
        return [known[i] for i in segment_ids if i in known]

    # -- inside -------------------------------------------------------------------------

    def _film_hit(self, asset_id: int, wanted: list[tuple[Colour, float]]) -> Hit | None:
        """Give the best moment of a video, None if it has none."""
        frames = self.film_frames.get(asset_id)
        if not frames:
            return None
        best = max(frames, key=lambda frame: self._score(wanted, frame.colour))
        score, moment = self._score(wanted, best.colour), best.moment
        return Hit(
            asset_id,
            round(score, 4),
            moment.segment_id,
            moment.start,
            moment.end,
            reasons={"sound: words" if moment.kind is SegmentKind.WINDOW else "picture": score},
        )

    def _colours_between(self, asset_id: int, start: float, end: float | None) -> list[Colour]:
        """Give the colours of a video at a time, or between two."""
        last = start + 1e-6 if end is None else end
        return [
            frame.colour
            for frame in self.film_frames.get(asset_id, [])
            if frame.moment.start < last and frame.moment.end > start
        ]

    def _draw_sheets(
        self, key: str, colours: list[QColor], size: tuple[int, int]
    ) -> list[Picture | None]:
        from tests.ui.fake_engine import paint

        cell = cell_size(*size)
        pictures: list[Picture | None] = []
        for number in range(-(-len(colours) // SHEET_CELLS)):
            part = colours[number * SHEET_CELLS : (number + 1) * SHEET_CELLS]
            sheet = QImage(*sheet_size(len(part), cell), QImage.Format.Format_RGB32)
            sheet.fill(QColor("black"))
            path = str(self.folder / "thumbnails" / f"{key}.{number}.webp")
            with QPainter(sheet) as painter:
                for place, colour in enumerate(part):
                    left, top = cell_place(place, cell)
                    painter.drawImage(QPoint(left, top), _frame(paint(colour, *cell), place))
                    pictures.append(Picture(path, left, top, *cell))
            assert sheet.save(path)
        longer = max(size)  # a poster is as large as any other thumbnail
        sides = [max(1, side * 512 // longer) for side in size]
        poster = paint(colours[0] if colours else QColor("black"), *sides)
        assert poster.save(str(self.folder / "thumbnails" / f"{key}.webp"))
        return pictures

    def _add_video(
        self,
        path: str,
        key: str,
        size: tuple[int, int],
        length: float,
        frames: Sequence[tuple[float, float, float, Colour]],
        pictures: Sequence[Picture | None],
    ) -> int:
        from tests.ui.fake_engine import _Row

        folder = os.path.dirname(path)
        roots = [root for root in self.root_rows.values() if path.startswith(root.path + "/")]
        if not roots:
            roots = [Root(self._id(), folder, True)]
            self.root_rows[roots[0].id] = roots[0]
        root = roots[0]
        asset = Asset(
            self._id(),
            root.id,
            path,
            Kind.VIDEO,
            AssetState.PRESENT,
            4_000_000 + self._id() * 997 % 900_000_000,
            1.6e9 + self._id() * 3600.0,
            None,
            *size,
            key,
            duration=length or None,
        )
        self.film_frames[asset.id] = [
            _Frame(Moment(self._id(), start, end, at, picture), colour)
            for (start, end, at, colour), picture in zip(frames, pictures, strict=True)
        ]
        first = self.film_frames[asset.id][0].colour if frames else (0.0, 0.0, 0.0)
        relative = os.path.relpath(path, root.path).replace(os.sep, "/")
        poster = str(self.folder / "thumbnails" / f"{key}.webp")
        self.rows[asset.id] = _Row(asset, relative, first, poster, indexed=True)
        return asset.id


def _frame(image: QImage, number: int) -> QImage:
    """Let the frames of a video differ also where their colour is the same: a sun that moves."""
    side = max(4, image.height() // 6)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(255, 255, 255, 150))
        left = round((image.width() - side) * (number % SHEET_CELLS) / (SHEET_CELLS - 1))
        painter.drawEllipse(QRect(left, image.height() // 8, side, side))
    return image


def _scored(moment: Moment, score: float) -> Moment:
    return replace(moment, score=round(score, 4))
