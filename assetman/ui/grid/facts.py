"""What is known of an asset, as rows of two columns."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDate, QDateTime, QLocale

from assetman.core.assets import AssetState, SoundFacts, display
from assetman.core.moments import clock
from assetman.core.queries import HEARD, Hit
from assetman.engine.protocol import Details
from assetman.ui.grid.wording import (
    KINDS,
    WRITTEN,
    bpm_text,
    dimensions_text,
    loudness_text,
    size_text,
)
from assetman.ui.times import length_text

Fact = int | float | str
_EXPOSURE = ("exposure", "aperture", "ISO", "focal length")
_GATHERED = {*_EXPOSURE, "format", "camera", "lens", "latitude", "longitude", "altitude"}


def fact_rows(details: Details) -> list[tuple[str, str]]:
    """List the facts of an asset: what it is and when it was made, how, where, and the rest."""
    asset, facts = details.card.asset, _folded(details.facts)
    kind = [KINDS[asset.kind].capitalize(), str(facts.get("format", ""))]
    rows = [
        ("Kind", " · ".join(filter(None, kind))),
        ("Length", "" if asset.duration is None else length_text(asset.duration)),
        *sound_rows(asset.sound),
        ("Dimensions", dimensions_text(asset)),
        ("Size", size_text(asset.size)),
        ("Taken", date_text(asset.taken, of_camera=True) if asset.taken is not None else ""),
        ("Changed", date_text(asset.modified)),
        ("Camera", str(facts.get("camera", ""))),
        ("Lens", str(facts.get("lens", ""))),
        ("Exposure", exposure_text(facts)),
        ("Place", place_text(facts)),
    ]
    for name, value in facts.items():
        if name not in _GATHERED:
            rows.append((name[:1].upper() + name[1:], _value(value)))
    if details.copies:
        rows.append(("Copies", "\n".join(display(path) for path in details.copies)))
    return [(name, value) for name, value in rows if value]


def sound_rows(sound: SoundFacts | None) -> list[tuple[str, str]]:
    """List what was measured of a sound, and what it says of its music."""
    if sound is None:
        return []
    return [
        ("Loudness", loudness_text(sound.loudness)),
        ("Peak", loudness_text(sound.peak, " dBFS")),
        ("Tempo", bpm_text(sound.bpm)),
        ("Key", sound.key or ""),
    ]


def reason_rows(hit: Hit | None) -> list[tuple[str, float]]:
    """List the parts of a score, the largest first; nothing where there is nothing to explain."""
    if hit is None:
        return []
    reasons = sorted(hit.reasons.items(), key=lambda part: -part[1])
    return [(reason_words(name, hit), share) for name, share in reasons]


def reason_words(name: str, hit: Hit) -> str:
    """Say a reason for a person: what is heard is said so, and when."""
    if name == WRITTEN:
        return "written in its name or description"
    if not name.startswith(HEARD):
        return name
    heard = "heard" if hit.start is None else f"heard at {clock(hit.start)}"
    return f"{name.removeprefix(HEARD)}, {heard}"


def folder_text(details: Details) -> str:
    """Say where an asset lies, as a person walked there: “Photos / Coast”."""
    parts = [details.root_name, *filter(None, details.relative_folder.split("/"))]
    return " / ".join(display(part) for part in parts)


def trouble_text(details: Details) -> str:
    """Say what is unusual about an asset, and what becomes of it; nothing if all is well."""
    asset = details.card.asset
    if asset.state is AssetState.MISSING:
        since = "" if asset.missing_since is None else f" since {date_text(asset.missing_since)}"
        until = "" if details.kept_until is None else f" until {day_text(details.kept_until)}"
        return (
            f"Missing{since}. What is known of it is kept{until}, and it comes back by itself "
            "when the file does."
        )
    if details.card.failure:
        return details.card.failure
    if asset.state is AssetState.OFFLINE:
        return "Offline: its drive or folder cannot be reached just now."
    return ""


def day_text(seconds: float) -> str:
    """Write a day."""
    moment = datetime.fromtimestamp(seconds)
    return QLocale().toString(QDate(moment.year, moment.month, moment.day), "d MMM yyyy")


def date_text(seconds: float, *, of_camera: bool = False) -> str:
    """Write a moment; a camera's clock knows no time zone, its hours stay as they were."""
    moment = datetime.fromtimestamp(seconds, UTC) if of_camera else datetime.fromtimestamp(seconds)
    plain = QDateTime(
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second
    )
    locale = QLocale()
    day = locale.toString(plain.date(), "d MMM yyyy")
    return f"{day}, {locale.toString(plain.time(), QLocale.FormatType.ShortFormat)}"


def exposure_text(facts: dict[str, Fact]) -> str:
    """Write how a picture was exposed in one line: time, aperture, speed, focal length."""
    known = {name: facts[name] for name in _EXPOSURE if facts.get(name)}
    return " · ".join(
        f"ISO {value}" if name == "ISO" else _value(value) for name, value in known.items()
    )


def place_text(facts: dict[str, Fact]) -> str:
    """Write where a picture was taken: “48.8584° N, 2.2945° E · 35 m”."""
    latitude, longitude = facts.get("latitude"), facts.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return ""
    north = f"{abs(latitude):.4f}° {'N' if latitude >= 0 else 'S'}"
    east = f"{abs(longitude):.4f}° {'E' if longitude >= 0 else 'W'}"
    return " · ".join(filter(None, (f"{north}, {east}", str(facts.get("altitude", "")))))


def _folded(facts: dict[str, Fact]) -> dict[str, Fact]:
    """Name what is gathered here in lower case, whatever case it came in."""
    known = {name.lower(): name for name in _GATHERED}
    return {known.get(name.lower(), name): value for name, value in facts.items()}


def _value(value: Fact) -> str:
    return f"{value:g}" if isinstance(value, float) else display(str(value))
