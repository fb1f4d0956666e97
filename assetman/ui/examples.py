"""Examples of a question as chips: what they are called, and what they look like."""

from __future__ import annotations

import os
from collections.abc import Sequence

from assetman.core.assets import Kind, display
from assetman.core.moments import Picture
from assetman.core.queries import Example
from assetman.engine.protocol import Card, EngineApi
from assetman.ui.controller.state import ExampleChip


def chips_of(api: EngineApi, examples: Sequence[Example]) -> tuple[ExampleChip, ...]:
    """Make the chips of examples. Asks the engine: not for the painting thread."""
    ids = [example.asset_id for example in examples if example.asset_id is not None]
    cards = {card.asset.id: card for card in api.cards(ids)}
    return tuple(_chip(api, example, cards) for example in examples)


def _chip(api: EngineApi, example: Example, cards: dict[int, Card]) -> ExampleChip:
    card = cards.get(example.asset_id or 0)
    if example.collection_id is not None:
        names = {each.id: each.name for each in api.collections()}
        return ExampleChip(example, names.get(example.collection_id, "a collection"))
    if card is None:
        return ExampleChip(example, display(os.path.basename(example.path or "")) or "a file")
    sound = card.asset.kind is Kind.AUDIO
    picture = card.thumbnail if sound else _frame_of(api, example) or card.thumbnail
    return ExampleChip(example, card.asset.display_name, picture, sound)


def _frame_of(api: EngineApi, example: Example) -> Picture | None:
    """Give the frame of a video that stands for the moment of an example."""
    if example.asset_id is None or example.start is None:
        return None
    last = example.start if example.end is None else example.end
    middle = (example.start + last) / 2
    frames = [moment for moment in api.moments(example.asset_id) if moment.picture is not None]
    nearest = min(frames, key=lambda moment: abs(moment.at - middle), default=None)
    return nearest.picture if nearest is not None else None
