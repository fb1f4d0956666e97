"""Results as lines and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assetman.cli.console import Console
from assetman.core.assets import Asset
from assetman.core.moments import clock
from assetman.core.queries import Hit, Results

if TYPE_CHECKING:
    from assetman.engine.protocol import EngineApi


def results_json(engine: EngineApi, results: Results, query: str) -> dict[str, Any]:
    """Give an answer in the shape that `--json` promises; mistakes only where there are some."""
    answer = {
        "query": query,
        "confident": results.confident,
        "seconds": round(results.seconds, 4),
        "hits": [_hit_json(hit, asset) for hit, asset in _rows(engine, results)],
    }
    mistakes = [dataclasses.asdict(mistake) for mistake in results.mistakes]
    return answer | ({"mistakes": mistakes} if mistakes else {})


def print_results(engine: EngineApi, results: Results, console: Console) -> None:
    """Print a hit a line: its score, its path, and where in the file it is.

    A question mark stands behind the scores of those that may be no matches.
    """
    for hit, asset in _rows(engine, results):
        score = f"{hit.score:.3f}" if results.hits else "  –  "
        doubt = "?" if hit.confident is False else " "
        console.print(f"{score}{doubt} {asset.path}{_place(hit)}")


def tell_notes(engine: EngineApi, results: Results, console: Console) -> None:
    """Tell what the person should know beside the hits."""
    for note in results.notes:
        console.tell(note)
    if results.hits and results.confident is False:
        console.tell("Nothing here matches; these come nearest.")
    elif results.good:
        several = "good match" if results.good == 1 else "good matches"
        rest = "" if results.good == len(results.hits) else "; those with “?” may be none"
        console.tell(f"{results.good:,} {several}{rest}.")
    if results.total == 0:
        if results.elsewhere:
            console.tell(f"Nothing passes the filters; without them {results.elsewhere:,} would.")
        else:
            console.tell("There is nothing to search here yet: add a folder with “assetman add”.")
    elif results.hits and results.searchable < results.total:
        # Some cannot be read, or hold only silence: of these nothing more will be known.
        lacking = min(results.total - results.searchable, engine.status().waiting)
        files = "file here is" if lacking == 1 else "files here are"
        if lacking:
            console.tell(f"{lacking:,} {files} not indexed yet (“assetman index” does it).")


def _rows(engine: EngineApi, results: Results) -> Iterator[tuple[Hit, Asset]]:
    """Pair hits with their assets; those removed meanwhile are left out."""
    hits = results.hits or tuple(Hit(asset_id, 0.0) for asset_id in results.listed)
    assets = {card.asset.id: card.asset for card in engine.cards([hit.asset_id for hit in hits])}
    for hit in hits:
        if hit.asset_id in assets:
            yield hit, assets[hit.asset_id]


def _hit_json(hit: Hit, asset: Asset) -> dict[str, Any]:
    return {
        "path": asset.path,
        "kind": asset.kind.value,
        "score": hit.score,
        "confident": hit.confident,
        "start": hit.start,
        "end": hit.end,
        "page": hit.page,
        "box": dataclasses.asdict(hit.box) if hit.box else None,
        "reasons": hit.reasons,
    }


def _place(hit: Hit) -> str:
    if hit.page is not None:
        return f"  page {hit.page}"
    if hit.start is None:
        return ""
    start, end = clock(hit.start), clock(hit.start if hit.end is None else hit.end)
    sense = "heard at" if hit.heard else "at"
    return f"  {sense} {start}" if start == end else f"  {sense} {start}–{end}"
