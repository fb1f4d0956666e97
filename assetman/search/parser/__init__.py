"""Reads what a person typed as a tree of meanings and conditions, and says what makes no sense.

docs/language.md tells the person what can be typed; `search.printing` writes trees back.
"""

from assetman.search.parser.grammar import Parsed, Term, parse
from assetman.search.parser.tree import (
    AllOf,
    AnyOf,
    LikeFile,
    Meaning,
    Question,
    Unwanted,
    all_of,
    any_of,
    canonical,
    without,
)

__all__ = [
    "AllOf",
    "AnyOf",
    "LikeFile",
    "Meaning",
    "Parsed",
    "Question",
    "Term",
    "Unwanted",
    "all_of",
    "any_of",
    "canonical",
    "parse",
    "without",
]
