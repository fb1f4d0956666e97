"""Pictures and sounds that are named, and what none of them is: what confidence is learned of.

FOLDER holds what these packages of Debian 12 contain, each unpacked (`dpkg -x`) in a folder called
as here, and of the stamps every other caption:

- `pysiogame` 4.20.01: the photographs of its words;
- `gcompris`: gcompris-qt-data 3.1, its `.rcc` files unpacked too; with `scratch` 1.4.0.6, costumes
  and backgrounds: drawings and photographs;
- `stamps`: tuxpaint-stamps-default;
- `scratch` once more: its sounds, for a model of sounds.

`confidence_sets.toml` says what is in none of the files of each.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assetman.core.names_as_words import words_of
from assetman.embedding.catalogue import ModelCatalogue
from assetman.embedding.pool import EncoderPool
from assetman.search.concepts import concepts
from assetman.workspace import default_models
from benchmarks.mixed import windows_of
from benchmarks.retrieval import captions, embed

SETS = {
    "pysiogame": ("pysiogame/usr/share/games/pysiogame/res/images/art4apps/*/*.jpg",),
    "gcompris": (
        "gcompris/**/lang/resource/words_sample/*.webp",
        "gcompris/**/categorization/**/images/*/*.webp",
        "gcompris/**/explore_*_animals/**/animals/*.*",
        "gcompris/**/instruments/**/resource/*.svg",
        "gcompris/**/babyshapes/**/food/*.*",
        *(f"scratch/**/Costumes/{each}/*.*" for each in ("Animals", "Things", "Transportation")),
        *(f"scratch/**/Backgrounds/{each}/*.*" for each in ("Nature", "Outdoors", "Indoors")),
    ),
    "stamps": (),
    "noises": ("scratch/**/Media/Sounds/*/*.*",),
}
ABSENT = Path(__file__).with_suffix(".toml")
PICTURES = (".png", ".jpg", ".webp", ".gif", ".svg")
SOUNDS = (".wav", ".mp3")


@dataclass(frozen=True)
class Named:
    """Vectors of files with what these are called, and what none of them is."""

    rows: np.ndarray  # (n, d)
    owners: np.ndarray  # (n,) the file of each
    asked: np.ndarray  # (q, d)
    right: np.ndarray  # (q, files) bool: called just so
    alike: np.ndarray  # (q, files) bool: of the same thing
    absent: np.ndarray  # (a, d)
    rivals: np.ndarray  # (r, d)

    def part(self, files: np.ndarray, absent: np.ndarray) -> Named:
        """Give some of the files, with what is asked of them."""
        here = np.isin(self.owners, files)
        known, owners = np.unique(self.owners[here], return_inverse=True)
        right = self.right[:, known]
        some = right.any(axis=1)
        return Named(
            self.rows[here],
            owners,
            self.asked[some],
            right[some],
            self.alike[:, known][some],
            self.absent[absent],
            self.rivals,
        )


def told(folder: Path, name: str) -> dict[Path, str]:
    """Give the files of a set, with what each is called."""
    if name == "stamps":
        said = captions(folder / "stamps")
        return {path: each["en"] for path, each in said.items() if each["en"]}
    endings = SOUNDS if name == "noises" else PICTURES
    paths = sorted({path for each in SETS[name] for path in folder.glob(each)})
    called = {path: _called(path.stem) for path in paths if path.suffix in endings}
    return {path: words for path, words in called.items() if len(words) > 2}


def _called(stem: str) -> str:
    """Read a name: “dog2-b” is a dog."""
    words = re.sub(r"\d+", "", words_of(re.sub(r"-[a-z]$", "", stem))).lower()
    return " ".join(words.replace("-", " ").replace("_", " ").split())


def read(folder: Path, name: str, pool: EncoderPool, model: str) -> Named:
    """Embed a set; of the captions of stamps every other one is left for measuring."""
    called = told(folder, name)
    spec = pool.sound_input(model)
    if name != "noises" or spec is None:
        rows, owners = embed(pool, model, list(called)), np.arange(len(called))
    else:
        heard = [windows_of(pool, model, path, spec) for path in called]
        rows = np.concatenate(heard)
        owners = np.repeat(np.arange(len(heard)), [len(each) for each in heard])
    names = np.array(list(called.values()))
    asked = np.unique(names)[:: 2 if name == "stamps" else 1]
    absent = tomllib.loads(ABSENT.read_text("utf-8"))[name]
    return Named(
        rows,
        owners,
        pool.texts(model, [str(each) for each in asked]),
        asked[:, None] == names[None, :],
        same_thing(asked.tolist(), names.tolist()),
        pool.texts(model, absent),
        pool.texts(model, concepts()),
    )


def sets(given: argparse.Namespace) -> dict[str, Named]:
    """Embed all sets, or read what was kept of an earlier run."""
    fields = tuple(Named.__dataclass_fields__)
    if given.keep and given.keep.exists():
        with np.load(given.keep) as kept:
            return {name: Named(*(kept[f"{name}.{each}"] for each in fields)) for name in SETS}
    pool = EncoderPool(ModelCatalogue(given.models or default_models()))
    made = {
        name: read(given.dir, name, pool, given.sound_model if name == "noises" else given.model)
        for name in SETS
    }
    pool.close()
    if given.keep:
        arrays = {f"{name}.{each}": getattr(made[name], each) for name in SETS for each in fields}
        np.savez(given.keep, **arrays)
    return made


def same_thing(asked: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """Tell which names are of the same thing as what is asked: (q, n) bool."""
    things = np.array([thing_of(each) for each in names])
    wanted = np.array([thing_of(each) for each in asked])
    return np.asarray(wanted[:, None] == things[None, :])


def thing_of(caption: str) -> str:
    """Give the thing that a caption is about: “frog” of “A green frog in the water.”

    The last word before anything is said of it, one for several; of a long saying all of it.
    """
    named = _SAID_OF.split(caption.lower().translate(_QUOTES))[0].split()
    if not 0 < len(named) <= _SHORT:
        return caption
    word = named[-1]
    return word[:-1] if len(word) > _SINGULAR and word[-1] == "s" != word[-2] else word


_SHORT = 4  # words
_SINGULAR = 3  # letters: “bus” is one
_QUOTES = str.maketrans(dict.fromkeys('"“”', ""))
_SAID_OF = re.compile(
    r"[,.;:!?()]| (?:of|with|in|on|at|from|for|to|by|and|or|is|are|was|that|which|who|you|resembles) "
)
