"""Damage that the engine meets at work: it says so, ends, is started again and has it mended."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assetman.core.errors import AssetmanError
from assetman.core.queries import Query
from assetman.engine.client import EngineClient, connect
from kit.ordeal import end, finish, kill_engines_of, paint_many, paths_of_python, wait_for

PAGE = 8192

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PYTHONPATH", paths_of_python(tmp_path / "site"))
    yield tmp_path / "library"
    kill_engines_of(tmp_path / "library")


def overwrite_trees(catalogue: Path, tables: tuple[str, ...]) -> None:
    """Write over the page at which each of the trees begins."""
    with closing(sqlite3.connect(catalogue)) as connection:
        pages = [
            connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
            ).fetchone()[0]
            for table in tables
        ]
    with catalogue.open("rb+") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(b"\x55" * PAGE)


def told(client: EngineClient) -> tuple[str, ...]:
    """Look at what is damaged, and give what the person is told when it was mended."""
    try:
        client.failures()
        client.tags()
        return client.status().notices
    except AssetmanError:  # it has just met the damage, or is being started again
        return ()


@pytest.mark.logs("engine")
def test_an_engine_that_meets_damage_comes_back_with_a_mended_library(
    library: Path, tmp_path: Path
) -> None:
    pictures = paint_many(tmp_path / "pictures", 30)
    client = connect(library)
    client.use_model("colours")
    client.add_root(str(pictures))
    finish(client)
    ids = client.search(Query("red", limit=None, fold=False)).ids
    client.tag(ids[:5], ["kept"])
    end(client, library)
    # What is met at the opening is mended there; this is met by whoever looks at the tags.
    overwrite_trees(library / "library.sqlite", ("asset_tags_by_tag", "failures"))
    client = connect(library, again=True)
    wait_for(lambda: told(client))
    (notice,) = client.status().notices
    assert "damaged on disk and has been mended" in notice
    assert [(tag.name, tag.assets) for tag in client.tags()] == [("kept", 5)]
    finish(client)
    assert client.check() == []
    assert len(client.failures()) == 1
    client.dismiss_notices()
    assert client.status().notices == ()
    end(client, library)
