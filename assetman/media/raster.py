"""Pictures made of pixels: everything Pillow and pi-heif open."""

from __future__ import annotations

import errno
import io
import logging
from functools import cache, cached_property
from typing import BinaryIO

from PIL import Image, ImageChops, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError

from assetman.core.assets import Passage
from assetman.core.errors import BadInput
from assetman.media import colour, formats
from assetman.media.captions import captions_of
from assetman.media.handler import Limits
from assetman.media.metadata import Facts, Metadata, read_exif, taken_from_xmp

# Our own limit is checked before anything is decoded, with words of our own.
Image.MAX_IMAGE_PIXELS = None
# What a person should know is said by what is raised.
logging.getLogger("PIL").setLevel(logging.CRITICAL)
# Programs that make pictures keep whole workflows in compressed text.
PngImagePlugin.MAX_TEXT_CHUNK = 16 << 20

# By name, so that no plugin that starts another program is ever asked (EPS: Ghostscript).
_FORMATS = (
    *("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "DIB", "AVIF", "JPEG2000", "ICO", "CUR"),
    *("ICNS", "TGA", "PPM", "PSD", "DDS", "QOI", "PCX", "DCX", "SGI", "SUN", "FLI", "FTEX"),
    *("FITS", "BLP", "GBR", "MSP", "PCD", "PIXAR", "XBM", "XPM"),
)

_FORMAT_NAMES = {"MPO": "JPEG", "JPEG2000": "JPEG 2000", "WEBP": "WebP", "DIB": "BMP"}
_COLOUR_NAMES = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey with transparency",
    "P": "palette",
    "PA": "palette with transparency",
    "RGB": "RGB",
    "RGBA": "RGB with transparency",
    "RGBX": "RGB",
    "CMYK": "CMYK",
    "YCbCr": "YCbCr",
    "LAB": "Lab",
    "HSV": "HSV",
    "I": "grey, 32 bit",
    "F": "grey, 32 bit floating point",
}

CUT_OFF = "The picture is cut off: the file ends before the picture does"
DAMAGED = "The picture is damaged and cannot be read"
VIDEO = "This is no picture but a video with the ending of a picture"
NO_PICTURE = "This is not a picture Assetman can read"


def check_pixels(width: int, height: int, limits: Limits) -> None:
    """Refuse a picture with more pixels than allowed, before it is decoded."""
    if width * height > limits.pixels:
        allowed = limits.pixels
        millions = allowed >= 1_000_000 and allowed % 1_000_000 == 0
        most = f"{allowed // 1_000_000:,} million" if millions else f"{allowed:,}"
        raise BadInput(
            f"The picture is {width:,} × {height:,} pixels, more than the {most} allowed"
        )


class RasterPicture:
    """A picture file that is open and not decoded yet."""

    full_share = 1.0

    def __init__(self, picture: Image.Image, file: BinaryIO, limits: Limits) -> None:
        self._picture = picture
        self._file = file
        self._limits = limits
        self._size = picture.size
        if not all(self._size):
            raise BadInput("The picture has no pixels")
        # Pillow itself turns what it reads from a TIFF
        self.turn(1 if picture.format == "TIFF" else self.metadata.orientation or 1)

    def turn(self, orientation: int) -> None:
        """Say which way is up (EXIF 1..8), for a file that does not say it itself."""
        self._orientation = orientation
        width, height = self._size
        turned = colour.swaps_sides(orientation)
        self.width, self.height = (height, width) if turned else (width, height)

    @cached_property
    def metadata(self) -> Metadata:
        """What the file says of itself."""
        picture = self._picture
        metadata = _exif(picture, self._limits)
        facts: Facts = {
            "format": _FORMAT_NAMES.get(picture.format or "", picture.format or "unknown"),
            "colour": _COLOUR_NAMES.get(picture.mode, "grey, 16 bit"),
        }
        profile = self._profile()
        name = colour.profile_name(profile) if profile else None
        if name:
            facts["profile"] = name
        metadata.facts = facts | metadata.facts
        if metadata.taken is None:
            metadata.taken = taken_from_xmp(picture.info.get("xmp"))
        return metadata

    @property
    def written(self) -> tuple[Passage, ...]:
        """What is written in the file about the picture."""
        return captions_of(self._picture)

    def pixels(self, share: float) -> Image.Image:
        """Decode to upright RGB or RGBA in sRGB, at `share` of its size or more, up to 1."""
        check_pixels(*self._leave_out_detail(max(1, int(1 / share))), self._limits)
        if self._picture.format in ("JPEG", "MPO"):
            _check_jpeg_size(self._file, *self._size)
        picture = self._load()
        # the decoder may have had no say in it, or have stopped at a power of two
        reached = max(picture.width / self._size[0], picture.height / self._size[1])
        if picture.mode in ("I", "F"):
            picture = colour.scaled_range(picture)
        small = colour.shrunk(picture, int(reached / share / 2))
        return colour.upright(colour.srgb(small, self._profile()), self._orientation)

    def _leave_out_detail(self, factor: int) -> tuple[int, int]:
        """Ask a decoder that can to make a picture up to `factor` times smaller each way.

        Gives the size it will decode to.
        """
        picture = self._picture
        powers = factor.bit_length() - 1
        if powers and isinstance(picture, JpegImagePlugin.JpegImageFile):
            side = 1 << min(powers, 3)
            picture.draft(None, (max(1, picture.width // side), max(1, picture.height // side)))
        elif powers and picture.format == "JPEG2000":
            halvings = min(powers, _wavelet_levels(self._file))
            while not all(_halved_alike(side, halvings) for side in picture.size):
                halvings -= 1
            picture.reduce = halvings  # type: ignore[method-assign, assignment]
            return max(1, picture.width >> halvings), max(1, picture.height >> halvings)
        return picture.size

    def _load(self) -> Image.Image:
        picture = self._picture
        try:
            picture.load()
        except (MemoryError, BadInput):
            raise
        except Exception as error:
            if _is_of_the_disk(error):
                raise
            if "memory" in str(error).lower():
                raise MemoryError from error
            if not _says_cut_off(error):
                raise BadInput(DAMAGED) from error
            if isinstance(picture, JpegImagePlugin.JpegImageFile):
                whole = _without_its_end(self._file, picture.decoderconfig)
                if whole is not None:
                    return whole
            raise BadInput(CUT_OFF) from error
        if picture.mode in ("P", "PA") and picture.palette is None:
            raise BadInput(DAMAGED)
        return picture

    def _profile(self) -> bytes | None:
        profile = self._picture.info.get("icc_profile")
        return profile if isinstance(profile, bytes) and profile else None


def open_raster(file: BinaryIO, limits: Limits) -> RasterPicture:
    """Open a picture by its content, whatever its name; raises BadInput."""
    start = file.read(512)
    file.seek(0)
    if start[4:8] == b"ftyp":
        _know_heif()
        names: tuple[str, ...] = ("AVIF", "HEIF", "JPEG2000")
    else:
        names = _FORMATS
    try:
        picture = Image.open(file, formats=names)
    except UnidentifiedImageError as error:
        if formats.looks_like_video(start):
            raise BadInput(VIDEO) from error
        known = _looks_like_a_picture(start)
        raise BadInput(DAMAGED if known else NO_PICTURE) from error
    except MemoryError as error:  # a header takes next to nothing: one that asks for more lies
        raise BadInput(DAMAGED) from error
    except Exception as error:
        if _is_of_the_disk(error):
            raise
        raise BadInput(CUT_OFF if _says_cut_off(error) else DAMAGED) from error
    return RasterPicture(picture, file, limits)


@cache
def _know_heif() -> None:
    import pi_heif

    # the pool already uses every core
    pi_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False)


def _exif(picture: Image.Image, limits: Limits) -> Metadata:
    # Pillow decodes a PNG to see whether EXIF stands behind its pixels
    if picture.format == "PNG" and picture.width * picture.height > limits.pixels:
        return Metadata()
    try:
        return read_exif(picture.getexif())
    except Exception:  # what is in a file may break any parser; the pixels may be fine
        return Metadata()


_SIGNATURES = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n",
    b"GIF8",
    b"II*\0",
    b"MM\0*",
    b"8BPS",
    b"\0\0\0\x0cjP  ",
    b"qoif",
    b"icns",
)


def _looks_like_a_picture(start: bytes) -> bool:
    container = start[4:8] == b"ftyp" or (start[:4] == b"RIFF" and start[8:12] == b"WEBP")
    return container or start.startswith(_SIGNATURES)


def _is_of_the_disk(error: Exception) -> bool:
    """Tell whether the system could not read, which is no fault of the picture's.

    A picture that points before its own beginning, or beyond any file, is damaged.
    """
    lies = (None, errno.EINVAL, errno.EOVERFLOW, errno.EFBIG)
    return isinstance(error, OSError) and error.errno not in lies


def _says_cut_off(error: Exception) -> bool:
    words = str(error).lower()
    return any(word in words for word in ("truncated", "not enough", "end of file", "eof"))


def _wavelet_levels(file: BinaryIO) -> int:
    """Find how often a JPEG 2000 picture can be halved while it is decoded (ISO 15444-1, A.6.1)."""
    here = file.tell()
    file.seek(0)
    data = file.read(1 << 20)  # boxes of metadata may stand before the picture
    file.seek(here)
    at = data.find(b"\xff\x4f\xff\x51") + 2
    while at >= 2 and at + 10 <= len(data) and data[at] == 0xFF:
        if data[at + 1] == 0x52:  # the coding style
            return data[at + 9]
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0


def _halved_alike(side: int, times: int) -> bool:
    """Tell whether Pillow (which rounds) and the standard (which rounds up) agree on a size."""
    return (side + (1 << times >> 1)) >> times == -(-side >> times)


def _without_its_end(file: BinaryIO, scale: tuple[int, ...]) -> Image.Image | None:
    """Read a JPEG whose last bytes are missing, if next to none of the picture is.

    Some cameras never write the end marker. libjpeg fills what is missing without a word, so
    the file is read with two different ends: where the pictures differ, nothing was there.
    """
    file.seek(0)
    data = file.read().rstrip(b"\xff")  # half an end marker
    noise = bytes((37 * n) % 251 for n in range(1, 512))
    decoded = []
    for end in (b"\xff\xd9", noise + b"\xff\xd9"):
        with Image.open(io.BytesIO(data + end), formats=["JPEG"]) as picture:
            if scale and isinstance(picture, JpegImagePlugin.JpegImageFile):
                side = scale[0]
                size = (max(1, picture.width // side), max(1, picture.height // side))
                picture.draft(None, size)
            try:
                picture.load()
            except (OSError, SyntaxError):
                return None
            decoded.append(picture)
    difference = ImageChops.difference(*decoded)
    worst = max(_share_above_zero(band) for band in difference.split())
    return decoded[0] if worst <= 0.01 else None


def _check_jpeg_size(file: BinaryIO, width: int, height: int) -> None:
    """Refuse a JPEG that has fewer bytes than its size takes at least.

    libjpeg fills what is missing with grey. Where Huffman codes are used, as nearly everywhere,
    each block of 8 by 8 pixels takes a bit or more (ITU T.81, F.1.2.1 and G.1.2.1).
    """
    here = file.tell()
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    start = file.read(1 << 16) if size * 8 * 64 < width * height else b""
    file.seek(here)
    if any(start.find(bytes((0xFF, kind))) >= 0 for kind in (0xC0, 0xC1, 0xC2)):
        raise BadInput(CUT_OFF)


def _share_above_zero(band: Image.Image) -> float:
    histogram = band.histogram()
    return 1 - histogram[0] / sum(histogram)
