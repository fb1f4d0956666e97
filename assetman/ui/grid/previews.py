"""Large pictures: the one looked at first, its neighbours while there is time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from assetman.core.errors import AssetmanError
from assetman.engine.protocol import EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.pictures import read_image
from assetman.ui.jobs import report

CAPACITY = 512 << 20  # bytes of decoded previews
LADDER = (1024, 1536, 2048, 3072, 4096, 6144)  # sides asked for, so that the engine can keep them
FULL_PIXELS = 120_000_000  # a larger picture is looked at reduced


def rung(pixels: float) -> int:
    """Give the side to ask for so that `pixels` of the screen are filled."""
    return next((side for side in LADDER if side >= pixels), LADDER[-1])


def full_side(width: int | None, height: int | None) -> int | None:
    """Give the side of the largest preview worth holding, None for the picture's own."""
    if width is None or height is None or width * height <= FULL_PIXELS:
        return None
    return int(max(width, height) * (FULL_PIXELS / (width * height)) ** 0.5)


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture to be loaded; `side` None for its own size."""

    asset_id: int
    side: int | None

    def __lt__(self, other: Wish) -> bool:
        return other.side is None or (self.side is not None and self.side < other.side)


class PreviewLoader(QObject):
    """Loads previews one after another, the newest wish first."""

    arrived = Signal(int)  # asset id
    failed = Signal(int, str)  # asset id, one sentence

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._kept: OrderedDict[Wish, QImage] = OrderedDict()
        self._whole: set[int] = set()  # of which no larger preview exists
        self._wishes: list[Wish] = []
        self._broken: set[Wish] = set()
        self._loading: Wish | None = None

    def images(self, asset_id: int) -> list[QImage]:
        """Give what there is of a picture, smallest first."""
        wishes = sorted(wish for wish in self._kept if wish.asset_id == asset_id)
        return [self._kept[wish] for wish in wishes]

    def want(self, wishes: Sequence[Wish]) -> None:
        """Say what is looked at, then what may be looked at next."""
        self._wishes = list(wishes)
        self._broken.clear()
        self._load()

    def forget(self, asset_ids: Collection[int]) -> None:
        """Drop pictures of which the files have changed."""
        for wish in [wish for wish in self._kept if wish.asset_id in asset_ids]:
            del self._kept[wish]
        self._whole.difference_update(asset_ids)

    def _load(self) -> None:
        if self._loading is not None:
            return
        wish = next(filter(self._lacks, self._wishes), None)
        if wish is None:
            return
        self._loading = wish
        job = self._bridge.call(self, lambda api: _fetch(api, wish))
        job.on_done(lambda image: self._take(wish, image))
        job.on_error(lambda error: self._fail(wish, error)).start()

    def _lacks(self, wish: Wish) -> bool:
        if wish in self._kept or wish in self._broken or wish.asset_id in self._whole:
            return False
        larger = (kept for kept in self._kept if kept.asset_id == wish.asset_id and wish < kept)
        return next(larger, None) is None

    def _take(self, wish: Wish, image: QImage) -> None:
        self._loading = None
        self._kept[wish] = image
        if wish.side is None or max(image.width(), image.height()) < wish.side:
            self._whole.add(wish.asset_id)
        looked_at = {wished.asset_id for wished in self._wishes[:1]}
        size = sum(kept.sizeInBytes() for kept in self._kept.values())
        for old in list(self._kept):
            if size <= CAPACITY:
                break
            if old.asset_id not in looked_at:
                size -= self._kept.pop(old).sizeInBytes()
                self._whole.discard(old.asset_id)
        self.arrived.emit(wish.asset_id)
        self._load()

    def _fail(self, wish: Wish, error: BaseException) -> None:
        self._loading = None
        self._broken.add(wish)
        if isinstance(error, AssetmanError):
            self.failed.emit(wish.asset_id, str(error))
        else:
            self.failed.emit(wish.asset_id, "This picture cannot be shown.")
            report(self, error)
        self._load()


def _fetch(api: EngineApi, wish: Wish) -> QImage:
    return read_image(api.preview(wish.asset_id, wish.side).path)
