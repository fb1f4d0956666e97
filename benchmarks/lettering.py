"""How much of the text in pictures is read, and how much is read where there is none.

usage: python -m benchmarks.lettering [--pictures N] [--without FOLDER]

Paints phrases of many languages onto patterns, in letters of several sizes, reads them as the
background pass does (1,600 pixels, lines looked for at 1,120; beside it at 1,600), and counts the
phrases that `text:"…"` then finds. `--without` names a folder of pictures without text: what is
read in those is a mistake. Nothing was tuned on these phrases.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from assetman.embedding import text_reader
from assetman.embedding.text_reader import TextReader
from assetman.ingest.lettering import blocks_of
from assetman.library.words import holds

PHRASES = {
    "English": ("Mind the gap", "Summer sale 50% off", "Emergency exit", "Invoice 2024-118"),
    "German": ("Größere Brötchen", "Bitte nicht stören", "Straße gesperrt", "Äpfel und Öl"),
    "French": ("Défense de fumer", "Crème brûlée", "Où êtes-vous ?", "Forêt enchantée"),
    "Spanish": ("Mañana cerrado", "Señor Núñez", "Jardín botánico", "¿Qué pasó ayer?"),
    "Polish": ("Łódź Fabryczna", "Proszę zamykać", "Święta wiosna", "Żółte kwiaty"),
    "Turkish": ("Güneşli bir gün", "Çıkış kapısı", "İstanbul şehri", "Büyük pazar"),
    "Chinese": ("安全出口", "欢迎光临", "北京火车站", "请勿吸烟"),
    "Japanese": ("東京タワー", "立入禁止", "いらっしゃいませ", "ありがとう"),
    "Greek": ("Καλημέρα", "Έξοδος κινδύνου", "Θάλασσα", "Αθήνα"),
    "Russian": ("Доброе утро", "Выход в город", "Книжный магазин", "Москва"),
}
_FONTS = Path("/usr/share/fonts/truetype")
_LATIN, _HAN = _FONTS / "dejavu/DejaVuSans.ttf", _FONTS / "droid/DroidSansFallbackFull.ttf"
_SIZES = (18, 28, 44)  # pixels, in a picture of 1,600 by 1,200
_SIDES = (1120, 1600)


def painted(phrase: str, size: int, seed: int, han: bool) -> np.ndarray:
    """Paint a phrase onto a pattern: (1200, 1600, 3) uint8."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (9, 12, 3), np.uint8))
    picture = coarse.resize((1600, 1200), Image.Resampling.BICUBIC)
    font = ImageFont.truetype(str(_HAN if han else _LATIN), size)
    brush = ImageDraw.Draw(picture)
    place = (int(rng.integers(50, 900)), int(rng.integers(50, 1050)))
    left, top, right, bottom = brush.textbbox(place, phrase, font)
    room = size // 3
    dark = bool(rng.integers(2))
    paper, ink = ((30, 30, 40), (240, 240, 230)) if dark else ((245, 245, 235), (20, 20, 30))
    brush.rectangle((left - room, top - room, right + room, bottom + room), paper)
    brush.text(place, phrase, ink, font)
    return np.asarray(picture)


def reads(reader: TextReader, pixels: np.ndarray, phrase: str) -> bool:
    """Tell whether a phrase is found in what is read."""
    return any(holds(text, phrase) for text, _ in blocks_of(reader.read(pixels)))


def main() -> None:
    """Read, count, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pictures", type=int, default=4, help="of each language and size")
    asked.add_argument("--without", type=Path, help="a folder of pictures without text")
    given = asked.parse_args()
    seconds = dict.fromkeys(_SIDES, 0.0)
    found: dict[tuple[str, int, int], int] = {}
    for side in _SIDES:
        text_reader._LOOKED_AT = side
        reader = TextReader()
        reader.read(np.zeros((64, 64, 3), np.uint8))
        for language, phrases in PHRASES.items():
            for size in _SIZES:
                for seed, phrase in enumerate(phrases[: given.pictures]):
                    han = language in ("Chinese", "Japanese")
                    pixels = painted(phrase, size, _SIZES.index(size) * 100 + seed, han)
                    began = time.process_time()
                    read = reads(reader, pixels, phrase)
                    seconds[side] += time.process_time() - began
                    key = (language, size, side)
                    found[key] = found.get(key, 0) + read
    print(f"{'found':10}" + "".join(f"{size:>5} px" for size in _SIZES) + "   looked for at 1,600")
    for language, phrases in PHRASES.items():
        count = len(phrases[: given.pictures])
        for_sides = [
            "  ".join(f"{found[language, size, side]}/{count:<4}" for size in _SIZES)
            for side in _SIDES
        ]
        print(f"{language:10}  " + "   ".join(for_sides))
    print(f"processor time, 1,600 beside 1,120: {seconds[1600] / seconds[1120]:.2f}")
    if given.without is not None:
        text_reader._LOOKED_AT = _SIDES[0]
        _read_none(given.without)


def _read_none(folder: Path) -> None:
    reader, read, texts = TextReader(), 0, []
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".png", ".jpg"))[::5]
    for path in paths:
        with Image.open(path) as picture:
            shown = picture.convert("RGBA")
        paper = Image.new("RGBA", shown.size, "white")
        paper.alpha_composite(shown)
        share = 640 / max(paper.size)
        size = (max(1, round(paper.width * share)), max(1, round(paper.height * share)))
        lines = reader.read(np.asarray(paper.convert("RGB").resize(size)))
        read += bool(lines)
        texts += [f"{path.stem}: {line.text}" for line in lines]
    print(f"something is read in {read} of {len(paths)} others; " + "; ".join(texts))


if __name__ == "__main__":
    main()
