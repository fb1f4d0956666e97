"""Showing files where they lie, in the system's own file manager. Blocks: call it in jobs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from assetman.core.assets import display
from assetman.core.errors import EnvironmentProblem
from assetman.ui.grid.pictures import file_url

PATIENCE = 8  # seconds for a file manager to answer


def reveal(paths: Sequence[str]) -> None:
    """Open the file manager with these files marked.

    Raises EnvironmentProblem if they cannot be reached or no file manager answers.
    """
    require(paths)
    if sys.platform == "win32":
        # Explorer wants the quotes around the path alone and always exits with 1.
        subprocess.run(f'explorer /select,"{os.path.normpath(paths[0])}"', timeout=PATIENCE)
    elif sys.platform == "darwin":
        subprocess.run(["open", "-R", *paths], check=True, timeout=PATIENCE)
    else:
        _reveal_by_bus(paths)


def require(paths: Sequence[str]) -> None:
    """Raise EnvironmentProblem if one of the files cannot be reached just now."""
    for path in paths:
        if not os.path.lexists(path):
            name, folder = display(os.path.basename(path)), os.path.dirname(path)
            if os.path.isdir(folder):
                raise EnvironmentProblem(f"{name} is no longer in {display(folder)}.")
            raise EnvironmentProblem(f"{name} cannot be reached: its drive or folder is away.")


def _reveal_by_bus(paths: Sequence[str]) -> None:
    # A comma would divide the list that dbus-send is given.
    files = [
        bytes(file_url(path).toEncoded().data()).decode().replace(",", "%2C") for path in paths
    ]
    interface = "org.freedesktop.FileManager1"
    place = "/org/freedesktop/FileManager1"
    commands = [
        [
            "dbus-send", "--session", "--print-reply", f"--dest={interface}", place,
            f"{interface}.ShowItems", f"array:string:{','.join(files)}", "string:",
        ],
        [
            "gdbus", "call", "--session", "--dest", interface, "--object-path", place,
            "--method", f"{interface}.ShowItems", str(files), "",
        ],
    ]  # fmt: skip
    for command in commands:
        if shutil.which(command[0]) is None:
            continue
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
        except (subprocess.SubprocessError, OSError):
            continue
        return
    # No file manager that can mark files: its folder is the next best.
    if opener := shutil.which("xdg-open"):
        done = subprocess.run(
            [opener, os.path.dirname(paths[0])], capture_output=True, timeout=PATIENCE
        )
        if done.returncode == 0:
            return
    raise EnvironmentProblem("No file manager answered. Copy the path instead.")
