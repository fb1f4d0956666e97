"""Words that a file holds in letters it does not name: which encoding they were written in.

Tags are UTF-8 by most standards and were written by programs that had never heard of it. What is
not UTF-8 comes here with its bytes kept (`surrogateescape`); what was Latin-1 by its standard and
anything else in truth (ID3) comes as Latin-1. A guess is all that can be had: it is made for all
tags of a file together, by which encoding makes of their bytes what people write.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Mapping

_LATIN = "cp1252"
_COMMON = 0.9  # what Latin letters are worth, so that a script that fits wholly comes first
_FEW = 4  # letters that are not ASCII; fewer tell nothing of a text that may well be right
_SURELY = 0.7  # what a guess for all tags is worth at least, and of what one is by itself
_EUC = 0xA1  # the least second byte of the common letters of these

# Of scripts of two bytes a letter: the first bytes of letters that are common (KS X 1001, GB 2312's
# and Big5's first levels, JIS X 0208's kana and first level).
_PAIRS = {
    "cp949": (0xB0, 0xC8),
    "gb18030": (0xB0, 0xD7),
    "big5": (0xA4, 0xC6),
    "cp932": (0x82, 0x98),
    "euc_jp": (0xA4, 0xCF),
}
_HANGUL = frozenset(
    "이다는에의가을를은리소고하사지기인나자시어아수도로서정한대해일주스그있라장제여전상부보안마우원"
    "비구성동조회내신오선국개실천방연공무중강문생물유관음악남영미경"
)
# Of scripts of one: which letters are theirs.
_SCRIPTS = {
    "cp1251": ("Ѐ", "ӿ"),
    "koi8_r": ("Ѐ", "ӿ"),
    "cp1253": ("Ͱ", "Ͽ"),
    "cp1256": ("؀", "ۿ"),
}


def mended(words: Mapping[str, str], latin: bool) -> dict[str, str]:
    """Give the same words as people wrote them, as far as that can be told.

    `latin` says that what is read as Latin-1 may be anything.
    """
    raw = {key: held for key, text in words.items() if (held := _bytes_of(text, latin)) is not None}
    together = _best(b"\n".join(raw.values()))
    return {
        key: _decoded(raw[key], _own_or(*together, raw[key])) if key in raw else text
        for key, text in words.items()
    }


def decoded(raw: bytes) -> str:
    """Give the words that some bytes are, UTF-8 if they can be that."""
    return _decoded(raw, encoding_of(raw))


def encoding_of(raw: bytes) -> str:
    """Guess in which encoding words were written, by Python's name for it."""
    return _best(raw)[0]


def _best(raw: bytes) -> tuple[str, float]:
    best, worth = _LATIN, _worth_as_latin(raw)
    for encoding in (*_PAIRS, *_SCRIPTS):
        found = _worth(raw, encoding)
        if found > worth:
            best, worth = encoding, found
    return best, worth


def _own_or(together: str, worth: float, raw: bytes) -> str:
    """Choose between what all tags of a file are and what one of them seems to be."""
    own, best = _best(raw)
    held = _worth_as_latin(raw) if together == _LATIN else _worth(raw, together)
    return together if worth >= _SURELY and held >= _SURELY * best else own


def _bytes_of(text: str, latin: bool) -> bytes | None:
    """Give the bytes of words that are not what they seem; None for those that are."""
    if text.isascii():
        return None
    if any("\udc80" <= letter <= "\udcff" for letter in text):
        return text.encode("utf-8", "surrogateescape")
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    if _strict(raw, "utf-8") is not None:  # written as UTF-8, read as Latin-1
        return raw
    high = [letter for letter in text if letter > "\x7f"]
    if any(letter < "\xa0" for letter in high):  # control characters: nobody writes them
        return raw
    plain = sum(letter.isascii() and letter.isalpha() for letter in text)
    return raw if latin and len(high) >= _FEW and plain <= 0.2 * len(high) else None


def _strict(raw: bytes, encoding: str) -> str | None:
    """Decode what may end in the midst of a letter: old tags have 30 bytes, and cut there."""
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(raw)
    except (UnicodeDecodeError, LookupError):
        return None
    # where half a letter is all that is not plain, it is a whole one of another encoding
    return None if text.isascii() and not raw.isascii() else text or None


def _decoded(raw: bytes, encoding: str) -> str:
    for name in ("utf-8", encoding, _LATIN, "cp1250"):
        text = _strict(raw, name)
        if text is not None:
            return unicodedata.normalize("NFC", text)
    return raw.decode(_LATIN, "replace")


def _worth(raw: bytes, encoding: str) -> float:
    text = _strict(raw, encoding)
    if text is None:
        return 0.0
    high = [letter for letter in text if letter > "\x7f"]
    letters = sum(letter.isalpha() for letter in high) / max(1, len(high))
    if encoding not in _PAIRS:
        return letters * _worth_as_script(text, high, encoding)
    # two bytes of Latin letters may well be one of these: a single one tells little
    worth = letters * _share_common(raw, encoding) * len(high) / (len(high) + 0.5)
    if encoding == "cp949":
        return worth + (0.2 if sum(c in _HANGUL for c in high) >= 0.2 * len(high) else -0.1)
    if encoding in ("cp932", "euc_jp"):
        narrow = sum("｡" <= letter <= "ﾟ" for letter in high) / max(1, len(high))
        return worth - narrow + (0.2 if any("ぁ" <= letter <= "ヿ" for letter in high) else 0)
    return worth


def _worth_as_script(text: str, high: list[str], encoding: str) -> float:
    """Tell how well words are words: of one script, and capitals at their beginning alone."""
    first, last = _SCRIPTS[encoding]
    own = sum(first <= letter <= last for letter in high) / max(1, len(high))
    odd = 0
    for word in text.split():
        if not word.isascii():
            odd += 2 * sum(letter.isascii() and letter.isalpha() for letter in word)
            odd += 0 if word in (word.lower(), word.upper(), word.title()) else len(word)
    return own - odd / max(1, len(high)) - 0.02


def _worth_as_latin(raw: bytes) -> float:
    """Tell how likely bytes are Latin letters with accents: those stand among plain ones."""
    text = raw.decode(_LATIN, "replace")
    high = [letter for letter in text if letter > "\x7f"]
    plain = sum(
        letter.isascii() and letter.isalpha()
        for word in text.split()
        if not word.isascii()
        for letter in word
    )
    known = sum(letter.isalpha() or letter in "’‘“”–—…°©®™" for letter in high)
    return _COMMON * min(1.0, plain / max(1, len(high))) * known / max(1, len(high))


def _share_common(raw: bytes, encoding: str) -> float:
    """Give the share of letters of two bytes that are of the common ones."""
    first, last = _PAIRS[encoding]
    least = 0 if encoding in ("big5", "cp932") else _EUC
    count = common = at = 0
    while at < len(raw):
        if raw[at] < 0x80:
            at += 1
            continue
        count += 1
        common += first <= raw[at] <= last and raw[at + 1 : at + 2] >= bytes([least])
        at += 2
    return common / max(1, count)
