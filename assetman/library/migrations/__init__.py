"""The schema, as the steps that made it. Steps are only ever appended, never edited."""

from __future__ import annotations

from assetman.library.migrations import (
    catalogue,
    facts,
    films,
    looks,
    organising,
    searches,
    sidecars,
    sounds,
    timelines,
    transcripts,
    written,
)
from assetman.library.migrations.steps import migrations, step

__all__ = ["APPLICATION_ID", "WORDS", "migrations"]

APPLICATION_ID = 0x4173_6D6E  # "Asmn", in the header of every catalogue
# The indexes of full text, the present one first; their own tables are named after them.
WORDS = ("written", "passage_words")

_IN_ORDER = (
    catalogue,
    organising,
    films,
    sounds,
    transcripts,
    facts,
    written,
    looks,
    timelines,
    searches,
    sidecars,
)
for _each in _IN_ORDER:
    step(_each.NAME)(_each.take)
