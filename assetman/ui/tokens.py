"""Colours, type and measures, by role, for dark and light."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette

SIDEBAR, INSPECTOR, TOP_BAR, STATUS_BAR = 232, 316, 56, 30
GAP, RADIUS, CONTROL_RADIUS = 10, 8, 7
MOTION_MS, FADE_MS = 120, 80


class Text(StrEnum):
    """Roles of text."""

    BODY = "body"  # 13
    SECONDARY = "secondary"  # 12
    HEADING = "heading"  # 11, capitals, spaced
    TITLE = "title"  # 14, semibold


@dataclass(frozen=True)
class Theme:
    """Colours by role, and how large text is: 1.0 is 13 pixels for the body."""

    dark: bool
    ground: QColor  # behind the grid
    panel: QColor
    raised: QColor  # fields, chips, selected rows
    line: QColor  # lines that only separate
    edge: QColor  # edges of fields, buttons, sliders
    text: QColor
    secondary: QColor
    faint: QColor
    accent: QColor
    on_accent: QColor
    good: QColor
    warning: QColor
    scale: float = 1.0

    @property
    def tint(self) -> QColor:
        """The accent laid thinly over a panel: chips and drop targets."""
        return mix(self.accent, self.panel, 0.28 if self.dark else 0.20)

    @property
    def hover(self) -> QColor:
        """A row or a quiet button under the pointer."""
        return mix(self.text, self.panel, 0.04 if self.dark else 0.03)

    def px(self, pixels: float) -> int:
        """Scale a measure with the person's text size."""
        return round(pixels * self.scale)

    def font(self, role: Text = Text.BODY) -> QFont:
        """Give the font of a role, numbers tabular."""
        font = QFont(family())
        sizes = {Text.BODY: 13, Text.SECONDARY: 12, Text.HEADING: 11, Text.TITLE: 14}
        font.setPixelSize(self.px(sizes[role]))
        font.setFeature(QFont.Tag("tnum"), 1)
        if role is Text.TITLE:
            font.setWeight(QFont.Weight.DemiBold)
        if role is Text.HEADING:
            font.setCapitalization(QFont.Capitalization.AllUppercase)
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6 * self.scale)
        return font


def _theme(name: str, scale: float) -> Theme:
    """Read a theme from `resources/theme.toml`, which names a colour for each role."""
    text = (Path(__file__).parent / "resources" / "theme.toml").read_text("utf-8")
    roles = {role: QColor(colour) for role, colour in tomllib.loads(text)[name].items()}
    return Theme(dark=name == "dark", scale=scale, **roles)


def dark_theme(scale: float = 1.0) -> Theme:
    """Give the dark theme."""
    return _theme("dark", scale)


def light_theme(scale: float = 1.0) -> Theme:
    """Give the light theme."""
    return _theme("light", scale)


def mix(over: QColor, under: QColor, share: float) -> QColor:
    """Lay one colour over another, `share` of it (0..1)."""
    return QColor.fromRgbF(
        over.redF() * share + under.redF() * (1 - share),
        over.greenF() * share + under.greenF() * (1 - share),
        over.blueF() * share + under.blueF() * (1 - share),
    )


def family() -> str:
    """Name the one family of the window: Inter where it is installed, else the system's."""
    if "Inter" in QFontDatabase.families():
        return "Inter"
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def palette(theme: Theme) -> QPalette:
    """Make Qt's palette of a theme."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.panel,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.raised,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.LinkVisited: theme.accent,
        QPalette.ColorRole.PlaceholderText: theme.faint,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Light: theme.raised,
        QPalette.ColorRole.Midlight: theme.line,
        QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Dark: theme.edge,
        QPalette.ColorRole.Shadow: theme.ground,
    }
    for role, colour in roles.items():
        made.setColor(role, colour)
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
    ):
        made.setColor(QPalette.ColorGroup.Disabled, role, theme.faint)
    return made
