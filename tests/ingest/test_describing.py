"""What pictures say of themselves in words: read with them, and of old libraries afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageColor

from assetman.core.changes import Changes
from assetman.core.conditions import Key, Test
from assetman.core.errors import Cancelled
from assetman.core.progress import CancelToken
from assetman.ingest.describing import DescribingPass
from assetman.ingest.speech import Turn
from kit.bench import Bench, InlineDecoder


def written(path: Path, title: str, color: str) -> Path:
    exif = Image.Exif()
    exif[0x9C9B] = title.encode("utf-16-le")
    Image.new("RGB", (64, 48), ImageColor.getrgb(color)).save(path, exif=exif)
    return path


def titled(bench: Bench, words: str) -> set[str]:
    ids = bench.library.assets.ids(Test(Key.WRITTEN, words))
    return {asset.name for asset in bench.library.assets.get(ids)}


def describe(bench: Bench, token: CancelToken | None = None) -> list[Changes]:
    told: list[Changes] = []
    turn = Turn(token or CancelToken(), CancelToken.check, lambda: False, tuple)
    DescribingPass(bench.library, InlineDecoder(), told.append).run(turn)
    return told


def as_before_anybody_asked(bench: Bench) -> None:
    database = bench.library._database
    with database.writing():
        database.execute("DELETE FROM passages")
        database.execute("UPDATE contents SET described = 0, passages = 0")


@pytest.fixture
def old(bench: Bench, photos: Path) -> Bench:
    written(photos / "a.jpg", "Red kite", "red")
    written(photos / "b.jpg", "Blue boat", "blue")
    bench.add(photos)
    bench.index()
    assert titled(bench, "red kite") == {"a.jpg"}
    assert describe(bench) == []
    as_before_anybody_asked(bench)
    return bench


def test_an_old_library_is_described_without_reading_any_picture_again(old: Bench) -> None:
    segments = old.library._database.rows("SELECT * FROM segments")
    assert titled(old, "red kite") == set()
    assert any(describe(old))
    assert titled(old, "red kite") == {"a.jpg"}
    assert titled(old, "blue boat") == {"b.jpg"}
    assert old.library._database.rows("SELECT * FROM segments") == segments
    assert describe(old) == [], "once is enough"


def test_a_file_that_is_away_is_described_when_it_is_back(old: Bench, photos: Path) -> None:
    away = (photos / "a.jpg").rename(photos.parent / "a.jpg")
    describe(old)
    assert titled(old, "blue boat") == {"b.jpg"}
    away.rename(photos / "a.jpg")
    describe(old)
    assert titled(old, "red kite") == {"a.jpg"}


def test_a_stop_ends_it(old: Bench) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        describe(old, token)
    describe(old)
    assert titled(old, "red kite") == {"a.jpg"}
