"""Weights from files that nobody vouches for: read, never executed."""

from __future__ import annotations

import hashlib
import pickle
import warnings
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assetman.core.assets import display
from assetman.core.errors import BadInput

if TYPE_CHECKING:
    import torch

    State = dict[str, torch.Tensor]

SUFFIXES = (".safetensors", ".pt", ".pth", ".bin")
PREFERRED = (
    "open_clip_model.safetensors",
    "open_clip_pytorch_model.safetensors",
    "open_clip_pytorch_model.bin",
    "model.safetensors",
    "pytorch_model.bin",
)


def find_weights(folder: Path) -> Path:
    """Choose the file of weights in a folder, as open_clip would.

    Raises BadInput if there is none.
    """
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not found:
        raise BadInput(
            f"{display(folder.name)} holds no weights: no file ends in {', '.join(SUFFIXES)}."
        )
    for name in PREFERRED:
        if folder / name in found:
            return folder / name
    return next((path for path in found if path.suffix == ".safetensors"), found[0])


def read_weights(path: Path) -> State:
    """Read a file of weights as {name: tensor}, on the CPU.

    Raises BadInput for a file that cannot be read, is cut short, is no file of weights, or
    would have to be executed.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput(f"{display(path.name)} is no file of weights: {', '.join(SUFFIXES)} are.")
    try:
        loaded = _safetensors(path) if path.suffix.lower() == ".safetensors" else _torch(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadInput(f"{display(path.name)} cannot be read: {reason}.") from error
    return _flattened(loaded, path)


def digest(path: Path) -> str:
    """Compute the sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _safetensors(path: Path) -> Any:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError as error:
        raise BadInput(
            f"{display(path.name)} is not a safetensors file, or it is cut short."
        ) from error


def _torch(path: Path) -> Any:
    import torch

    if _is_program(path):
        raise BadInput(
            f"{display(path.name)} is a program (TorchScript), not plain weights; it was not run. "
            "The same model is published as safetensors."
        )
    try:
        with warnings.catch_warnings():  # torch warns of old formats: they are read all the same
            warnings.simplefilter("ignore")
            with torch.serialization.safe_globals(_plain_numbers()):
                return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise BadInput(
            f"{display(path.name)} is not a plain file of weights; nothing in it was run."
        ) from error
    except (RuntimeError, EOFError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise BadInput(
            f"{display(path.name)} is not a file of weights, or it is cut short."
        ) from error


@cache
def _plain_numbers() -> list[Any]:
    """List what numpy's plain numbers are unpickled with: training scripts keep scores as such.

    None of it can run anything; types other than of numbers stay refused.
    """
    scalar = np.float64(0).__reduce__()[0]
    homes = ("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar")
    numbers = [type(np.dtype(code)) for code in "?bhilqBHILQefd"]
    return [*((scalar, home) for home in homes), np.dtype, *numbers]


def _is_program(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any("/code/" in name for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def _flattened(loaded: Any, path: Path) -> State:
    """Take the tensors out of whatever a training script wrapped them in."""
    import torch

    for wrapper in ("state_dict", "model"):
        if isinstance(loaded, dict) and isinstance(loaded.get(wrapper), dict):
            loaded = loaded[wrapper]
    tensors = loaded if isinstance(loaded, dict) else {}
    state = {
        str(name).removeprefix("module."): value
        for name, value in tensors.items()
        if isinstance(value, torch.Tensor)
    }
    if not state:
        raise BadInput(f"{display(path.name)} holds no weights.")
    return state
