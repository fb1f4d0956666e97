"""What a picture says of itself: when, with what, how and where it was taken.

Everything here comes out of files that anybody may have written: nothing raises, and what
makes no sense is left out.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from PIL import Image

_EXIF, _GPS = 0x8769, 0x8825
_LONGEST = 500  # characters of a text worth showing

_DATE = re.compile(
    r"\s*(\d{4})[-:./](\d{1,2})[-:./](\d{1,2})"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
)
_XMP_DATE = re.compile(
    rb"(?:exif:DateTimeOriginal|photoshop:DateCreated|xmp:CreateDate)"
    rb"\s*(?:=\s*[\"']|>)\s*([0-9T:.\- ]{8,40})"
)

Facts = dict[str, str | int | float]


@dataclass(slots=True)
class Metadata:
    """Facts ready to show, when it was taken, and which way is up (EXIF 1..8)."""

    taken: float | None = None  # seconds since the epoch, the camera's wall clock read as UTC
    facts: Facts = field(default_factory=dict)
    orientation: int | None = None  # None: the file does not say


def read_exif(exif: Image.Exif) -> Metadata:
    """Read what matters to a person out of EXIF."""
    main = _directory(exif, None)
    photo = {**main, **_directory(exif, _EXIF)}
    metadata = Metadata(orientation=_orientation(main.get(0x0112)))
    for tag, subsecond in ((0x9003, 0x9291), (0x9004, 0x9292), (0x0132, 0x9290)):
        metadata.taken = parse_date(text_of(photo.get(tag)), text_of(photo.get(subsecond)))
        if metadata.taken is not None:
            break
    facts = metadata.facts
    _put(facts, "camera", named(text_of(main.get(0x010F)), text_of(main.get(0x0110))))
    _put(facts, "lens", named(text_of(photo.get(0xA433)), text_of(photo.get(0xA434))))
    _put(facts, "exposure", exposure(_number(photo.get(0x829A))))
    _put(facts, "aperture", aperture(_number(photo.get(0x829D))))
    _put(facts, "ISO", _whole(photo.get(0x8827)))
    _put(facts, "focal length", focal_length(_number(photo.get(0x920A))))
    _put(facts, "focal length (35 mm)", focal_length(_number(photo.get(0xA405))))
    bias = _number(photo.get(0x9204))
    if bias is not None and abs(bias) >= 0.05 and abs(bias) < 100:
        facts["exposure bias"] = f"{bias:+.1f} EV".replace("-", "−")
    flash = _whole(photo.get(0x9209))
    if flash is not None:
        facts["flash"] = "fired" if flash & 1 else "not fired"
    _put(facts, "description", text_of(main.get(0x010E)))
    _put(facts, "artist", text_of(main.get(0x013B)))
    _put(facts, "copyright", text_of(main.get(0x8298)))
    _put(facts, "software", text_of(main.get(0x0131)))
    facts.update(_place(_directory(exif, _GPS)))
    return metadata


def taken_from_xmp(xmp: object) -> float | None:
    """Find the date of creation in an XMP packet."""
    if isinstance(xmp, str):
        xmp = xmp.encode("utf-8", "replace")
    if not isinstance(xmp, bytes):
        return None
    found = _XMP_DATE.search(xmp[: 1 << 20])
    return parse_date(found[1].decode("ascii", "replace")) if found else None


def parse_date(text: str | None, subsecond: str | None = None) -> float | None:
    """Read a date as cameras write it (`2021:05:03 12:34:56`); its wall clock counts as UTC."""
    found = _DATE.match(text or "")
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:
        return None
    digits = found[7] or (subsecond or "").strip()
    share = float(f"0.{digits}") if digits.isascii() and digits.isdigit() else 0.0
    return calendar.timegm(moment.timetuple()) + share


def named(make: str | None, model: str | None) -> str | None:
    """Join maker and model without saying the maker twice (`Canon`, `Canon EOS 5D`)."""
    if not make or not model:
        return model or make
    if model.lower().startswith(make.lower().split()[0]):
        return model
    return f"{make} {model}"


def exposure(seconds: float | None) -> str | None:
    """Write an exposure time as photographers do: `1/250 s`, `2.5 s`."""
    if seconds is None or not 0 < seconds < 1e6:
        return None
    return f"1/{round(1 / seconds)} s" if seconds < 0.3 else f"{seconds:.3g} s"


def aperture(number: float | None) -> str | None:
    """Write an f-number: `f/2.8`."""
    return None if number is None or not 0 < number < 1000 else f"f/{number:.3g}"


def focal_length(millimetres: float | None) -> str | None:
    """Write a focal length: `50 mm`."""
    return None if millimetres is None or not 0 < millimetres < 1e5 else f"{millimetres:.3g} mm"


def _directory(exif: Image.Exif, number: int | None) -> Mapping[int, object]:
    # Pillow reads lazily and trusts what it finds: any error of any kind may come out.
    try:
        return dict(exif) if number is None else dict(exif.get_ifd(number))
    except Exception:
        return {}


def _put(facts: Facts, name: str, value: str | int | None) -> None:
    if value is not None:
        facts[name] = value


def _orientation(value: object) -> int | None:
    number = _whole(value)
    return number if number is not None and 1 <= number <= 8 else None


def text_of(value: object) -> str | None:
    """Bring what a file has for a text to one line that any screen takes; None if nothing is left."""
    if isinstance(value, bytes):
        value = value[: 4 * _LONGEST].split(b"\0")[0].decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    value = value[: 4 * _LONGEST].split("\0")[0]
    value = "".join(c if c.isprintable() else " " for c in value)
    value = " ".join(value.split())[:_LONGEST]
    return value or None


def _number(value: object) -> float | None:
    if isinstance(value, tuple) and value:
        value = value[0]
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and 0 <= number < 1 << 40 else None


def _place(gps: Mapping[int, object]) -> Facts:
    latitude = _degrees(gps.get(2), gps.get(1), "S", 90)
    longitude = _degrees(gps.get(4), gps.get(3), "W", 180)
    # A camera that had no fix writes zeros: nobody takes pictures at 0° N 0° E.
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return {}
    place: Facts = {"latitude": latitude, "longitude": longitude}
    height = _number(gps.get(6))
    if height is not None and abs(height) < 1e5:
        below = gps.get(5) in (1, b"\x01")
        place["altitude"] = f"{-height if below else height:.0f} m".replace("-", "−")
    return place


def _degrees(value: object, side: object, negative: str, most: int) -> float | None:
    if not isinstance(value, tuple) or not 1 <= len(value) <= 3:
        return None
    parts = [_number(part) for part in value]
    total = 0.0
    for part, share in zip(parts, (1, 60, 3600), strict=False):
        if part is None or part < 0:
            return None
        total += part / share
    if total > most:
        return None
    return round(-total if (text_of(side) or "").upper() == negative else total, 6)
