"""Sidecars: files are found by what Lightroom, darktable and their like write beside them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from assetman.core.assets import PassageKind
from assetman.core.conditions import Key, Test
from assetman.core.progress import CancelToken
from assetman.ingest.describing import DescribingPass
from assetman.ingest.glance import changed_between, glance
from assetman.ingest.ignore import IgnoreRules
from kit.bench import Bench, InlineDecoder
from kit.films import Scene, make_film
from kit.living import Living
from kit.pictures import paint
from kit.sounds import tone, write_wav

LIGHTROOM = """<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
    xmp:Rating="4" photoshop:City="Galway" crs:Exposure2012="+0.35">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">Rowing home</rdf:li></rdf:Alt>
   </dc:description>
   <dc:subject><rdf:Bag><rdf:li>harbour</rdf:li><rdf:li>dusk</rdf:li></rdf:Bag></dc:subject>
   <lr:hierarchicalSubject><rdf:Bag><rdf:li>journeys|ireland</rdf:li></rdf:Bag>
   </lr:hierarchicalSubject>
  </rdf:Description></rdf:RDF></x:xmpmeta>
"""
DARKTABLE = """<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="5">
   <dc:subject><rdf:Seq><rdf:li>heron</rdf:li></rdf:Seq></dc:subject>
   <lr:hierarchicalSubject><rdf:Seq><rdf:li>birds|heron</rdf:li>
    <rdf:li>darktable|format|cr2</rdf:li></rdf:Seq></lr:hierarchicalSubject>
   <darktable:history><rdf:Seq><rdf:li darktable:operation="exposure"/></rdf:Seq>
   </darktable:history>
  </rdf:Description></rdf:RDF></x:xmpmeta>
"""
DIGIKAM = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
   xmlns:digiKam="http://www.digikam.org/ns/1.0/"
   xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/">
  <digiKam:TagsList><rdf:Seq><rdf:li>People/Ada Lovelace</rdf:li></rdf:Seq></digiKam:TagsList>
  <mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li
    rdf:parseType="Resource"><mwg-rs:Name>Ada Lovelace</mwg-rs:Name></rdf:li></rdf:Bag>
  </mwg-rs:RegionList></mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>
"""


def say(path: Path, title: str = "Red kite") -> Path:
    path.write_text(LIGHTROOM.format(title=title), "utf-8")
    return path


def found(bench: Bench, words: str) -> set[str]:
    (root,) = bench.library.roots.all()
    ids = bench.library.assets.ids(Test(Key.WRITTEN, words))
    return {os.path.relpath(each.path, root.path) for each in bench.library.assets.get(ids)}


def failures(bench: Bench) -> dict[str, str]:
    return {Path(each.path).name: each.message for each in bench.library.failures.all()}


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """A library whose runs end with the reading of what was not read."""
    reading = DescribingPass(bench.library, InlineDecoder(), bench.changes.append)
    bench.plan = replace(bench.plan, afterwards=lambda tally, turn: reading.run(turn))
    return bench


@pytest.fixture
def shot(bench: Bench, photos: Path) -> Path:
    """A picture that the library knows, without a sidecar."""
    path = paint(photos / "a.jpg", "red")
    bench.add(photos)
    bench.index()
    return path


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (LIGHTROOM.format(title="Curragh"), "Curragh; rowing home; harbour; ireland; galway"),
        (DARKTABLE, "heron; birds"),
        (DIGIKAM, "ada lovelace; people"),
        ("\ufeff" + LIGHTROOM.format(title="Fliður"), "fliður; dusk"),
    ],
)
def test_what_programs_write_beside_a_file_is_found(
    bench: Bench, photos: Path, packet: str, words: str
) -> None:
    paint(photos / "a.png", "red")
    (photos / "a.xmp").write_text(packet, "utf-8")
    bench.add(photos)
    bench.index()
    for each in words.split("; "):
        assert found(bench, each) == {"a.png"}, each
    assert found(bench, "format") == set(), "what a program writes for itself says nothing"
    assert set(bench.assets()) == {"a.png"}, "a sidecar is no asset"
    assert failures(bench) == {}


def test_it_is_found_as_soon_as_the_file_itself_is_stored(bench: Bench, photos: Path) -> None:
    reading = DescribingPass(bench.library, InlineDecoder(), bench.changes.append)
    bench.tools = replace(bench.tools, describe=reading.read)
    bench.plan = replace(bench.plan, afterwards=lambda tally, turn: None)
    paint(photos / "a.png", "red")
    say(photos / "a.xmp")
    paint(photos / "b.png", "blue")
    bench.add(photos)
    bench.index()
    assert found(bench, "red kite") == {"a.png"}


def test_a_sidecar_speaks_of_all_of_its_name_and_one_with_an_ending_of_that_one(
    bench: Bench, photos: Path
) -> None:
    for name in ("IMG_1.jpg", "IMG_1.PNG", "IMG_10.jpg", "other.jpg"):
        paint(photos / name, "red", len(name) + ord(name[0]) + ord(name[-1]))
    say(photos / "IMG_1.xmp", "Red kite")
    say(photos / "img_1.png.XMP", "Blue boat")
    bench.add(photos)
    bench.index()
    assert found(bench, "red kite") == {"IMG_1.jpg"}
    assert found(bench, "blue boat") == {"IMG_1.PNG"}, "the one that names it outranks the other"
    (photos / "img_1.png.XMP").unlink()
    bench.index()
    assert found(bench, "red kite") == {"IMG_1.jpg", "IMG_1.PNG"}


def test_where_a_sidecar_speaks_what_the_file_says_itself_is_not_asked(
    bench: Bench, photos: Path
) -> None:
    exif = Image.Exif()
    exif[0x9C9B], exif[0x9C9E] = ("Old".encode("utf-16-le"), "meadow".encode("utf-16-le"))
    exif[0x013B] = "Ansel"
    Image.new("RGB", (64, 48), "green").save(photos / "a.jpg", exif=exif)
    (photos / "a.xmp").write_text(DARKTABLE)  # keywords alone
    bench.add(photos)
    bench.index()
    assert found(bench, "meadow") == set()
    assert found(bench, "heron") == found(bench, "old") == found(bench, "ansel") == {"a.jpg"}
    (photos / "a.xmp").unlink()
    bench.index()
    assert found(bench, "meadow") == {"a.jpg"}
    assert found(bench, "heron") == set()


def test_a_sidecar_that_comes_changes_and_goes_is_followed_and_nothing_embedded_again(
    bench: Bench, shot: Path
) -> None:
    embedded = bench.encoder.embedded
    segments = bench.library._database.rows("SELECT * FROM segments")
    beside = say(shot.with_suffix(".xmp"))
    before = beside.read_bytes(), beside.stat().st_mtime_ns
    assert bench.index().unchanged == 1
    assert found(bench, "red kite") == {"a.jpg"}
    sequence = bench.library.journal.sequence()
    bench.index()
    assert bench.library.journal.sequence() == sequence, "what is the same is not read again"
    assert (beside.read_bytes(), beside.stat().st_mtime_ns) == before, "it is never written"
    say(beside, "Blue boat")
    bench.index()
    assert found(bench, "red kite") == set()
    assert found(bench, "blue boat") == {"a.jpg"}
    beside.unlink()
    bench.index()
    assert found(bench, "blue boat") == set()
    assert bench.encoder.embedded == embedded
    assert bench.library._database.rows("SELECT * FROM segments") == segments
    assert bench.library.check() == []


Deed = Callable[[Path], object]


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        (lambda f: (f / "a.jpg").rename(f / "b" / "a.jpg"), set()),
        (lambda f: (f / "a.xmp").rename(f / "b" / "a.xmp"), set()),
        (lambda f: (f / "a.jpg").rename(f / "c.jpg"), set()),
        (lambda f: (f / "a.xmp").rename(f / "c.xmp"), set()),
        (lambda f: [(f / n).rename(f / "b" / n) for n in ("a.jpg", "a.xmp")], {"b/a.jpg"}),
        (
            lambda f: [(f / f"a{end}").rename(f / f"c{end}") for end in (".jpg", ".xmp")],
            {"c.jpg"},
        ),
        (lambda f: f.rename(f.with_name("moved")).rename(f), {"a.jpg"}),
        (lambda f: paint(f / "a.jpg", "blue", 5), {"a.jpg"}),
        (lambda f: (f / "ignore.txt").touch(), {"a.jpg"}),
    ],
)
def test_what_is_written_goes_where_file_and_sidecar_go(
    bench: Bench, shot: Path, deed: Deed, expected: set[str]
) -> None:
    say(shot.with_suffix(".xmp"))
    (shot.parent / "b").mkdir()
    bench.index()
    asset = bench.assets()["a.jpg"].id
    deed(shot.parent)
    bench.index()
    assert found(bench, "red kite") == expected
    assert [each.id for each in bench.assets().values()] == [asset]
    bench.index()
    assert found(bench, "red kite") == expected


def test_a_copy_is_found_by_what_is_beside_the_other_as_long_as_that_is_there(
    bench: Bench, shot: Path
) -> None:
    copy = shot.parent / "copies" / "b.jpg"
    copy.parent.mkdir()
    copy.write_bytes(shot.read_bytes())
    say(shot.with_suffix(".xmp"), "Red kite")
    say(copy.with_suffix(".xmp"), "Blue boat")
    bench.index()
    both = {"a.jpg", "copies/b.jpg"}
    assert found(bench, "red kite") == found(bench, "blue boat") == both, "they are the same bytes"
    shot.unlink()
    bench.index()
    assert found(bench, "blue boat") == {"copies/b.jpg"}
    assert found(bench, "red kite") == set()


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\0" * 500, "empty"),
        (LIGHTROOM.encode()[:700], "damaged"),
        (b"<html>no such thing</html>", "no XMP"),
        (LAUGHS.encode() + LIGHTROOM.replace("{title}", "&b;").encode(), "damaged"),
        ((LAUGHS + LIGHTROOM).encode("utf-16"), "damaged"),
        (LIGHTROOM.format(title="é").encode("latin-1"), "not written in utf-8"),
        (b"\xff\xfe" + LIGHTROOM.encode("utf-16-be"), "damaged"),
        (LIGHTROOM.encode() + b" " * (10 << 20), "larger than 4 MB"),
        (b"<x:xmpmeta xmlns:x='a'>" + b"<x:a>" * 99_999 + b"</x:xmpmeta>", "damaged"),
    ],
)
def test_a_sidecar_that_makes_no_sense_costs_nothing_but_itself(
    bench: Bench, photos: Path, data: bytes, why: str
) -> None:
    exif = Image.Exif()
    exif[0x9C9B] = "Red kite".encode("utf-16-le")
    Image.new("RGB", (64, 48), "green").save(photos / "a.jpg", exif=exif)
    bad = photos / "a.xmp"
    bad.write_bytes(data)
    bench.add(photos)
    assert bench.index().embedded == 1
    assert found(bench, "red kite") == {"a.jpg"}, "what the file says itself is not lost"
    assert why in failures(bench)["a.xmp"]
    assert bench.library.failures.of_assets([bench.assets()["a.jpg"].id]) == {}
    bench.library.failures.clear()  # as when the person wants it tried again
    bench.index()
    assert why in failures(bench)["a.xmp"]
    say(bad, "Blue boat")
    bench.index()
    assert failures(bench) == {}
    assert found(bench, "blue boat") == {"a.jpg"}
    bad.write_bytes(data)
    bench.index()
    bad.unlink()
    bench.index()
    assert failures(bench) == {}


def test_a_sidecar_says_in_which_letters_it_is_written(bench: Bench, photos: Path) -> None:
    for number, coding in enumerate(("utf-16", "utf-32", "iso-8859-1")):
        paint(photos / f"{number}.png", "red", number)
        text = f'<?xml version="1.0" encoding="{coding}"?>' + LIGHTROOM.format(title="Ærø")
        (photos / f"{number}.xmp").write_bytes(text.encode(coding))
    bench.add(photos)
    bench.index()
    assert found(bench, "ærø") == {"0.png", "1.png", "2.png"}


def test_a_link_counts_as_one_to_a_picture_does(bench: Bench, shot: Path, tmp_path: Path) -> None:
    outside, inside = say(tmp_path / "out.xmp"), say(shot.parent / "in.xmp", "Blue boat")
    beside = shot.with_suffix(".xmp")
    beside.symlink_to(outside)
    bench.index()
    assert found(bench, "red kite") == set()
    assert "leads out" in failures(bench)["a.xmp"]
    beside.unlink()
    beside.symlink_to(inside)
    bench.index()
    assert found(bench, "blue boat") == {"a.jpg"}
    assert failures(bench) == {}


def test_a_sidecar_that_is_passed_over_says_nothing(bench: Bench, shot: Path) -> None:
    say(shot.with_suffix(".xmp"))
    bench.plan = replace(bench.plan, rules=IgnoreRules(["*.xmp"]))
    bench.index()
    assert found(bench, "red kite") == set()


def test_a_film_is_found_by_its_sidecar_and_a_sound_by_one_that_names_it(
    bench: Bench, photos: Path
) -> None:
    make_film(photos / "a.mp4", [Scene("blue", 1)], size=(64, 48), rate=5)
    write_wav(photos / "a.wav", tone(440, 1.0))
    say(photos / "a.xmp")
    bench.add(photos)
    bench.index()
    assert found(bench, "red kite") == {"a.mp4"}
    film = bench.library.contents.of_asset(bench.assets()["a.mp4"].id)
    titles = [
        each
        for each in bench.library.passages.of_content(film.id)
        if each.kind is PassageKind.TITLE
    ]
    assert [(each.start, each.end) for each in titles] == [(0.0, pytest.approx(1.0, abs=0.2))]
    say(photos / "a.wav.xmp", "Blue boat")
    bench.index()
    assert found(bench, "blue boat") == {"a.wav"}


def test_a_watched_library_follows_sidecars_by_itself(
    bench: Bench, living: Living, shot: Path
) -> None:
    embedded = bench.encoder.embedded
    living.start()
    beside = say(shot.with_suffix(".xmp"))
    living.until(lambda: found(bench, "red kite") == {"a.jpg"})
    aside = beside.with_name("new.tmp")
    say(aside, "Blue boat")
    os.replace(aside, beside)  # as programs write that take care
    living.until(lambda: found(bench, "blue boat") == {"a.jpg"})
    beside.unlink()
    living.until(lambda: not found(bench, "blue boat"))
    living.rest()
    assert bench.encoder.embedded == embedded


def test_a_root_that_is_looked_at_now_and_then_shows_sidecars_that_changed(shot: Path) -> None:
    def look() -> dict[str, int]:
        return glance(str(shot.parent), IgnoreRules(), CancelToken())

    before = look()
    say(shot.with_suffix(".xmp"))
    after = look()
    assert changed_between(before, after) == {""}
    say(shot.with_suffix(".xmp"), "Another")
    assert changed_between(after, look()) == {""}
