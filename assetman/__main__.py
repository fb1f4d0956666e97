"""`python -m assetman`: a command, or the window."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line."""
    from multiprocessing import freeze_support

    freeze_support()  # first: in a frozen program a decode worker starts here, too
    from assetman.cli.main import main as run

    return run()


def window() -> int:
    """Open the window, for a menu or a desktop."""
    return main()


if __name__ == "__main__":
    sys.exit(main())
