"""Time until the window is painted and takes keys, against a bare window of Qt.

usage: python benchmarks/start.py [--rounds N] [--platform offscreen|xcb]

Each round starts both windows anew, one after the other, as processes of their own, on a library
that exists. Times run from before the process is started. Ends with what the window's process
had imported by then; a model library among it is a failure. On xcb a window manager must run, or
no window gets the keys.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MARKS = ("first paint", "takes keys", "library open")
NEVER = {"torch", "torchvision", "open_clip", "timm", "transformers", "PIL", "sqlite3"}
LIMIT = 60_000  # milliseconds for one start


def started(what: str, folder: Path, platform: str) -> dict[str, Any]:
    """Start one window in a process of its own; give its times in seconds, and its modules."""
    answer = folder / "answer.json"
    answer.unlink(missing_ok=True)
    environment = os.environ | {"QT_QPA_PLATFORM": platform}
    with (folder / "said.txt").open("w+", encoding="utf-8") as said:
        begin = time.time()
        done = subprocess.run(
            [sys.executable, "-P", __file__, "--window", what, str(folder), str(begin)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            timeout=2 * LIMIT / 1000,
        )
        if done.returncode or not answer.exists():
            sys.exit(f"the window did not come up:\n{Path(said.name).read_text('utf-8')}")
    found: dict[str, Any] = json.loads(answer.read_text("utf-8"))
    return found


def be_window(what: str, folder: Path, begin: float) -> int:
    """Be the process that is measured: open the window, note the marks, close."""
    from PySide6.QtCore import QEvent, QObject, Qt, QTimer
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

    application = QApplication([what])
    marks: dict[str, float] = {}

    def note(mark: str) -> None:
        marks.setdefault(mark, time.time() - begin)
        if len(marks) == (len(MARKS) if what == "assetman" else 2):
            modules = sorted({name.partition(".")[0] for name in sys.modules})
            text = json.dumps({"marks": marks, "modules": modules})
            (folder / "answer.json").write_text(text, "utf-8")
            for window in application.topLevelWidgets():
                window.close()

    def type_a_letter() -> None:
        field = application.focusWidget()
        if isinstance(field, QLineEdit):
            key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
            QApplication.sendEvent(field, key)
            if field.text() == "a":
                field.clear()
                note("takes keys")
                return
        QTimer.singleShot(1, type_a_letter)

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
            if isinstance(watched, QMainWindow) and event.type() == QEvent.Type.Paint:
                application.removeEventFilter(self)
                # When these timers fire, the whole window has been painted.
                QTimer.singleShot(0, lambda: note("first paint"))
                QTimer.singleShot(0, type_a_letter)
                bridge = getattr(watched, "bridge", None)
                if bridge is not None:
                    bridge.attached.connect(lambda: note("library open"))
            return False

    watch = Watch()
    application.installEventFilter(watch)
    QTimer.singleShot(LIMIT, application.quit)
    if what == "assetman":
        from assetman.__main__ import main

        sys.argv = ["assetman", "--library", str(folder / "library")]
        return main()
    window = QMainWindow()
    field = QLineEdit()
    window.setCentralWidget(field)
    window.resize(1280, 800)
    window.show()
    field.setFocus()
    return application.exec()


def make_library(folder: Path) -> None:
    """Make the library, so that no start has to."""
    command = [sys.executable, "-P", "-m", "assetman", "--library", str(folder / "library")]
    subprocess.run([*command, "status"], stdout=subprocess.DEVNULL, check=True)


def foreign(modules: list[str]) -> list[str]:
    """Give those modules that are neither Python's nor ours."""
    known = sys.stdlib_module_names | {"assetman", "shibokensupport", "signature_bootstrap"}
    return [name for name in modules if name not in known and not name.startswith("_")]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="time until the window can be used")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--platform", default="offscreen")
    options = parser.parse_args()
    runs: dict[str, list[dict[str, Any]]] = {"assetman": [], "bare": []}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        make_library(folder)
        for _ in range(options.rounds):
            for what, found in runs.items():
                found.append(started(what, folder, options.platform))
    print(f"median of {options.rounds} starts, {options.platform}, seconds (slowest)")
    print(f"{'':14}{'Assetman':>16}{'bare Qt window':>18}{'ratio':>8}")
    for mark in MARKS:
        times = {what: [run["marks"].get(mark) for run in found] for what, found in runs.items()}
        ours, bare = (times[what] for what in ("assetman", "bare"))
        row = f"{mark:14}{statistics.median(ours):9.2f} ({max(ours):.2f})"
        if None not in bare:
            row += f"{statistics.median(bare):11.2f} ({max(bare):.2f})"
            row += f"{statistics.median(ours) / statistics.median(bare):8.1f}"
        print(row)
    modules = runs["assetman"][-1]["modules"]
    print("modules of others in the window's process:", ", ".join(foreign(modules)))
    wrong = sorted(NEVER & set(modules))
    print("of these, that must not be there:", ", ".join(wrong) or "none")
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--window"]:
        sys.exit(be_window(sys.argv[2], Path(sys.argv[3]), float(sys.argv[4])))
    sys.exit(main())
