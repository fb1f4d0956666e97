"""Let torchvision be imported beside a torch that it was not compiled for.

A registry's torchvision is compiled for CUDA. Beside a torch without CUDA its compiled half
cannot load, and then its Python half, and with it open_clip, timm and the vision half of
transformers, fails to import because two operators are not even declared. None of them is
ever called here.
"""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path

_OPERATORS = ("nms", "qnms")
_lock = threading.Lock()
_kept: list[object] = []  # a torch Library undeclares its operators when it is collected


def prepare() -> None:
    """Declare torchvision's missing operators, unless it brings them itself.

    Call it before anything that imports torchvision. Calling it again does nothing.
    """
    import torch

    with _lock:
        if _kept or hasattr(torch.ops.torchvision, _OPERATORS[0]):
            return
        if _compiled_half_loads():
            return
        library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for name in _OPERATORS:
            signature = f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            library.define(signature)  # type: ignore[no-untyped-call]
        _kept.append(library)


def _compiled_half_loads() -> bool:
    import torch

    found = importlib.util.find_spec("torchvision")  # finds it without importing it
    if found is None or not found.submodule_search_locations:
        return False
    folder = Path(next(iter(found.submodule_search_locations)))
    for path in (*folder.glob("_C*.so"), *folder.glob("_C*.pyd"), *folder.glob("_C*.dylib")):
        try:
            torch.ops.load_library(path)  # type: ignore[no-untyped-call]
        except OSError:
            continue
        return True
    return False
