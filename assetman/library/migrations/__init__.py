"""The schema, as the steps that made it. Steps are only ever appended, never edited."""

from __future__ import annotations

# In the order in which they are taken; importing one appends its step.
from assetman.library.migrations import (  # isort: skip
    catalogue,  # noqa: F401
    organising,  # noqa: F401
    films,  # noqa: F401
    sounds,  # noqa: F401
    transcripts,  # noqa: F401
    facts,  # noqa: F401
    written,  # noqa: F401
    looks,  # noqa: F401
    timelines,  # noqa: F401
    searches,  # noqa: F401
)
from assetman.library.migrations.steps import migrations

__all__ = ["APPLICATION_ID", "WORDS", "migrations"]

APPLICATION_ID = 0x4173_6D6E  # "Asmn", in the header of every catalogue
# The indexes of full text, the present one first; their own tables are named after them.
WORDS = ("written", "passage_words")
