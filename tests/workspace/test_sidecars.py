"""Sidecars in a library that is watched, read in decode processes as all files are."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from assetman.core.queries import Query, Sense
from assetman.engine.service import EngineService

PATIENCE = 60.0
PACKET = """<x:xmpmeta xmlns:x="adobe:ns:meta/"
  xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:RDF><r:Description
  xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><r:Alt><r:li>{}</r:li></r:Alt></dc:title>
  </r:Description></r:RDF></x:xmpmeta>"""


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_title_in_a_sidecar_finds_its_picture_and_says_why(
    service: EngineService, photos: Path
) -> None:
    (photos / "red.xmp").write_text(PACKET.format("Harvest moon"))
    (photos / "blue.xmp").write_bytes(b"<x:xmpmeta")
    service.watch()
    service.add_root(str(photos))
    until(lambda: service.search(Query('"harvest moon"')).ids)
    first = service.search(Query("harvest moon")).hits[0]
    assert first.asset_id == service.asset_at(str(photos / "red.png"))
    written = next(each for each in first.evidence if each.kind is Sense.WRITTEN)
    assert written.text == "Harvest moon"
    (failure,) = service.failures()
    assert (Path(failure.path).name, failure.stage) == ("blue.xmp", "sidecar")
    service.retry([failure.id])
    until(lambda: any(each.id != failure.id for each in service.failures()))
    (photos / "blue.xmp").write_text(PACKET.format("Winter sea"))
    until(lambda: service.search(Query('"winter sea"')).ids)
    until(lambda: not service.failures())
    (photos / "red.xmp").rename(photos / "green.xmp")
    green = service.asset_at(str(photos / "green.png"))
    until(lambda: service.search(Query('"harvest moon"')).ids == (green,))
