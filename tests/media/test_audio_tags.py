"""What a sound says of itself is read, whoever wrote it, where and in whatever letters."""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from pathlib import Path

import av
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from PIL import Image

from assetman.core.assets import PassageKind
from assetman.media.audio import AudioHandler
from assetman.media.audio_chunks import read_chunks
from assetman.media.audio_letters import mended
from assetman.media.audio_tags import (
    Tags,
    cover,
    descriptions,
    parse_bpm,
    parse_key,
    read_tags,
    write_cover,
)
from assetman.media.handler import Limits, Stretch
from tests.kit.sounds import (
    bext,
    id3,
    id3_cover,
    info,
    ixml,
    riff_chunk,
    tone,
    write_sound,
    write_wav,
)
from tests.torture.boxes import atom, within

BEEP = tone(440, 0.3)
WORDS = {"title": "Tür im Wind", "artist": "Jane Doe", "album": "雨", "comment": "an old door"}


def jpeg(size: tuple[int, int] = (300, 200), colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


def tags_of(path: Path) -> Tags:
    with path.open("rb") as file:
        file.seek(7)
        with av.open(
            str(path), metadata_encoding="utf-8", metadata_errors="surrogateescape"
        ) as container:
            tags = read_tags(container, container.streams.audio[0], file)
        assert file.tell() == 7
    return tags


@pytest.mark.parametrize(
    "ending", [".mp3", ".flac", ".m4a", ".ogg", ".opus", ".wma", ".wav", ".mka", ".wv", ".caf"]
)
def test_tags_are_read_out_of_every_container(tmp_path: Path, ending: str) -> None:
    tags = tags_of(write_sound(tmp_path / f"a{ending}", BEEP, tags=WORDS))
    assert {name: tags.facts.get(name) for name in WORDS} == WORDS
    assert set(tags.names) == {"Tür im Wind", "Jane Doe", "雨"}
    assert tags.notes == ("an old door",)


@pytest.mark.parametrize("ending", [".mp3", ".flac", ".ogg", ".wma", ".mka"])
def test_beats_and_key_are_read_where_a_file_has_them(tmp_path: Path, ending: str) -> None:
    said = {"TBPM": "174.02", "INITIALKEY": "F# minor"}
    tags = tags_of(write_sound(tmp_path / f"a{ending}", BEEP, tags=said))
    assert (tags.bpm, tags.key) == (174.02, "F#m")


def test_beats_and_key_of_mp4_are_read(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.m4a", BEEP, tags={"tmpo": "128", "title": "x"})
    mean = atom(b"mean", bytes(4) + b"com.apple.iTunes")
    own = mean + atom(b"name", bytes(4) + b"initialkey")
    own += atom(b"data", struct.pack(">II", 1, 0) + b"8A")

    def with_key(meta: bytes) -> bytes:
        at = meta.index(b"ilst") - 4
        length = int.from_bytes(meta[at : at + 4], "big")
        return meta[:at] + atom(b"ilst", meta[at + 8 : at + length] + atom(b"----", own))

    path.write_bytes(within(path.read_bytes(), "moov/udta/meta", with_key))
    tags = tags_of(path)
    assert (tags.bpm, tags.key) == (128.0, "Am")


def test_what_recorders_and_sound_libraries_write_into_a_wav_is_read(tmp_path: Path) -> None:
    said = ixml(
        "<PROJECT>The House</PROJECT><SCENE>12A</SCENE><TAKE>3</TAKE><NOTE>plane overhead</NOTE>"
        "<TRACK_LIST><TRACK><NAME>Boom</NAME></TRACK><TRACK><NAME>Lav</NAME></TRACK></TRACK_LIST>"
        "<USER><FXNAME>Cellar Door</FXNAME><DESCRIPTION>Creaks, slams shut</DESCRIPTION>"
        "<CATEGORY>DOORS</CATEGORY><KEYWORDS>hinge, horror</KEYWORDS></USER>"
        "<ASWG><tempo>92,5</tempo><inKey>Am</inKey></ASWG>"
    )
    path = write_wav(
        tmp_path / "a.wav", BEEP, before=[bext("Door, wood", "Recorder 7")], after=[said]
    )
    tags = tags_of(path)
    assert tags.taken == 1620045296.0  # 2021-05-03 12:34:56
    assert (tags.bpm, tags.key) == (92.5, "Am")
    assert tags.facts["description"] == "Door, wood; Creaks, slams shut"
    assert tags.facts["recorded by"] == "Recorder 7"
    assert tags.facts["tracks"] == "Boom, Lav"
    assert {"Door, wood", "Creaks, slams shut", "hinge, horror", "12A", "plane overhead"} <= set(
        tags.notes
    )
    assert tags.names == ("Cellar Door",)
    assert not {"released", "comment"} & set(tags.facts)


def test_chunks_of_rf64_wave64_and_flac_are_read(tmp_path: Path) -> None:
    name, body = bext("Door, wood")
    plain = write_wav(tmp_path / "a.wav", BEEP, before=[(name, body)]).read_bytes()
    sizes = struct.pack("<QQQI", len(plain), len(BEEP) * 2, len(BEEP), 0)
    at = plain.index(b"data")
    long = b"RF64" + b"\xff" * 4 + b"WAVE" + riff_chunk(b"ds64", sizes) + plain[12:at] + b"data"
    tail = riff_chunk(*ixml("<NOTE>behind the samples</NOTE>"))
    (tmp_path / "a.rf64.wav").write_bytes(long + b"\xff" * 4 + plain[at + 8 :] + tail)
    found = tags_of(tmp_path / "a.rf64.wav")
    assert found.notes[:2] == ("Door, wood", "behind the samples")
    wave64 = write_sound(tmp_path / "a.w64", BEEP).read_bytes()
    at = wave64.index(b"data")
    guid = name + bytes.fromhex("f3acd3118cd100c04f8edb8a")
    chunk = guid + struct.pack("<Q", 24 + len(body)) + body + bytes(-len(body) % 8)
    (tmp_path / "a.w64").write_bytes(wave64[:at] + chunk + wave64[at:])
    assert "Door, wood" in tags_of(tmp_path / "a.w64").notes
    flac = write_sound(tmp_path / "a.flac", BEEP).read_bytes()
    inside = b"riff" + riff_chunk(name, body)
    block = b"\x02" + len(inside).to_bytes(3, "big") + inside
    (tmp_path / "a.flac").write_bytes(flac[:42] + block + flac[42:])
    assert "Door, wood" in tags_of(tmp_path / "a.flac").notes


def test_a_loop_says_what_it_is_played_at(tmp_path: Path) -> None:
    loop = struct.pack("<IHHfIHHf", 2, 57, 0, 0.0, 8, 4, 4, 133.5)
    tags = tags_of(write_wav(tmp_path / "a.wav", BEEP, after=[(b"acid", loop)]))
    assert (tags.bpm, tags.key) == (133.5, "A")
    once = struct.pack("<IHHfIHHf", 1, 60, 0, 0.0, 8, 4, 4, 133.5)
    tags = tags_of(write_wav(tmp_path / "b.wav", BEEP, after=[(b"acid", once)]))
    assert (tags.bpm, tags.key) == (None, None)


@pytest.mark.parametrize(
    ("encoding", "title", "artist"),
    [
        ("cp1251", "Шум дождя", "Группа крови"),
        ("koi8-r", "Шум дождя", "Группа крови"),
        ("cp932", "雨の音", "さくら"),
        ("euc_jp", "東京の街の音", "さくら"),
        ("gb18030", "下雨的声音", "城市街道"),
        ("big5", "下雨的聲音", "台北"),
        ("cp949", "비 오는 소리", "서울"),
        ("cp1253", "Ήχος βροχής", "Καλημέρα"),
        ("cp1256", "صوت المطر", "شارع"),
        ("cp1252", "Ólafur’s Café", "Sigur Rós"),
        ("utf-8", "雨 Дождь", "Sigur Rós"),
    ],
)
def test_tags_in_letters_that_nobody_named_are_mended(
    tmp_path: Path, encoding: str, title: str, artist: str
) -> None:
    raw = {"title": title.encode(encoding), "artist": artist.encode(encoding)}
    tags = tags_of(
        write_wav(tmp_path / "a.wav", BEEP, after=[info(INAM=raw["title"], IART=raw["artist"])])
    )
    assert (tags.facts["title"], tags.facts["artist"]) == (title, artist)
    frames = [("TIT2", b"\0" + raw["title"]), ("TPE1", b"\0" + raw["artist"])]
    music = write_sound(tmp_path / "a.mp3", BEEP).read_bytes()
    (tmp_path / "a.mp3").write_bytes(id3(*frames) + music[music.index(b"\xff\xfb") :])
    tags = tags_of(tmp_path / "a.mp3")
    if encoding != "big5":  # whose letters are signs as often, when they are read as Latin-1
        assert (tags.facts["title"], tags.facts["artist"]) == (title, artist)


@given(st.text(st.characters(categories=("L", "Zs", "Nd"), max_codepoint=0x24F), max_size=40))
@example("0Â")
def test_words_that_are_right_stay_as_they_are(text: str) -> None:
    with suppress(UnicodeError):  # what can be UTF-8 that was read as Latin-1 is taken for it
        assume(text.isascii() or not text.encode("latin-1").decode("utf-8"))
    assert mended({"title": text}, latin=False) == {"title": text}


@given(st.binary(max_size=200))
def test_whatever_bytes_are_in_a_tag_become_words_a_screen_takes(raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    for latin in (False, True):
        assert mended({"title": text}, latin)["title"].encode("utf-8") or not raw


def test_the_cover_becomes_the_thumbnail_and_no_sound_is_lost_by_it(tmp_path: Path) -> None:
    for ending in (".mp3", ".flac", ".m4a", ".ogg", ".opus"):
        path = write_sound(tmp_path / f"a{ending}", tone(440, 1), cover=jpeg())
        with av.open(str(path)) as container:
            assert write_cover(container, 64, tmp_path / "a.webp", Limits()), ending
            heard = sum(frame.samples for frame in container.decode(audio=0))
        assert abs(heard - 48_000) < 2200
        with Image.open(tmp_path / "a.webp") as picture:
            assert picture.size == (64, 43)
            red, green, _ = picture.convert("RGB").getpixel((30, 20))  # type: ignore[misc]
        assert red > 200 > 50 > green
        (tmp_path / "a.webp").unlink()


@pytest.mark.parametrize(
    "picture",
    [jpeg((9000, 9000))[:900], b"", b"no picture", b"\xff\xd8\xff" + bytes(90)],
    ids=["cut", "empty", "words", "damaged"],
)
def test_a_sound_is_none_the_worse_for_a_bad_cover(tmp_path: Path, picture: bytes) -> None:
    music = write_sound(tmp_path / "a.mp3", tone(440, 1)).read_bytes()
    path = tmp_path / "b.mp3"
    path.write_bytes(id3(("TIT2", b"\3Tune"), id3_cover(picture)) + music)
    with av.open(str(path)) as container:
        assert cover(container, 64, Limits()) is None
        assert sum(frame.samples for frame in container.decode(audio=0)) == 48_000


def test_descriptions_cover_the_whole_sound(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.flac", BEEP, tags=WORDS)
    passages = descriptions(tags_of(path), 0.3)
    assert [each.text for each in passages] == ["Tür im Wind\nJane Doe\n雨", "an old door"]
    assert {(each.kind, each.start, each.end) for each in passages} == {
        (PassageKind.DESCRIPTION, 0.0, 0.3)
    }
    assert descriptions(Tags(), None) == ()


def test_keys_are_written_in_one_way() -> None:
    same = {
        "F#m": ("F#m", "F# minor", "f#", "Gbm", "F♯ min", "F sharp minor", "11A", "4m", "Fis-Moll"),
        "C": ("C", "C major", "Cmaj", "8B", "1d", "C-Dur"),
        "Bb": ("Bb", "A# major", "B-Dur", "6B"),
        "Bm": ("Bm", "H-Moll", "Hm", "10A", "3m"),
    }
    for key, written in same.items():
        assert {text: parse_key(text) for text in written} == dict.fromkeys(written, key)
    for text in (None, "", "o", "0", "13A", "Q", "All", "120", "C of the sea"):
        assert parse_key(text) is None


def test_beats_are_read_as_programs_write_them() -> None:
    assert [parse_bpm(text) for text in ("128", "174.02", "92,5 BPM", " 90 ")] == [
        128,
        174.02,
        92.5,
        90,
    ]
    for text in (None, "", "0", "fast", "-12", "9999", "1e400", "nan"):
        assert parse_bpm(text) is None


def test_a_chunk_of_xml_that_unfolds_or_names_files_gives_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    bomb = '<!DOCTYPE x [<!ENTITY a "' + "x" * 1000 + '">'
    bomb += "".join(f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in ("ab", "bc", "cd", "de", "ef"))
    entities = [
        bomb + "]><BWFXML><NOTE>&f;</NOTE></BWFXML>",
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]><BWFXML><NOTE>&a;</NOTE></BWFXML>',
    ]
    for number, text in enumerate(entities):
        path = write_wav(tmp_path / f"{number}.wav", BEEP, after=[(b"iXML", text.encode())])
        assert all(len(note) < 5000 and "secret" not in note for note in tags_of(path).notes)


def test_a_chunk_in_other_letters_or_half_broken_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    said = '<?xml version="1.0" encoding="UTF-8"?><BWFXML><NOTE>Дверь скрипит</NOTE></BWFXML>'
    path = write_wav(tmp_path / "a.wav", BEEP, after=[(b"iXML", said.encode("cp1251") + bytes(3))])
    assert tags_of(path).notes == ("Дверь скрипит",)
    for text in (
        b"<BWFXML><NOTE>cut",
        b"",
        b"\xff\xfe\0",
        bytes(range(255, -1, -1)),
    ):
        path = write_wav(tmp_path / "b.wav", BEEP, after=[(b"iXML", text), bext("ok")])
        assert tags_of(path).notes == ("ok",)


def test_the_reader_of_sounds_gives_tags_descriptions_and_a_thumbnail(tmp_path: Path) -> None:
    said = {**WORDS, "TBPM": "120", "TKEY": "Am", "track": "3/12"}
    path = write_sound(tmp_path / "DOORWood_Slam_JD_X.mp3", tone(440, 1), tags=said, cover=jpeg())
    small = tmp_path / "small.webp"
    found = AudioHandler().extract(str(path), [], small, 64, Limits(), Stretch())
    assert {name: found.probe.facts[name] for name in WORDS} == WORDS
    assert found.probe.facts["track"] == "3/12"
    assert found.probe.sound is not None
    assert (found.probe.sound.bpm, found.probe.sound.key) == (120.0, "Am")
    assert found.passages == AudioHandler().describe(str(path), Limits())
    assert "an old door" in found.passages[-1].text
    with Image.open(small) as picture:
        assert picture.size == (64, 43)
    large = tmp_path / "large"
    assert AudioHandler().preview(str(path), None, large, Limits()) == (300, 200)


@given(st.data())
def test_no_bytes_where_chunks_may_stand_raise_anything(data: st.DataObject) -> None:
    names = st.sampled_from((b"bext", b"iXML", b"acid", b"data", b"ds64", b"LIST", b"junk"))
    length = st.sampled_from((0, 1, 20, 700, 0x7FFFFFFF, 0xFFFFFFFF))
    parts = data.draw(st.lists(st.tuples(names, length, st.binary(max_size=80)), max_size=8))
    body = b"".join(name + struct.pack("<I", says) + held for name, says, held in parts)
    heads = (b"RIFF\xff\xff\xff\xffWAVE", b"RF64\xff\xff\xff\xffWAVE", b"fLaC", b"\0\0\0\x08ftyp")
    file = io.BytesIO(data.draw(st.sampled_from(heads)) + body)
    file.seek(3)
    chunks = read_chunks(file)
    assert file.tell() == 3
    for texts in chunks.words.values():
        for text in texts:
            text.encode("utf-8")
    assert chunks.bpm is None or 0 < chunks.bpm < float("inf")


def test_lyrics_that_say_when_a_line_is_sung_are_passages_at_that_time(tmp_path: Path) -> None:
    sung = "[ar:Jane Doe]\n[00:01.50]Rain on the <00:02.00>roof\n[00:04.00]\n"
    sung += "[00:06.25][00:00.50]Again and again\n[00:08.00]The end"
    path = write_sound(tmp_path / "a.flac", tone(440, 10), tags={"LYRICS": sung, "comment": "sad"})
    tags = tags_of(path)
    assert tags.notes == ("sad",)
    lines = [part for part in descriptions(tags, 10.0) if part.start or part.end < 10]
    assert [(each.kind, each.start, each.end, each.text) for each in lines] == [
        (PassageKind.SUBTITLE, 0.5, 1.5, "Again and again"),
        (PassageKind.SUBTITLE, 1.5, 4.0, "Rain on the roof"),
        (PassageKind.SUBTITLE, 6.25, 8.0, "Again and again"),
        (PassageKind.SUBTITLE, 8.0, 10.0, "The end"),
    ]
    assert (
        tags_of(write_sound(tmp_path / "b.flac", BEEP, tags={"LYRICS": "[0:01]\nla"})).parts == ()
    )


def test_chapters_of_an_audiobook_are_passages(tmp_path: Path) -> None:
    path = write_sound(
        tmp_path / "a.mka",
        tone(440, 4),
        chapters=[(0, 1.5, "The Storm"), (1.5, 4, "Land in Sight")],
    )
    found = [(each.text, each.start, each.end) for each in tags_of(path).parts]
    assert found == [("The Storm", 0.0, 1.5), ("Land in Sight", 1.5, 4.0)]
