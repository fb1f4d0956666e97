"""How often words find the picture they were written for, by language.

usage: python benchmarks/retrieval.py DIR [--model NAME] [--models FOLDER] [--languages de,fr,…]
                                      [--as-jpeg SIDE]

DIR holds `stamps`, pictures with a caption in a text file beside each: the first line English,
then lines such as `de.utf8=…`. Every caption is asked as a question; right are all pictures
that bear the same caption. Pictures of letters and other symbols are left out. hit@k is the
share of questions with a right picture among the first k, MRR the mean of 1/rank of the best
right one; chance says what guessing would give. At the end: how often the picture most
similar to a picture lies in the same folder.

With --as-jpeg every picture is first made a JPEG of that many pixels, as a camera would, and
two tables show what decoding those at reduced scale costs against decoding them in full.
"""

from __future__ import annotations

import argparse
import collections
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from assetman.core.errors import BadInput
from assetman.core.settings import Settings, cores
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.encoder import Vectors
from assetman.embedding.pool import EncoderPool
from assetman.media.fitting import fit
from assetman.media.handler import Limits
from assetman.media.workers import DecodePool
from assetman.workspace import default_models

ENGLISH = "en"
LANGUAGES = "en,de,fr,es,it,pt,nl,sv,pl,ru,el,ar,hi,ja,ko,zh_CN,sw"
CUTOFFS = (1, 5, 10)


def plain(caption: str) -> str:
    """Leave out what the language of questions would read as its own."""
    return "".join(" " if letter in '"“”()[]:-–—+^' else letter for letter in caption)


def captions(stamps: Path) -> dict[Path, dict[str, str]]:
    """Read the captions of every picture, by language."""
    found = {}
    for path in sorted(stamps.rglob("*.txt")):
        picture = path.with_suffix(".png")
        if "symbols" in path.relative_to(stamps).parts or not picture.exists():
            continue
        first, *others = path.read_text("utf-8", errors="replace").splitlines() or [""]
        said = {ENGLISH: first.strip()}
        for line in others:
            language, mark, text = line.partition(".utf8=")
            if mark:
                said.setdefault(language, text.strip())
        found[picture] = said
    return found


def questions(told: dict[Path, dict[str, str]], language: str) -> tuple[list[str], np.ndarray]:
    """Give the captions of a language, and which pictures each is right for, (q, n) bool."""
    right: dict[str, list[int]] = collections.defaultdict(list)
    for row, said in enumerate(told.values()):
        if said.get(language):
            right[said[language]].append(row)
    matrix = np.zeros((len(right), len(told)), bool)
    for asked, rows in enumerate(right.values()):
        matrix[asked, rows] = True
    return list(right), matrix


def embed(pool: EncoderPool, model: str, paths: Sequence[Path]) -> Vectors:
    """Embed pictures the way the app does."""
    spec = pool.input_spec(model)
    assert spec is not None, f"{model} takes no pictures"
    settings = Settings()
    limits = Limits(settings.decode_pixels, settings.decode_seconds, settings.decode_memory)
    decoders = DecodePool(cores(), limits, settings.thumbnail_side)
    try:
        futures = [decoders.extract(str(path), [spec], None) for path in paths]
        pixels = [future.result().inputs[spec][0] for future in futures]
    except BadInput as error:
        raise SystemExit(f"a picture cannot be read: {error}") from error
    finally:
        decoders.close()
    return pool.images(model, np.stack(pixels))


def as_jpegs(paths: Sequence[Path], folder: Path, side: int) -> list[Path]:
    """Make JPEGs of the pictures, on white, the longer side as long as asked."""
    made = []
    for number, path in enumerate(paths):
        picture = Image.open(path).convert("RGBA")
        ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        ground.alpha_composite(picture)
        share = side / max(picture.size)
        size = (round(picture.width * share) or 1, round(picture.height * share) or 1)
        made.append(folder / f"{number}.jpg")
        ground.convert("RGB").resize(size).save(made[-1], quality=90)
    return made


def embed_whole(pool: EncoderPool, model: str, paths: Sequence[Path]) -> Vectors:
    """Embed pictures decoded in full."""
    spec = pool.input_spec(model)
    assert spec is not None
    pixels = [fit(Image.open(path).convert("RGB"), spec) for path in paths]
    return pool.images(model, np.stack(pixels))


def ranks(similarities: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Give the rank, from 1, of the best right picture of each question."""
    best = np.where(right, similarities, -np.inf).max(1, keepdims=True)
    above: np.ndarray = np.where(right, -np.inf, similarities) > best
    found: np.ndarray = 1 + above.sum(1)
    return found


def line(name: str, found: np.ndarray, right: np.ndarray) -> str:
    """Show one row of the table."""
    hits = "  ".join(f"{(found <= cutoff).mean():.3f}" for cutoff in CUTOFFS)
    chance = float((right.sum(1) / right.shape[1]).mean())
    return f"{name:<8} {len(found):>7}  {hits}   {(1 / found).mean():.3f}   {chance:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="How often words find the right picture.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--models", type=Path, default=None, help="where installed models lie")
    parser.add_argument("--languages", default=LANGUAGES)
    parser.add_argument("--as-jpeg", type=int, metavar="SIDE")
    given = parser.parse_args()
    told = captions(given.dir / "stamps")
    if not told:
        raise SystemExit(f"{given.dir} holds no stamps")
    pool = EncoderPool(ModelCatalogue(given.models or default_models()))
    languages = given.languages.split(",")
    if given.as_jpeg:
        with tempfile.TemporaryDirectory() as spare:
            paths = as_jpegs(list(told), Path(spare), given.as_jpeg)
            print("decoded at reduced scale")
            report(pool, given.model, told, embed(pool, given.model, paths), languages)
            print("\ndecoded in full")
            report(pool, given.model, told, embed_whole(pool, given.model, paths), languages)
    else:
        started = time.monotonic()
        pictures = embed(pool, given.model, list(told))
        seconds = time.monotonic() - started
        key = pool.space(given.model).key
        print(f"{key}: {len(told)} pictures in {seconds:.0f} s on {pool.device().title}\n")
        report(pool, given.model, told, pictures, languages)
    pool.close()


def report(
    pool: EncoderPool,
    model: str,
    told: dict[Path, dict[str, str]],
    pictures: Vectors,
    languages: Sequence[str],
) -> None:
    """Print the table of one set of vectors."""
    print("language queries  hit@1  hit@5  hit@10  MRR     chance@1")
    for language in languages:
        asked, right = questions(told, language)
        if asked:
            print(line(language, ranks(pool.texts(model, asked) @ pictures.T, right), right))
    likeness = pictures @ pictures.T
    np.fill_diagonal(likeness, -np.inf)
    folders = np.array([str(path.parent) for path in told])
    same = (folders[likeness.argmax(1)] == folders).mean()
    print(f"\nthe most similar other picture lies in the same folder: {same:.3f}")


if __name__ == "__main__":
    main()
