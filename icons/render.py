"""Render the icon in every size it is wanted in.

.venv/bin/python icons/render.py
"""

from __future__ import annotations

import shutil
from pathlib import Path

import resvg_py

HERE = Path(__file__).resolve().parent
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
FOR_THE_WINDOW = HERE.parent / "assetman" / "ui" / "resources" / "assetman.svg"


def main() -> None:
    """Write the PNG files, and the copy that the window shows."""
    drawing = HERE / "assetman.svg"
    text = drawing.read_text("utf-8")
    for size in SIZES:
        png = bytes(resvg_py.svg_to_bytes(svg_string=text, width=size, height=size))
        (HERE / f"assetman-{size}.png").write_bytes(png)
    FOR_THE_WINDOW.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(drawing, FOR_THE_WINDOW)


if __name__ == "__main__":
    main()
