"""`python -m assetman`: a command, or the window."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Run the command line; without a command, open the window."""
    from multiprocessing import freeze_support

    freeze_support()  # first: in a frozen program a decode worker starts here, too
    from assetman.cli.main import main as run

    return run(open_window=_open_window)


def window() -> int:
    """Open the window, for a menu or a desktop."""
    return main()


def _open_window(folder: Path) -> int:
    from assetman.core.errors import EnvironmentProblem

    try:
        from assetman.ui.app import main as show
    except ImportError as error:  # PySide6, or a system library that it needs
        raise EnvironmentProblem(f"The window cannot be opened: {error}.") from error
    return show(folder)


if __name__ == "__main__":
    sys.exit(main())
