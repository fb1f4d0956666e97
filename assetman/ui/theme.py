"""The look of the window as it is now: dark or light, and how large.

The scheme follows the system's unless the person chose one. Everything that paints asks `theme()`
when it paints and repaints on `appearance().changed`; nobody else names a colour or a font.
"""

from __future__ import annotations

import sys
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QFontInfo, QGuiApplication
from PySide6.QtWidgets import QApplication, QStyle, QStyleFactory

from assetman.ui.styles import style_sheet
from assetman.ui.tokens import (
    CONTROL_RADIUS,
    FADE_MS,
    GAP,
    INSPECTOR,
    MOTION_MS,
    RADIUS,
    SIDEBAR,
    STATUS_BAR,
    TOP_BAR,
    Text,
    Theme,
    dark_theme,
    light_theme,
    mix,
    palette,
)

__all__ = [
    "CONTROL_RADIUS",
    "FADE_MS",
    "GAP",
    "INSPECTOR",
    "MOTION_MS",
    "RADIUS",
    "SIDEBAR",
    "STATUS_BAR",
    "TOP_BAR",
    "Appearance",
    "Scheme",
    "Text",
    "Theme",
    "appearance",
    "mix",
    "reduced_motion",
    "theme",
]


class Scheme(StrEnum):
    """What the person chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def text_scale(system_pixels: float) -> float:
    """Turn the size of the system's font into ours: 1.0 to 2.0."""
    usual = {"win32": 12.0, "darwin": 13.0}.get(sys.platform, 13.4)
    ratio = system_pixels / usual
    return 1.0 if ratio < 1.08 else min(round(ratio, 2), 2.0)


def reduced_motion() -> bool:
    """Say whether the person asked the system for less motion."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return True
    styles = application.styleHints()
    accessibility = getattr(styles, "accessibility", None)  # since Qt 6.10
    if accessibility is not None:
        hints = accessibility()
        wish = getattr(hints, "motionPreference", None)
        if wish is not None and "Reduced" in str(wish()):
            return True
    return application.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0


class Appearance(QObject):
    """The theme in use, and the signal that it has changed."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self.setObjectName("appearance")
        self._application = application
        self._scheme = Scheme.SYSTEM
        system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        self._scale = text_scale(QFontInfo(system).pixelSize())
        self._theme = dark_theme(self._scale)
        application.setStyle(QStyleFactory.create("Fusion"))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def scheme(self) -> Scheme:
        return self._scheme

    def set_scheme(self, scheme: Scheme) -> None:
        """Follow the system, or stay light or dark."""
        self._scheme = scheme
        self._apply()

    def set_scale(self, scale: float) -> None:
        """Make all text larger: 1.0 to 2.0."""
        self._scale = min(max(scale, 1.0), 2.0)
        self._apply()

    @Slot()
    def _system_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        # Qt's own setColorScheme does nothing on some platforms, so the palette is ours.
        system = QGuiApplication.styleHints().colorScheme()
        dark = self._scheme is Scheme.DARK or (
            self._scheme is Scheme.SYSTEM and system is not Qt.ColorScheme.Light
        )
        self._theme = (dark_theme if dark else light_theme)(self._scale)
        self._application.setPalette(palette(self._theme))
        self._application.setFont(self._theme.font())
        self._application.setStyleSheet(style_sheet(self._theme))
        self.changed.emit()


def appearance() -> Appearance:
    """Give the application's appearance, made at the first call."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("there is no application to look like anything")
    found = application.findChild(
        Appearance, "appearance", Qt.FindChildOption.FindDirectChildrenOnly
    )
    return found if found is not None else Appearance(application)


def theme() -> Theme:
    """Give the theme in use."""
    return appearance().theme
