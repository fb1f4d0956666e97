"""What a person added to files is found, survives, and can be taken back, by commands alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kit.terminal import Run, Said

pytestmark = pytest.mark.timeout(180)


def names(said: Said) -> list[str]:
    assert said.status == 0, said.err
    return sorted(os.path.basename(hit["path"]) for hit in said.json["hits"])


def test_tags_and_ratings_are_found_and_stay_with_files_that_are_renamed_and_gone_for_a_while(
    assetman: Run, photos: Path, tmp_path: Path
) -> None:
    assert assetman("models", "use", "colours").status == 0
    assert assetman("add", str(photos)).status == 0
    assert assetman("tag", "lake", str(photos / "red.png"), str(photos / "blue.png")).status == 0
    assert assetman("rate", "4", str(photos / "red.png")).status == 0
    (photos / "red.png").rename(photos / "scarlet.png")
    (photos / "blue.png").rename(tmp_path / "blue.png")
    moved = assetman("index", "--json").json
    assert (moved["moved"], moved["missing"], moved["embedded"]) == (1, 1, 0)
    assert names(assetman("search", "tag:lake", "rating:>=3", "--json")) == ["scarlet.png"]
    (missing,) = assetman("missing", "--json").json
    assert missing["tags"] == ["lake"]
    (tmp_path / "blue.png").rename(photos / "blue.png")
    assert assetman("index", "--json").json["embedded"] == 0
    assert names(assetman("search", "tag:lake", "--json")) == ["blue.png", "scarlet.png"]
    assert "Undone" in assetman("undo").out  # the rating, two processes later
    assert names(assetman("search", "rating:>=1", "--json")) == []
    assert names(assetman("search", "-tag:lake", "--json")) == ["green.png"]
