"""Write constraints.txt: the exact versions that `.venv` holds of what pyproject.toml asks for.

.venv/bin/python installer/pin.py
"""

from __future__ import annotations

import importlib.metadata
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# The exact set that is known to work together; `installer/pin.py` writes it.
"""


def asked_for() -> list[Requirement]:
    """Give what pyproject.toml names, its extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    return [Requirement(line) for line in lines]


def closure(requirements: list[Requirement]) -> dict[str, str]:
    """Give name and version of everything installed that the requirements bring."""
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    while requirements:
        requirement = requirements.pop()
        known = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if known in seen:
            continue
        seen.add(known)
        try:
            package = importlib.metadata.distribution(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform, or optional
        found[package.name] = package.version.partition("+")[0]  # no local builds
        for line in package.requires or []:
            needed = Requirement(line)
            extras = {"", *requirement.extras}
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
                requirements.append(needed)
    return found


def main() -> None:
    """Write the file."""
    pins = closure(asked_for())
    lines = [f"{name}=={pins[name]}\n" for name in sorted(pins, key=str.lower)]
    (ROOT / "constraints.txt").write_text(HEAD + "".join(lines), "utf-8")


if __name__ == "__main__":
    main()
