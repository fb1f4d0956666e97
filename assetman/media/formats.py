"""The endings of the files Assetman reads, told without loading what reads them.

A file is chosen by its ending and then read by its content: a PNG named .jpg is a PNG.
"""

from __future__ import annotations


def _endings(words: str) -> frozenset[str]:
    return frozenset(f".{word}" for word in words.split())


# Everything Pillow and pi-heif open without another program. Left out of Pillow's own list:
# what it hands to a program (EPS, PS), only writes (PDF, PALM), cannot decode (MPEG, HDF5,
# GRIB, BUFR), draws with Windows alone (WMF, EMF), gives up soon (IM), or is no file (IPTC).
RASTER = _endings(
    "apng avif avifs blp bmp bw cur dcx dds dib fit fits flc fli ftc ftu gbr gif heic heics heif"
    " heifs hif icb icns ico j2c j2k jfif jp2 jpc jpe jpeg jpf jpg jpx mpo msp pbm pcd pcx pfm"
    " pgm png pnm ppm psd pxr qoi ras rgb rgba sgi tga tif tiff vda vst webp xbm xpm"
)

# What LibRaw reads.
RAW = _endings(
    "3fr ari arw bay cap cr2 cr3 crw dcr dcs dng erf fff gpr iiq k25 kdc mdc mef mos mrw nef nrw"
    " orf ori pef ptx raf raw rw2 rwl rwz sr2 srf srw x3f"
)

DRAWINGS = _endings("svg svgz")

PICTURES = RASTER | RAW | DRAWINGS

# Containers that FFmpeg reads, never lists of other files (M3U, DASH, concat, SDP).
VIDEOS = _endings(
    "3g2 3gp 3gp2 3gpp amv asf avi dav divx dv f4v flv gxf ismv ivf m1v m2p m2t m2ts m2v m4v mk3d"
    " mkv mov mp4 mp4v mpe mpeg mpg mpv mqv mts mxf nsv nut ogm ogv qt rm rmvb tod trp ts"
    " vob vro webm wm wmv wtv xvid y4m"
)

# Recorded sound that FFmpeg reads: no notes to be played (MIDI, modules of trackers). Those of shops
# (aa, aax, m4p) are locked, and said to be.
SOUNDS = _endings(
    "3ga 8svx aa aa3 aac aax ac3 adts aif aifc aiff alac amr ape au awb bwf caf dff dsf dts dtshd eac3"
    " ec3 f4a flac gsm iff latm loas m4a m4b m4p m4r mka mlp mp1 mp2 mp3 mpa mpc mpga nist nsa oga ogg"
    " oma omg opus qcp qoa ra rf64 shn smp snd sox spx svx tak tta voc vox w64 wav wave weba wma wv"
    " wve xwma"
)

# Pictures share this form of file with films: what the brand of a picture is.
SIDECAR = ".xmp"  # no picture, but what programs write about the file beside it

STILL_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"avis", b"crx "))
_FILM_STARTS = (b"\x1a\x45\xdf\xa3", b"\x30\x26\xb2\x75", b"FLV\x01", b".RMF", b"\0\0\1\xba")
_FILM_BOXES = frozenset((b"moov", b"mdat", b"wide", b"pnot"))


_SOUND_STARTS = (
    b"fLaC",
    b"OggS",
    b"ID3",
    b"MAC ",
    b"wvpk",
    b"#!AMR",
    b".snd",
    b"caff",
    b"TTA1",
    b"\x0b\x77",
)
_FRAMES = frozenset(
    bytes((kind,)) for kind in b"\xfb\xfa\xf3\xf2\xe3\xfd\xfc\xf5\xf4\xf1\xf0\xf9\xf8"
)
_SOUND_FORMS = (b"WAVE", b"AIFF", b"AIFC", b"8SVX")
_SOUND_BRANDS = frozenset((b"M4A ", b"M4B ", b"M4P ", b"F4A "))


def looks_like_sound(start: bytes) -> bool:
    """Tell from the first bytes, a few hundred, whether a file is a sound, whatever its name."""
    if start[:4] in (b"RIFF", b"RF64", b"BW64", b"FORM"):
        return start[8:12] in _SOUND_FORMS
    if start[4:8] == b"ftyp":
        return start[8:12] in _SOUND_BRANDS
    framed = start[:1] == b"\xff" and start[1:2] in _FRAMES
    return framed or start.startswith(_SOUND_STARTS)


def looks_like_video(start: bytes) -> bool:
    """Tell from the first bytes, a few hundred, whether a file is a film, whatever its name."""
    if start[4:8] == b"ftyp":
        return start[8:12] not in STILL_BRANDS | _SOUND_BRANDS
    if start[:4] == b"RIFF":
        return start[8:12] == b"AVI "
    if start[:1] == b"\x47":
        return start[188:189] == b"\x47"
    return start.startswith(_FILM_STARTS) or start[4:8] in _FILM_BOXES


def is_sidecar(name: str) -> bool:
    """Tell whether a file of a name is a sidecar."""
    return name.lower().endswith(SIDECAR) and len(name) > len(SIDECAR) and name[0] != "."
