"""What is written in pictures about them is read, whichever way it was written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from assetman.core.assets import Passage, PassageKind
from assetman.media.captions import passages_of
from assetman.media.handler import Limits
from assetman.media.image import ImageHandler
from assetman.media.xmp import read_xmp

from .conftest import quarters

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
  xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
  xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
  xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/">
 <rdf:Description rdf:about="" photoshop:City="Köln" photoshop:Country="Germany">
  <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Red kite</rdf:li>
    <rdf:li xml:lang="de">Rotmilan</rdf:li></rdf:Alt></dc:title>
  <dc:description><rdf:Alt><rdf:li xml:lang="x-default">Over the
    cathedral</rdf:li></rdf:Alt></dc:description>
  <dc:subject><rdf:Bag><rdf:li>bird</rdf:li><rdf:li>sky</rdf:li></rdf:Bag></dc:subject>
  <lr:hierarchicalSubject><rdf:Bag><rdf:li>animals|bird</rdf:li></rdf:Bag></lr:hierarchicalSubject>
  <ext:PersonInImage><rdf:Bag><rdf:li>Ana Ito</rdf:li></rdf:Bag></ext:PersonInImage>
  <mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>
    <rdf:li><rdf:Description mwg-rs:Name="Li Wei" mwg-rs:Type="Face"/></rdf:li>
  </rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
 </rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def said(passages: tuple[Passage, ...]) -> dict[PassageKind, list[str]]:
    found: dict[PassageKind, list[str]] = {}
    for passage in passages:
        found.setdefault(passage.kind, []).append(passage.text)
    return found


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_title_caption_keywords_people_and_places_are_read_from_xmp(
    handler: ImageHandler, limits: Limits, save: Callable[..., str], name: str
) -> None:
    packet = XMP.encode()
    given: dict[str, object] = {"xmp": packet}
    if name == "a.png":
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt("XML:com.adobe.xmp", XMP)
        given = {"pnginfo": chunks}
    if name == "a.tif":
        given = {"tiffinfo": {700: packet}}
    path = save(quarters(), name, **given)
    expected = {
        PassageKind.TITLE: ["Red kite", "Rotmilan"],
        PassageKind.CAPTION: ["Over the\ncathedral"],
        PassageKind.KEYWORD: ["bird\nsky\nanimals"],
        PassageKind.PERSON: ["Ana Ito\nLi Wei"],
        PassageKind.PLACE: ["Köln\nGermany"],
    }
    assert said(handler.describe(path, limits)) == expected
    assert said(handler.extract(path, (), None, 64, limits).passages) == expected


def test_what_iptc_says_is_read_in_the_letters_it_was_written_in(
    handler: ImageHandler, limits: Limits, save: Callable[..., str]
) -> None:
    def tag(record: int, number: int, text: bytes) -> bytes:
        return bytes((0x1C, record, number)) + len(text).to_bytes(2, "big") + text

    words = [(5, b"Old door"), (120, "Tür".encode("cp1252")), (25, b"door"), (25, "木".encode())]
    block = b"".join(tag(2, number, text) for number, text in words) + tag(2, 90, b"Oslo")
    resource = (
        b"8BIM\x04\x04\0\0" + len(block).to_bytes(4, "big") + block + b"\0" * (len(block) % 2)
    )
    segment = b"Photoshop 3.0\0" + resource
    path = save(quarters(), "a.jpg")
    with open(path, "rb") as file:
        picture = file.read()
    with open(path, "wb") as file:
        file.write(picture[:2] + b"\xff\xed" + (len(segment) + 2).to_bytes(2, "big") + segment)
        file.write(picture[2:])
    assert said(handler.describe(path, limits)) == {
        PassageKind.TITLE: ["Old door"],
        PassageKind.CAPTION: ["Tür"],
        PassageKind.KEYWORD: ["door\n木"],
        PassageKind.PLACE: ["Oslo"],
    }


def test_what_exif_says_is_read_and_what_cameras_write_for_nothing_is_not(
    handler: ImageHandler, limits: Limits, save: Callable[..., str]
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "OLYMPUS DIGITAL CAMERA         "
    exif[0x9C9B] = "Wide title".encode("utf-16-le") + b"\0\0"
    exif[0x9C9E] = "one;two".encode("utf-16-le")
    exif[0x013B] = "Jane Doe"
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0Screenshot"
    assert said(handler.describe(save(quarters(), "a.jpg", exif=exif), limits)) == {
        PassageKind.TITLE: ["Wide title"],
        PassageKind.KEYWORD: ["one\ntwo"],
        PassageKind.DESCRIPTION: ["Jane Doe"],
        PassageKind.CAPTION: ["Screenshot"],
    }


def test_what_is_said_twice_is_kept_once() -> None:
    kite = [(PassageKind.TITLE, "Red  kite"), (PassageKind.CAPTION, "red kite")]
    assert passages_of(kite, 3.0) == (Passage(PassageKind.TITLE, "Red kite", 0.0, 3.0),)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<x:xmpmeta",
        '<!DOCTYPE a [<!ENTITY b "c">]>' + XMP,
        "<RDF>" + "<a>" * 100_000 + "</a>" * 100_000 + "</RDF>",
        XMP.replace("rdf:Bag", "rdf:Bug", 1),
        7,
    ],
)
def test_a_packet_that_makes_no_sense_says_nothing(packet: object) -> None:
    assert list(read_xmp(packet)) == []


@given(st.binary(max_size=200), st.integers(0, len(XMP)))
def test_no_damage_breaks_the_reading(noise: bytes, place: int) -> None:
    packet = XMP.encode()
    assert isinstance(list(read_xmp(packet[:place] + noise + packet[place:])), list)
