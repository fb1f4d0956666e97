"""What a picture says of itself reaches the person; what makes no sense does not."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from assetman.media import metadata
from assetman.media.handler import Limits
from assetman.media.image import ImageHandler
from assetman.media.metadata import parse_date

from .conftest import quarters


def camera_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "Canon EOS 5D\0"
    exif[0x010E], exif[0x0132] = "On the\nbeach", "2022:01:01 00:00:00"
    photo = exif.get_ifd(0x8769)
    photo[0x9003], photo[0x9291] = "2021:05:03 12:34:56", "25"
    photo[0x829A], photo[0x829D] = IFDRational(1, 250), IFDRational(28, 10)
    photo[0x8827], photo[0x920A], photo[0xA405] = 400, IFDRational(50, 1), 75
    photo[0xA434], photo[0x9209], photo[0x9204] = "EF 50mm f/1.8", 1, IFDRational(-2, 3)
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "S", (IFDRational(33), IFDRational(51), IFDRational(3564, 100))
    place[3], place[4] = "E", (IFDRational(151), IFDRational(12), IFDRational(40))
    place[5], place[6] = b"\0", IFDRational(58)
    return exif


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif"])
def test_a_photograph_tells_when_where_and_how(
    handler: ImageHandler, limits: Limits, save: Callable[..., str], name: str
) -> None:
    exif = camera_exif()
    if name == "a.tif":  # Pillow writes only what stands in the main directory
        for directory in (0x8769, 0x8825):
            exif[directory] = dict(exif.get_ifd(directory))
    probe = handler.probe(save(quarters(), name, exif=exif), limits)
    assert probe.taken == 1620045296.25
    expected = {
        "camera": "Canon EOS 5D",
        "lens": "EF 50mm f/1.8",
        "exposure": "1/250 s",
        "aperture": "f/2.8",
        "ISO": 400,
        "focal length": "50 mm",
        "focal length (35 mm)": "75 mm",
        "exposure bias": "−0.7 EV",
        "flash": "fired",
        "description": "On the beach",
        "latitude": -33.859900,
        "longitude": 151.211111,
        "altitude": "58 m",
        "colour": "RGB",
    }
    assert {fact: probe.facts.get(fact) for fact in expected} == expected


def test_xmp_dates_a_picture_without_exif(
    handler: ImageHandler, limits: Limits, save: Callable[..., str]
) -> None:
    packet = b'<rdf:Description photoshop:DateCreated="1999-12-31T23:59:58"/>'
    assert handler.probe(save(quarters(), "a.webp", xmp=packet), limits).taken == 946684798
    assert metadata.taken_from_xmp("<xmp:CreateDate>2000-01-01</xmp:CreateDate>") == 946684800
    assert metadata.taken_from_xmp(None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970:01:01 00:00:01", 1.0),
        ("1969-12-31T23:59:59", -1.0),
        ("2021:05:03 12:34:56.5", 1620045296.5),
        ("2021:05:03", 1620000000.0),
        ("2021:05:03 12:34:60", 1620045299.0),
        ("0000:00:00 00:00:00", None),
        ("2021:13:03 12:34:56", None),
        ("    :  :     :  :  ", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_read_as_cameras_write_them(text: str | None, expected: float | None) -> None:
    assert parse_date(text) == expected


def test_numbers_are_written_as_photographers_do() -> None:
    assert metadata.exposure(0.004) == "1/250 s"
    assert metadata.exposure(2.5) == "2.5 s"
    assert metadata.exposure(0.0) is None
    assert metadata.aperture(1.4) == "f/1.4"
    assert metadata.named("NIKON CORPORATION", "NIKON D750") == "NIKON D750"
    assert metadata.named("Apple", "iPhone 12") == "Apple iPhone 12"
    assert metadata.named(None, None) is None


def test_a_camera_without_a_fix_has_no_place(
    handler: ImageHandler, limits: Limits, save: Callable[..., str]
) -> None:
    exif = camera_exif()
    for tag in (2, 4):
        exif.get_ifd(0x8825)[tag] = (IFDRational(0), IFDRational(0), IFDRational(0))
    assert "latitude" not in handler.probe(save(quarters(), "a.jpg", exif=exif), limits).facts
    exif.get_ifd(0x8825)[2] = (IFDRational(1, 0), IFDRational(0), IFDRational(0))
    assert "latitude" not in handler.probe(save(quarters(), "a.jpg", exif=exif), limits).facts


@given(damage=st.dictionaries(st.integers(0, 2000), st.integers(0, 255), min_size=1, max_size=40))
def test_hostile_exif_costs_only_what_it_hides(
    tmp_path_factory: pytest.TempPathFactory, damage: dict[int, int]
) -> None:
    block = bytearray(camera_exif().tobytes())
    for at, value in damage.items():
        block[6 + at % (len(block) - 6)] = value
    path = tmp_path_factory.getbasetemp() / "hostile.jpg"
    buffer = io.BytesIO()
    quarters().save(buffer, "JPEG", exif=bytes(block))
    path.write_bytes(buffer.getvalue())
    found = ImageHandler().extract(str(path), [], None, 32, Limits())
    assert found.probe.width in (96, 64)
    for value in found.probe.facts.values():
        assert isinstance(value, int | float) or (value.isprintable() and len(value) <= 500)


@given(
    st.dictionaries(
        st.sampled_from([0x010F, 0x0110, 0x0112, 0x9003, 0x829A, 0x829D, 0x8827, 0x920A, 0x9209]),
        st.one_of(
            st.text(max_size=30),
            st.binary(max_size=30),
            st.floats(),
            st.integers(),
            st.none(),
            st.tuples(st.integers(), st.text(max_size=3)),
            st.just(IFDRational(1, 0)),
        ),
    )
)
def test_values_of_any_type_do_no_harm(values: dict[int, object]) -> None:
    exif = Image.Exif()
    for tag, value in values.items():
        exif[tag] = value
    found = metadata.read_exif(exif)
    assert found.orientation is None or 1 <= found.orientation <= 8
