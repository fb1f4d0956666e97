"""What a video says of itself is read, and what makes no sense is left out."""

from __future__ import annotations

import calendar
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from assetman.core.assets import Passage, PassageKind, Probe
from assetman.core.moments import clock
from assetman.media.handler import Limits
from assetman.media.video import VideoHandler
from assetman.media.video_facts import parse_moment, parse_place
from assetman.media.video_passages import plain_words
from tests.kit.films import Scene, make_film

LIMITS = Limits()


def probe(path: Path) -> Probe:
    return VideoHandler().probe(str(path), LIMITS)


def utc(*parts: int) -> float:
    return float(calendar.timegm((*parts, 0, 0, 0)))  # type: ignore[arg-type]


def film(path: Path, tags: dict[str, str] | None = None, **how: Any) -> Path:
    make_film(path, [Scene("red", 1)], size=(64, 36), rate=25, tags=tags or {}, **how)
    return path


def test_form_and_streams_are_named(tmp_path: Path) -> None:
    found = probe(film(tmp_path / "film.mp4", sound=440.0, chapters=[(0, 1, "All")]))
    assert (found.width, found.height) == (64, 36)
    assert found.duration == pytest.approx(1.0, abs=0.05)
    assert found.facts["format"] == "MP4"
    assert str(found.facts["video"]).startswith("H.264")
    assert found.facts["frame rate"] == "25 fps"
    assert found.facts["sound"] == "AAC, mono, 48 kHz"
    assert found.facts["chapters"] == 1
    assert all(isinstance(value, str | int | float) for value in found.facts.values())


@pytest.mark.parametrize(
    ("ending", "codec", "form", "coded"),
    [
        ("mov", "prores", "QuickTime", "ProRes"),
        ("webm", "vp9", "WebM", "VP9"),
        ("mkv", "h265", "Matroska", "H.265"),
        ("avi", "mpeg4", "AVI", "MPEG-4"),
        ("ts", "mpeg2", "MPEG transport stream", "MPEG-2"),
    ],
)
def test_forms_have_the_names_people_know(
    tmp_path: Path, ending: str, codec: str, form: str, coded: str
) -> None:
    facts = probe(film(tmp_path / f"film.{ending}", codec=codec)).facts
    assert facts["format"] == form
    assert str(facts["video"]).startswith(coded)


def test_dates_texts_and_the_place_of_a_phone_are_read(tmp_path: Path) -> None:
    tags = {
        "creation_time": "2021-05-03T12:34:56.000000Z",
        "title": "At the  lake",
        "location": "+52.5163+013.3777+034.000/",
    }
    found = probe(film(tmp_path / "film.mp4", tags))
    assert found.taken == utc(2021, 5, 3, 12, 34, 56)
    assert found.facts["title"] == "At the lake"
    assert (found.facts["latitude"], found.facts["longitude"]) == (52.5163, 13.3777)


def test_apples_keys_are_read_and_their_clock_is_the_cameras(tmp_path: Path) -> None:
    tags = {
        "creation_time": "2021-05-03T12:34:56.000000Z",
        "com.apple.quicktime.creationdate": "2021-05-03T14:34:56+0200",
        "com.apple.quicktime.location.ISO6709": "-33.8568+151.2153+004.500/",
        "com.apple.quicktime.make": "Apple",
        "com.apple.quicktime.model": "iPhone 12",
        "com.apple.quicktime.software": "14.5",
    }
    path = tmp_path / "phone.mov"
    make_film(tmp_path / "plain.mov", [Scene("red", 1)], size=(64, 36), options={"bf": "0"})
    options = {"movflags": "use_metadata_tags"}
    with (
        av.open(str(tmp_path / "plain.mov")) as source,
        av.open(str(path), "w", options=options) as target,
    ):
        target.metadata.update(tags)
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    found = probe(path)
    assert found.taken == utc(2021, 5, 3, 14, 34, 56)
    assert found.facts["camera"] == "Apple iPhone 12"
    assert found.facts["software"] == "14.5"
    assert (found.facts["latitude"], found.facts["longitude"]) == (-33.8568, 151.2153)
    assert found.facts["altitude"] == "4 m"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("+52.5163+013.3777/", (52.5163, 13.3777, None)),
        ("+52.5163+013.3777+034.000/", (52.5163, 13.3777, 34.0)),
        ("-3351.408+15112.918/", (-33.8568, 151.215300, None)),
        ("+404243-0740021/", (40.711944, -74.005833, None)),
        ("+00.0000+000.0000/", None),
        ("+91.0000+000.0000/", None),
        ("+52.5+200.1/", None),
        ("+5299.0+01300.0/", None),
        ("nowhere", None),
        ("", None),
        (None, None),
    ],
)
def test_places_are_read_as_phones_write_them(
    text: str | None, wanted: tuple[float, float, float | None] | None
) -> None:
    assert parse_place(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2021-05-03T12:34:56.000000Z", utc(2021, 5, 3, 12, 34, 56)),
        ("2021-05-03", utc(2021, 5, 3, 0, 0, 0)),
        ("1904-01-01T00:00:00.000000Z", None),
        ("1970-01-01T00:00:00.000000Z", None),
        ("2999-01-01", None),
        ("2021", None),
        ("yesterday", None),
    ],
)
def test_dates_that_no_clock_showed_are_left_out(text: str, wanted: float | None) -> None:
    assert parse_moment(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"{\an8\pos(10,20)}Hello\Nyou", "Hello\nyou"),
        ("<i>Hello</i>  <font color='red'>you</font>", "Hello you"),
        (r"{\p1}m 0 0 l 100 0{\p0}", ""),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("\u202e\0 \n ", ""),
        ("a" * 5000, "a" * 1000),
    ],
)
def test_subtitles_lose_the_marks_of_how_they_look(text: str, wanted: str) -> None:
    assert plain_words(text) == wanted


def test_subtitles_of_several_languages_say_which(tmp_path: Path) -> None:
    path = tmp_path / "several.mkv"
    make_film(tmp_path / "plain.mkv", [Scene("red", 3)], size=(64, 36), options={"bf": "0"})
    with av.open(str(tmp_path / "plain.mkv")) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        texts: list[Any] = []
        for language in ("eng", "deu", "und"):
            text: Any = target.add_mux_stream("subrip")
            text.time_base, text.metadata["language"] = Fraction(1, 1000), language
            texts.append(text)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
        for text, words in zip(texts, ("boat", "Boot", "⛵"), strict=True):
            said: Any = av.Packet(words.encode())
            said.pts = said.dts = 1000
            said.duration, said.time_base, said.stream = 500, Fraction(1, 1000), text
            target.mux(said)
    found = VideoHandler().extract(str(path), [], None, 64, LIMITS)
    assert {(each.text, each.language) for each in found.passages} == {
        ("boat", "eng"),
        ("Boot", "deu"),
        ("⛵", None),
    }
    assert found.probe.facts["subtitles"] == "eng, deu, SubRip"


def test_styled_subtitles_lose_their_styles(tmp_path: Path) -> None:
    path = tmp_path / "styled.mkv"
    make_film(tmp_path / "plain.mkv", [Scene("red", 3)], size=(64, 36), options={"bf": "0"})
    with av.open(str(tmp_path / "plain.mkv")) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        text: Any = target.add_mux_stream("ass")
        text.time_base = Fraction(1, 1000)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
        said: Any = av.Packet(rb"0,0,Default,Ann,0,0,0,,{\b1}Well,{\b0} yes\Nand no")
        said.pts = said.dts = 1000
        said.duration, said.time_base, said.stream = 500, Fraction(1, 1000), text
        target.mux(said)
    found = VideoHandler().extract(str(path), [], None, 64, LIMITS).passages
    assert found == (Passage(PassageKind.SUBTITLE, "Well, yes\nand no", 1.0, 1.5, None),)


def test_times_are_written_as_players_do() -> None:
    assert [clock(seconds) for seconds in (0.0, 61.9, 3723.0)] == ["0:00", "1:01", "1:02:03"]
