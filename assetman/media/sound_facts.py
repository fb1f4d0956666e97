"""What a sound says of its form: container, coding, channels, rates."""

from __future__ import annotations

import re

from av.audio.stream import AudioStream
from av.container import InputContainer

from assetman.media.metadata import Facts

_FORMATS = {
    "wav": "WAV",
    "w64": "Wave64",
    "aiff": "AIFF",
    "flac": "FLAC",
    "mp3": "MP3",
    "aac": "AAC",
    "loas": "AAC",
    "ogg": "Ogg",
    "mov": "MPEG-4",
    "matroska": "Matroska",
    "asf": "Windows Media",
    "ape": "Monkey's Audio",
    "caf": "Core Audio",
    "au": "AU",
    "amr": "AMR",
    "tta": "True Audio",
    "wv": "WavPack",
    "mpc": "Musepack",
    "mpc8": "Musepack",
    "voc": "Creative Voice",
    "dsf": "DSF",
    "iff": "IFF",
    "rm": "RealAudio",
    "avi": "AVI",
    "mpegts": "MPEG transport stream",
}
_CODECS = {
    "aac_latm": "AAC",
    "adpcm_ima_qt": "ADPCM",
    "adpcm_ima_wav": "ADPCM",
    "adpcm_ms": "ADPCM",
    "alac": "Apple Lossless",
    "amrnb": "AMR",
    "amrwb": "AMR wideband",
    "ape": "Monkey's Audio",
    "dca": "DTS",
    "libopus": "Opus",
    "libspeex": "Speex",
    "libvorbis": "Vorbis",
    "mp2float": "MP2",
    "mp3float": "MP3",
    "opus": "Opus",
    "pcm_alaw": "A-law",
    "pcm_mulaw": "µ-law",
    "speex": "Speex",
    "truehd": "TrueHD",
    "vorbis": "Vorbis",
    "wavpack": "WavPack",
    "wmalossless": "WMA lossless",
    "wmapro": "WMA Pro",
    "wmav1": "WMA",
    "wmav2": "WMA",
}
_LAYOUTS = {"mono": "mono", "1 channels": "mono", "stereo": "stereo", "2 channels": "stereo"}
_LOSSLESS = ("flac", "alac", "wavpack", "ape", "tta", "wmalossless")
_PCM = re.compile(r"pcm_([sfu])(\d+)")


def form_of(container: InputContainer, stream: AudioStream) -> Facts:
    """Name the form of a sound, ready to show."""
    context = stream.codec_context
    name = container.format.name.split(",")[0]
    facts: Facts = {"format": _FORMATS.get(name, name.upper())}
    coded = context.codec.name
    facts["codec"] = _codec_words(stream)
    facts["sample rate"] = f"{context.sample_rate / 1000:g} kHz"
    layout = context.layout.name
    facts["channels"] = _LAYOUTS.get(layout, layout)
    bits_a_second = stream.bit_rate or container.bit_rate
    if bits_a_second and 100 < bits_a_second < 1 << 33 and not coded.startswith("pcm_"):
        facts["bit rate"] = f"{bits_a_second / 1000:.0f} kbit/s"
    return facts


def _codec_words(stream: AudioStream) -> str:
    context = stream.codec_context
    coded = context.codec.name
    plain = _PCM.match(coded)
    if plain:
        return f"PCM, {plain[2]} bit" + (" floating point" if plain[1] == "f" else "")
    words = _CODECS.get(coded, coded.replace("_", " ").upper())
    bits = _stored_bits(stream) if coded == "flac" else context.format.bits
    return f"{words}, {bits} bit" if coded in _LOSSLESS and bits else words


def _stored_bits(stream: AudioStream) -> int:
    """Read how many bits a sample of FLAC has out of its head (RFC 9639, 8.2)."""
    head = stream.codec_context.extradata or b""
    if len(head) < 14:
        return 0
    return (int.from_bytes(head[10:18], "big") >> 36 & 0x1F) + 1
