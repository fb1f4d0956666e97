"""The model that reads text in pictures: PaddlePaddle's PP-OCR, run by RapidOCR on ONNX Runtime.

The weights lie in RapidOCR's package. Chinese, Japanese and languages in Latin letters are read;
other scripts are not, and what the model is not sure of is left out.
"""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from assetman.core.assets import Box
from assetman.core.errors import EnvironmentProblem
from assetman.core.lettering import ReadLine
from assetman.core.settings import cores

MODEL = "PP-OCRv6 small"
_PARTS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
}
_LOOKED_AT = 1120  # pixels of the longer side in which lines are looked for
_LETTERS = 2  # a single one is mostly a wheel, a leaf, a handle
_SURE = 0.8  # what is less sure is left out: patterns that look like letters are


class TextReader:
    """Loaded when it is first used. Used by one thread at a time."""

    def __init__(self) -> None:
        self._model: Any = None

    def read(self, pixels: np.ndarray) -> list[ReadLine]:
        """Read the lines in (h, w, 3) uint8 sRGB, upright, from top to bottom.

        Raises EnvironmentProblem where the model cannot be loaded.
        """
        if self._model is None:
            self._model = _loaded()
        height, width = pixels.shape[:2]
        found = self._model(np.ascontiguousarray(pixels[:, :, ::-1]))
        if found.txts is None or found.boxes is None:
            return []
        lines = []
        for text, sureness, corners in zip(found.txts, found.scores, found.boxes, strict=True):
            shown = " ".join(str(text).split())
            box = _box(np.asarray(corners, np.float64) / (width, height))
            telling = sum(letter.isalnum() for letter in shown) >= _LETTERS
            if telling and box is not None and sureness >= _SURE:
                lines.append(ReadLine(shown, box, float(sureness)))
        return sorted(lines, key=lambda line: (line.box.top, line.box.left))

    def unload(self) -> None:
        """Let the model go; it loads again when it is used."""
        self._model = None


def _loaded() -> Any:
    found = find_spec("rapidocr")
    if found is None or found.origin is None:
        raise EnvironmentProblem("To read text in pictures takes the package rapidocr.")
    models = Path(found.origin).parent / "models"
    lacking = [name for name in _PARTS.values() if not (models / name).is_file()]
    if lacking:  # it would be looked for on the network
        raise EnvironmentProblem(f"The package rapidocr lacks its model {lacking[0]}.")
    from rapidocr import RapidOCR

    settings = {
        "Global.log_level": "critical",
        "Global.max_side_len": 4096,
        "Det.limit_type": "max",
        "Det.limit_side_len": _LOOKED_AT,
        "EngineConfig.onnxruntime.intra_op_num_threads": cores(),
    }
    settings |= {name: str(models / part) for name, part in _PARTS.items()}
    try:
        return RapidOCR(params=settings)
    except Exception as error:  # of many libraries, each with errors of its own
        raise EnvironmentProblem(f"The model of text cannot be loaded: {error}") from error


def _box(corners: np.ndarray) -> Box | None:
    """Give the rectangle around (4, 2) corners in shares; None for one without an inside."""
    left, top = (max(0.0, float(side)) for side in corners.min(axis=0))
    right, bottom = (min(1.0, float(side)) for side in corners.max(axis=0))
    if not all(map(math.isfinite, (left, top, right, bottom))) or right <= left or bottom <= top:
        return None
    return Box(left, top, right - left, bottom - top)
