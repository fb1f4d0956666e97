"""What an XMP packet says of a file in words: Adobe's form of it, in which most programs write."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from assetman.core.assets import PassageKind

_MOST = 4 << 20  # bytes of a packet
_DEEP = 60  # elements inside each other
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PACKET = re.compile(rb"<(?:\w+:)?(xmpmeta|RDF)\b.*</(?:\w+:)?\1\s*>", re.DOTALL)

_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "core": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "ext": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "regions": "http://www.metadataworkinggroup.com/schemas/regions/",
    "region": "http://ns.microsoft.com/photo/1.2/t/Region#",
    "microsoft": "http://ns.microsoft.com/photo/1.0/",
    "digikam": "http://www.digikam.org/ns/1.0/",
}
_PROPERTIES = {
    PassageKind.TITLE: ("dc:title", "photoshop:Headline"),
    PassageKind.CAPTION: (
        *("dc:description", "exif:UserComment"),
        *("core:AltTextAccessibility", "core:ExtDescrAccessibility"),
    ),
    PassageKind.KEYWORD: (
        *("dc:subject", "lr:hierarchicalSubject", "digikam:TagsList"),
        *("microsoft:LastKeywordXMP", "photoshop:SupplementalCategories"),
    ),
    PassageKind.PERSON: (
        *("ext:PersonInImage", "ext:PersonName"),
        *("regions:Name", "region:PersonDisplayName"),
    ),
    PassageKind.PLACE: (
        *("ext:LocationName", "core:Location", "ext:Sublocation", "photoshop:City", "ext:City"),
        *("photoshop:State", "ext:ProvinceState", "photoshop:Country", "ext:CountryName"),
    ),
    PassageKind.DESCRIPTION: ("dc:creator",),
}
_KINDS = {
    f"{{{_SPACES[name.partition(':')[0]]}}}{name.partition(':')[2]}": kind
    for kind, names in _PROPERTIES.items()
    for name in names
}
_NESTED = re.compile(r"[|/]")  # between a keyword and the one it is below
_OWN = "darktable|"  # keywords that a program writes for itself


def read_xmp(packet: object) -> Iterator[tuple[PassageKind, str]]:
    """Give the texts of a packet with what each of them is; nothing of one that makes no sense."""
    root = parsed(packet)
    if root is not None:
        yield from texts_of(root)


def texts_of(root: ElementTree.Element) -> Iterator[tuple[PassageKind, str]]:
    """Give the texts of a packet that was parsed."""
    for element in root.iter():
        known = [(element.tag, list(_texts(element)))]
        known += [(name, [value]) for name, value in element.attrib.items()]
        for name, texts in known:
            kind = _KINDS.get(name)
            if kind is PassageKind.KEYWORD:
                own = [text for text in texts if not text.startswith(_OWN)]
                texts = [part for text in own for part in _NESTED.split(text)]
            if kind is not None:
                yield from ((kind, text) for text in texts)


def parsed(packet: object) -> ElementTree.Element | None:
    """Parse a packet, wherever in these bytes it is; None where it makes no sense."""
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if not isinstance(packet, bytes) or len(packet) > _MOST:
        return None
    found = _PACKET.search(packet)
    # what defines names of its own could grow without end
    if found is None or b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        return None
    root, deep = None, 0
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(found[0]), ("start", "end")):
            root = element if root is None else root
            deep += 1 if event == "start" else -1
            if deep > _DEEP:
                return None
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    return root


def _texts(element: ElementTree.Element) -> Iterator[str]:
    """Give the text of a property, or the texts of the list that it is."""
    items = [item for item in element.iter(f"{_RDF}li") if not len(item)]
    for item in items or [element]:
        if item.text and item.text.strip():
            yield item.text
