"""What a person may set for a library, read from `settings.toml` in its folder."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from assetman.core.errors import EnvironmentProblem


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and habits. Every field has a default that suits most people."""

    ignore: tuple[str, ...] = ()  # .gitignore-like patterns beside the built-in ones
    device: str = "auto"  # "auto", "cpu", "cuda", "mps"
    decode_workers: int = 0  # processes; 0: as many as the cores allow
    decode_seconds: float = 60.0  # for one file
    decode_memory: int = 4 << 30  # bytes, for one worker
    decode_pixels: int = 500_000_000  # a larger picture is refused
    thumbnail_side: int = 512  # pixels, the longer side
    preview_cache: int = 2 << 30  # bytes
    keep_missing_days: float = 30.0  # that assets whose files are gone, and removed roots, are kept


def load_settings(path: Path) -> Settings:
    """Read settings; a file that does not exist gives the defaults.

    Raises EnvironmentProblem for a file that cannot be read or says something unknown.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EnvironmentProblem(f"{path} cannot be read: {error}") from error
    defaults = Settings()
    values: dict[str, object] = {}
    known = {field.name for field in fields(Settings)}
    for name, value in given.items():
        if name not in known:
            raise EnvironmentProblem(f"{path}: there is no setting “{name}”")
        default = getattr(defaults, name)
        if isinstance(default, tuple) and isinstance(value, list):
            values[name] = tuple(str(item) for item in value)
        elif isinstance(default, float) and isinstance(value, int | float):
            values[name] = float(value)
        elif type(value) is type(default):
            values[name] = value
        else:
            raise EnvironmentProblem(f"{path}: “{name}” should be like {default!r}")
    return Settings(**values)  # type: ignore[arg-type]


def cores() -> int:
    """Count the cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
