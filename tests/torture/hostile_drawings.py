"""Drawings (SVG) that unfold without end, or that name other files and addresses."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from pathlib import Path

_START = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"'
    ' viewBox="0 0 9 9"'
)


def drawings(outside: Path, address: str) -> Iterator[tuple[str, bytes]]:
    """Give hostile drawings: name and content."""
    for name, text in {**_unfolding(), **_naming(outside, address)}.items():
        yield f"{name}.svg", text.encode()
    yield "packed bomb.svgz", gzip.compress(f"{_START}>{' ' * (70 << 20)}</svg>".encode())
    twice = gzip.compress(gzip.compress(bytes(40 << 20)))
    yield "packed twice.svgz", twice
    yield "two encodings.svg", f"{_START}/>".encode("utf-16")[:-3]
    yield "wrong encoding.svg", b'<?xml version="1.0" encoding="cp037"?>' + _START.encode() + b"/>"


def _unfolding() -> dict[str, str]:
    levels = "".join(
        f'<g id="u{level}">' + f'<use href="#u{level - 1}"/>' * 10 + "</g>"
        for level in range(1, 12)
    )
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(12)
    )
    quadratic = f'<!DOCTYPE svg [<!ENTITY q "{"q" * 50_000}">]>'
    blur = '<feTurbulence numOctaves="500" baseFrequency="0.1"/>' * 50
    filtered = f'<filter id="f" x="-9" y="-9" width="99" height="99">{blur}</filter>'
    attributes = " ".join(f"a{n}='{n}'" for n in range(15_000))
    masks = "".join(
        f'<mask id="m{n}"><rect width="9" height="9" fill="#fff" mask="url(#m{n - 1})"/></mask>'
        for n in range(1, 30)
    )
    return {
        "uses": f'{_START}><rect id="u0" width="1" height="1"/>{levels}<use href="#u11"/></svg>',
        "uses itself": f'{_START}><g id="a"><use href="#a"/><use href="#b"/></g>'
        '<g id="b"><use href="#a"/></g></svg>',
        "laughs": f"<!DOCTYPE svg [{laughs}]>{_START}><text>&l11;</text></svg>",
        "quadratic": f"{quadratic}{_START}><text>{'&q;' * 5000}</text></svg>",
        "deep": f"{_START}>" + "<g>" * 100_000 + "</g>" * 100_000 + "</svg>",
        "deep enough": f"{_START}>"
        + "<g>" * 900
        + "<path d='M0 0h9v9z'/>"
        + "</g>" * 900
        + "</svg>",
        "filter": f'{_START}>{filtered}<rect width="9" height="9" filter="url(#f)"/></svg>',
        "pattern": f'{_START}><pattern id="p" width="1e-9" height="1e-9" patternUnits="userSpaceOnUse">'
        '<rect width="1" height="1" fill="url(#p)"/></pattern>'
        '<rect width="9" height="9" fill="url(#p)"/></svg>',
        "masks": f'{_START}>{masks}<rect width="9" height="9" mask="url(#m29)"/></svg>',
        "dashes": f'{_START}><path d="M0 0L1e9 1e9" stroke="#000" stroke-dasharray="1e-6"/></svg>',
        "huge": f'{_START} width="1e30" height="1e30"><circle r="1e30"/></svg>',
        "numbers": f'{_START}><path d="M{"1e308 " * 2000}"/><rect width="nan" height="inf"/></svg>',
        "points": f'{_START}><path d="M0 0{"l1 1l-1-1" * 80_000}" stroke="#000"/></svg>',
        "attributes": f"{_START} {attributes}/>",
        "styles": f"{_START}><style>{'g ' * 3000}{{fill:red}} {'a>' * 3000}b{{}}</style><g/></svg>",
        "animates": f'{_START}><rect width="9" height="9"><animate attributeName="x" from="0" to="9"'
        ' dur="1e-9s" repeatCount="indefinite"/></rect></svg>',
    }


def _naming(outside: Path, address: str) -> dict[str, str]:
    """Everything by which a drawing can ask for something that is not in it."""
    inner = (
        f'{_START}><image href="{outside}" width="9" height="9"/><image href="{address}"/></svg>'
    )
    nested = base64.b64encode(inner.encode()).decode()
    image = '<image width="9" height="9" '
    inside = {
        "shows a file": f'{image}href="{outside}"/>',
        "shows a file by its address": f'{image}x:href="file://{outside}"/>',
        "shows a neighbour": f'{image}href="../{outside.parent.name}/{outside.name}"/>',
        "shows an address": f'{image}href="{address}"/>',
        "shows a drawing that shows": f'{image}href="data:image/svg+xml;base64,{nested}"/>',
        "shows a device": f'{image}href="/dev/zero"/>{image}href="/proc/self/mem"/>',
        "shows itself": f'{image}href="shows itself.svg"/>',
        "uses a file": f'<use href="{outside}#a"/><use x:href="{address}#a"/>',
        "runs": f"<script>fetch('{address}')</script><script href='{address}'/>"
        f'<rect width="9" height="9" onload="fetch(\'{address}\')"/>',
        "styles from elsewhere": f"<style>@import url('{address}'); @import '{outside}';"
        f"@font-face {{font-family: f; src: url('{address}'), url('file://{outside}')}}"
        f"text {{font-family: f; fill: url('{address}#p')}}</style><text y='9'>a</text>",
        "filters with a file": f'<filter id="f"><feImage href="{outside}"/><feImage href="{address}"/>'
        '</filter><rect width="9" height="9" filter="url(#f)"/>',
        "holds a page": '<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml"'
        f' src="{address}"/></foreignObject>',
        "follows": f'<a href="{address}"><rect width="9" height="9"/></a><cursor href="{address}"/>'
        f'<tref href="{address}"/><color-profile href="{address}"/>',
        "includes": f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{outside}"'
        ' parse="text"/>',
        "has a base": f'<g xml:base="{address}">{image}href="bait.png"/></g>',
    }
    whole = {name: f"{_START}>{body}</svg>" for name, body in inside.items()}
    for name, target in (("a file", f"file://{outside}"), ("an address", address)):
        entity = f'<!ENTITY x SYSTEM "{target}"><!ENTITY % y SYSTEM "{target}"> %y;'
        whole[f"entity of {name}"] = f"<!DOCTYPE svg [{entity}]>{_START}><text>&x;</text></svg>"
        whole[f"type of {name}"] = f'<!DOCTYPE svg SYSTEM "{target}">{_START}/>'
        whole[f"sheet of {name}"] = f'<?xml-stylesheet href="{target}"?>{_START}/>'
    return whole
