"""Make the README's picture of the window: `python docs/images/make.py PICTURES OUTPUT.png`.

It opens the real window over a new library of the folder PICTURES, waits until everything in it
can be found, asks, chooses the best answer, and keeps what is seen. CREDITS.md says whose pictures
the folder held. `--words` asks something else, `--light` takes the light theme.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

from PIL import Image
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from assetman.core.progress import Phase
from assetman.engine.client import connect
from assetman.ui.bridge import EngineBridge
from assetman.ui.jobs import finish
from assetman.ui.theme import Scheme, appearance
from assetman.ui.window import MainWindow

COLOURS = 256  # enough for a window of this kind, at a third of the size
OWN_COLOURS = 12  # of these, that are the window's grounds and lines
PATIENCE = 600  # seconds until a slow machine has read the pictures


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Let events pass until something is true."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("the window did not get there")
        QApplication.processEvents()
        time.sleep(0.02)


def settle(seconds: float = 1.5) -> None:
    """Let thumbnails come and fade in."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.02)


def ask(window: MainWindow, words: str) -> None:
    """Type words, and choose the best answer."""
    field = window.top_bar.search.words
    field.setText(words)
    window.session.say(words)
    wait_for(lambda: bool(window.session.results and window.session.results.hits))
    window.content.grid.go_to(window.content.grid.ids()[0])
    field.setFocus()
    field.deselect()


def reduce(image: Image.Image) -> Image.Image:
    """Reduce to few colours: the window's own exactly, those of the pictures as near as can be."""
    found = image.getcolors(image.width * image.height) or []
    own = [colour for _, colour in sorted(found, reverse=True)[:OWN_COLOURS]]
    # Colours that few pixels have count as well: they are what a small picture lives by.
    others = image.quantize(COLOURS - OWN_COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=2)
    palette = Image.new("P", (1, 1))
    flat = [part for colour in own if isinstance(colour, tuple) for part in colour]
    palette.putpalette(flat + (others.getpalette() or []))
    return image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


def take(pictures: Path, target: Path, words: str, scheme: Scheme, folder: Path) -> None:
    """Open the window over the pictures and keep what it shows."""
    bridge = EngineBridge()
    window = MainWindow(bridge, folder / "pasted")
    appearance().set_scheme(scheme)
    window.resize(1440, 900)
    window.show()
    bridge.attach(connect(folder / "library"))
    window.library.actions.add([str(pictures.resolve())])
    watch = window.library.watch
    wait_for(lambda: watch.status is not None and bool(watch.status.roots))
    wait_for(lambda: watch.working, PATIENCE)
    wait_for(lambda: watch.progress.phase is Phase.IDLE, PATIENCE)
    tree = window.library.sidebar.tree
    tree.expand(window.library.folders.index(0, 0))
    ask(window, words)
    window.message_bar.hide()
    settle()
    shot = folder / "shot.png"
    assert window.grab().save(str(shot))
    with Image.open(shot) as image:
        reduce(image.convert("RGB")).save(target, optimize=True)
    window.close()
    bridge.close()
    finish(5000)


def main() -> None:
    """Take the picture."""
    parser = argparse.ArgumentParser(description="Make the README's picture of the window.")
    parser.add_argument("pictures", type=Path, help="folder of pictures that may be shown")
    parser.add_argument("output", type=Path, help="the PNG to write")
    parser.add_argument("--words", default="a path through the mountains")
    parser.add_argument("--light", action="store_true")
    options = parser.parse_args()
    application = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        QSettings.setPath(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings")
        )
        scheme = Scheme.LIGHT if options.light else Scheme.DARK
        take(options.pictures, options.output, options.words, scheme, folder)
        application.processEvents()


if __name__ == "__main__":
    main()
