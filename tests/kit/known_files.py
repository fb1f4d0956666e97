"""A catalogue of random files of which all is known, for what has to agree with it."""

from __future__ import annotations

import random
from dataclasses import replace

from assetman.core.assets import (
    Kind,
    Passage,
    PassageKind,
    Probe,
    SegmentDraft,
    SegmentKind,
    SoundFacts,
)
from assetman.core.facts import AssetFacts
from assetman.library.assets import FileStat
from assetman.library.library import Library
from assetman.library.terms import wall_clock

DAY = 86_400.0
NAMES = (
    *("Frog.JPG", "frog 2.jpg", "Straße.psd", "a[1].tar.gz", "ÄRGER.PNG", ".hidden", "no end"),
    *("x.y.jpg", "dog.mp4", "dot."),
)
FOLDERS = ("", "a", "a/b", "ab", "A", "a.b")
TAGS = ("sea", "Sky", "ßtraße")
CAMERAS = (None, "Canon EOS 5D", "NIKON Z 6", "Phöne [2]", "canon eos 5d")
LENSES = (None, "EF 50mm f/1.8", "[wide] 10-24")
COLORS = ("#aa3322", "#008080", "#0a7f7a", "#000000", "#ffffff", "#ff0000", "#e61a05", "#808080")
WORDS = ("green frog", "a frog sings", "sea, storm", "STORM", "grün")
TIMES = (0.0, DAY, DAY - 1, 1e9)
_HAS = {
    PassageKind.SUBTITLE: "subtitles",
    PassageKind.CHAPTER: "chapters",
    PassageKind.SPEECH: "speech",
    PassageKind.TEXT: "text",
}


class KnownFiles:
    """Random files in two folders, one of them offline, and what is known of each by its id."""

    def __init__(self, library: Library, contents: int, seed: int = 6) -> None:
        self.library = library
        self.facts: dict[int, AssetFacts] = {}
        self._chance = random.Random(seed)
        with library.writing():
            self.roots = [library.roots.add(f"/known{i}")[0].id for i in range(2)]
            for number in range(contents):
                self._add(number)
            self._organise()
            library.roots.set_online(self.roots[1], False)
        texts = library.fulltext.texts_of(list(self.facts))
        self.facts = {
            asset: replace(facts, written=texts[asset], offline=facts.root_id == self.roots[1])
            for asset, facts in self.facts.items()
        }

    def _add(self, number: int) -> None:
        """Add a content with one file or two."""
        chance = self._chance
        facts, taken = self._drawn()
        content, _ = self.library.contents.add(f"{number:032x}", facts.size, True, facts.kind)
        self._describe(content, facts, taken)
        copies = 2 if chance.random() < 0.2 else 1
        mtime = chance.choice(TIMES) + 3600 * chance.choice((-6.0, -5.5, 0.0, 5.0, 7.0))
        for copy in range(copies):
            root, name = chance.choice(self.roots), chance.choice(NAMES)
            folder = "/".join(filter(None, (chance.choice(FOLDERS), f"{number}-{copy}")))
            stat = FileStat(facts.size, int(mtime * 1e9), number, copy)
            asset, _ = self.library.assets.add(root, f"{folder}/{name}", stat, content)
            self.facts[asset] = replace(
                facts,
                root_id=root,
                folder=folder,
                name=name,
                moment=wall_clock(mtime) if taken is None else taken,
                duplicate=copies > 1,
            )

    def _drawn(self) -> tuple[AssetFacts, float | None]:
        """Draw what is known of a content, and when it was taken."""
        chance = self._chance
        said = {kind: chance.choice(WORDS) for kind in _HAS if chance.random() < 0.2}
        has = {_HAS[kind] for kind in said}
        kind = chance.choice(list(Kind))
        if kind is Kind.AUDIO or (kind is Kind.VIDEO and chance.random() < 0.5):
            has.add("audio")
        if chance.random() < 0.3:
            has.add("gps")
        facts = AssetFacts(
            kind=kind,
            root_id=0,
            folder="",
            name="",
            size=chance.choice((0, 1, 1024, 10 << 20)),
            moment=0.0,
            width=chance.choice((None, 100, 104, 640, 4000)),
            height=chance.choice((None, 100, 106, 640)),
            duration=chance.choice((None, 0.5, 30.0, 60.0)),
            camera=chance.choice(CAMERAS),
            lens=chance.choice(LENSES),
            has=frozenset(has),
            colors=tuple(chance.sample(COLORS, chance.randint(0, 3))),
            said=tuple(text for kind, text in said.items() if kind is not PassageKind.TEXT),
            text=tuple(text for kind, text in said.items() if kind is PassageKind.TEXT),
        )
        self._said = said
        return facts, chance.choice((None, *TIMES))

    def _describe(self, content: int, facts: AssetFacts, taken: float | None) -> None:
        told = {"camera": facts.camera, "lens": facts.lens}
        told |= {"latitude": 0.5 if "gps" in facts.has else None}
        probe = Probe(
            facts.kind,
            facts.width,
            facts.height,
            taken,
            {key: value for key, value in told.items() if value is not None},
            facts.duration,
            SoundFacts(rate=8000) if "audio" in facts.has else None,
        )
        passages = [Passage(kind, text, 0, 1) for kind, text in self._said.items()]
        self.library.contents.set_probe(content, probe)
        self.library.passages.replace(content, passages, frozenset(PassageKind))
        self.library.segments.replace(content, [SegmentDraft(SegmentKind.IMAGE)])
        self.library.colors.set([(content, [(color, 0.2) for color in facts.colors])])

    def _organise(self) -> None:
        library, chance = self.library, self._chance
        collections = [library.collections.make(name)[0].id for name in ("Best", "Rest")]
        missing = [asset for asset in self.facts if chance.random() < 0.2]
        for asset in list(self.facts):
            rating = chance.choice((0, 0, 1, 3, 5))
            tags = chance.sample(TAGS, chance.choice((0, 0, 1, 2)))
            boxes = chance.sample(collections, chance.choice((0, 0, 1)))
            library.tags.rate([asset], rating)
            library.tags.tag([asset], tags)
            for box in boxes:
                library.collections.put(box, [asset])
            self.facts[asset] = replace(
                self.facts[asset],
                rating=rating,
                tags=frozenset(tags),
                collections=frozenset(boxes),
                missing=asset in missing,
            )
        self.collections = collections
        library.assets.mark_missing(missing)
        for asset, facts in self.facts.items():
            twins = library.assets.of_content(self._content(asset))
            alone = facts.missing or not [each for each in twins if each != asset]
            self.facts[asset] = replace(facts, duplicate=not alone)

    def _content(self, asset: int) -> int:
        return self.library.contents.of_asset(asset).id
