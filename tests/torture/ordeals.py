"""A root of files that mean harm, brought into a library as a person's; what is told of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assetman.core.queries import Query
from assetman.core.settings import Settings
from assetman.workspace import Workspace
from tests.torture.watching_eyes import most_memory_of_children, size_of

PATIENCE = 300.0  # seconds for one run
MEMORY = 768 << 20  # bytes, for one decoder
SLACK = 96 << 20  # what Python and its libraries map shared and read-only
DISK = 64 << 20  # bytes that a library of such a root may take
SETTINGS = Settings(decode_workers=2, decode_seconds=5.0, decode_memory=MEMORY)

# What a person is told, and nothing but this.
_OF_ANY = r"""The\ file\ is\ empty
    | Reading\ the\ file\ takes\ more\ than\ the\ \d+\ [MG]B\ of\ memory\ allowed
    | Reading\ the\ file\ took\ longer\ than\ the\ \d+\ seconds\ allowed
    | The\ decoder\ crashed\ on\ this\ file
    | It\ cannot\ be\ read:\ File\ name\ too\ long\.
    | (It|The\ file)\ cannot\ be\ read:\ Too\ many\ levels\ of\ symbolic\ links\.?"""
_OF_PICTURES = r"""The\ (picture|drawing)\ is\ (damaged\ and\ cannot\ be\ read|cut\ off:\ .*)
    | The\ picture\ is\ [\d,]+\ ×\ [\d,]+\ pixels,\ more\ than\ the\ [\d,]+(\ million)?\ allowed
    | The\ picture\ has\ no\ pixels
    | The\ drawing\ is\ more\ than\ \d+\ MB\ of\ text
    | This\ is\ not\ a\ picture\ Assetman\ can\ read"""
_OF_VIDEOS = r"""The\ video\ is\ (damaged\ and\ cannot\ be\ read|cut\ off:\ .*)
    | Not\ one\ frame\ of\ the\ video\ can\ be\ decoded:\ it\ is\ damaged\ or\ cut\ off
    | There\ are\ no\ moving\ pictures\ in\ this\ file(,\ only\ sound)?
    | The\ video\ is\ coded\ as\ “[^”\n]+”,\ for\ which\ there\ is\ no\ decoder\ here
    | The\ video\ is\ [\d,]+\ ×\ [\d,]+\ pixels,\ more\ than\ the\ [\d,]+(\ million)?\ allowed
    | The\ video\ is\ protected\ against\ copying\ and\ cannot\ be\ read
    | This\ is\ no\ video\ but\ a\ picture(\ \(\w+\))?\ with\ the\ ending\ of\ a\ video
    | This\ is\ a\ list\ of\ other\ files,\ not\ a\ video;\ Assetman\ does\ not\ follow\ it
    | This\ is\ not\ a\ video\ Assetman\ can\ read"""
_OF_SOUNDS = r"""The\ sound\ is\ (damaged\ and\ cannot\ be\ read|cut\ off:\ .*)
    | Nothing\ of\ the\ sound\ can\ be\ decoded:\ it\ is\ damaged\ or\ cut\ off
    | There\ is\ no\ sound\ in\ this\ file(,\ only\ moving\ pictures)?
    | The\ sound\ is\ coded\ as\ “[^”\n]+”,\ for\ which\ there\ is\ no\ decoder\ here
    | The\ sound\ claims\ [\d,]+\ samples\ a\ second,\ which\ makes\ no\ sense
    | The\ sound\ has\ [\d,]+\ channels,\ and\ \d+\ are\ allowed
    | The\ sound\ is\ protected\ against\ copying\ and\ cannot\ be\ read
    | This\ is\ no\ sound\ but\ a\ picture\ with\ the\ ending\ of\ a\ sound
    | This\ is\ a\ list\ of\ other\ files,\ not\ a\ sound;\ Assetman\ does\ not\ follow\ it
    | This\ is\ not\ a\ sound\ Assetman\ can\ read"""
SENTENCES = re.compile("|".join((_OF_ANY, _OF_PICTURES, _OF_VIDEOS, _OF_SOUNDS)), re.VERBOSE)

NAMES = (
    *(b"-rf", b"--help", b"-", b"%s%n%d", b"100%", b"a:b", b"a\\b", b"frame%03d", b"*.[a]"),
    *(b"new\nline", b"\r\t\x07\x1b[2J", b" ", b"~", b"$(touch escaped)", b"concat:a|b"),
    *(b"; touch escaped;", b"`touch escaped`", b"|touch escaped", b"'\"<>&", b"pipe:0"),
    *(b"*?[a]", b"con", b"file:..%2F..%2F", b"\xff\xfe\x80"),
    *("\u202egnp.exe\u202c".encode(), "\u2066\u200f\u061c".encode()),
    *("👩‍👩‍👧‍👦🏳️‍🌈".encode(), "e\u0301".encode(), "é".encode(), "ﷺ".encode()),
    *(b"x" * 251, b"\xf0\x9f" * 125, b"PNG.PNG\0"[:-1], b"a.png"),
)


def bring_in(workspace: Workspace, root: Path, look: Callable[[], None] = lambda: None) -> None:
    """Index a root as a person's; `look` is called again and again until it is done."""
    added, _ = workspace.library.roots.add(str(root))
    run = workspace.pipeline.start([added.id])
    for _ in range(int(PATIENCE / 0.2)):
        if workspace.pipeline.wait(run, 0.2):
            break
        look()
    assert workspace.pipeline.wait(run, 1), "it hangs"
    assert not workspace.pipeline.progress().problem


def told(workspace: Workspace) -> dict[str, str]:
    """Give what the person is told of each file that failed, by its path."""
    failures = workspace.library.failures.all()
    others = [failure for failure in failures if failure.kind != "bad input"]
    assert not others, others
    return {failure.path: failure.message for failure in failures}


def found(workspace: Workspace, text: str = "green") -> set[str]:
    """Give the paths of all assets that can be searched."""
    hits = workspace.search.search(Query(text, limit=100_000, fold=False)).hits
    return {asset.path for asset in workspace.library.assets.get([hit.asset_id for hit in hits])}


def named(root: Path, ending: str, make: Callable[[int], Path]) -> set[str]:
    """Give files that `make` writes the oddest names; returns the paths they then have."""
    wanted = set()
    for number, name in enumerate(NAMES):
        plain = make(number)
        path = os.path.join(os.fsencode(root), name[: 255 - len(ending)] + ending.encode())
        try:
            os.rename(plain, path)
        except OSError:  # a disk that has an alphabet
            plain.unlink()
            continue
        wanted.add(os.fsdecode(path))
    return wanted


@dataclass
class Most:
    """The most memory that a decoder, and disk that a library, has been seen to take."""

    folders: tuple[Path, ...]
    memory: int = 0
    disk: int = 0

    def look(self) -> None:
        self.memory = max(self.memory, most_memory_of_children())
        self.disk = max(self.disk, sum(map(size_of, self.folders)))
