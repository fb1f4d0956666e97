"""The pictures themselves: the grid, the large view over it, the inspector beside it.

Owns how assets are painted, walked, chosen, dragged and asked about. May import PySide6,
`engine.protocol`, `core` and the window's own `bridge`, `jobs`, `theme` and `organiser`. It knows
assets by their ids, asks the engine for their cards when they come into sight, and decodes
thumbnails off the thread that paints; what a person asks for leaves it as a signal, or goes to
the organiser.
"""

from assetman.ui.grid.asset_actions import ASSETS_MIME, Question
from assetman.ui.grid.grid_place import GridPlace
from assetman.ui.grid.grid_view import GridView
from assetman.ui.grid.inspector import Inspector
from assetman.ui.grid.large_view import LargeView
from assetman.ui.grid.tag_panel import TagPanel

__all__ = [
    "ASSETS_MIME",
    "GridPlace",
    "GridView",
    "Inspector",
    "LargeView",
    "Question",
    "TagPanel",
]
