"""The style sheet of the window, written from the tokens."""

from __future__ import annotations

import re

from assetman.ui.tokens import CONTROL_RADIUS, Theme, mix


def style_sheet(theme: Theme) -> str:
    """Write the style sheet of a theme."""
    names = {
        "ground": theme.ground,
        "panel": theme.panel,
        "raised": theme.raised,
        "line": theme.line,
        "edge": theme.edge,
        "text": theme.text,
        "secondary": theme.secondary,
        "faint": theme.faint,
        "accent": theme.accent,
        "on_accent": theme.on_accent,
        "good": theme.good,
        "warning": theme.warning,
        "tint": theme.tint,
        "hover": theme.hover,
        "pressed": mix(theme.text, theme.panel, 0.12),
        "thumb": mix(theme.edge, theme.panel, 0.55),
    }
    sheet = _SHEET
    for name in sorted(names, key=len, reverse=True):
        sheet = sheet.replace(f"@{name};", f"{names[name].name()};")
    # A radius that is more than half of what it rounds rounds nothing: all from one measure.
    half, ring = theme.px(7), theme.px(4)
    measures = {"inside": 2 * half - 2, "half": half, "ring": ring, "dot": 2 * (half - ring)}
    for name, pixels in measures.items():
        sheet = sheet.replace(f"@radio-{name}", f"{pixels}px")
    sheet = sheet.replace("@radius", f"{theme.px(CONTROL_RADIUS)}px")
    # What is written in dp grows with the person's text; hairlines stay as they are.
    return re.sub(r"(-?\d+)dp", lambda found: f"{theme.px(int(found[1]))}px", sheet)


_SHEET = """
QMainWindow, QDialog { background: @panel; }
QWidget#ground, QWidget#content { background: @ground; }
QWidget#sidebar, QWidget#inspector, QWidget#topBar, QWidget#statusBar { background: @panel; }
QFrame#line { background: @line; border: none; }
QLabel { background: transparent; }
QLabel[role="secondary"] { color: @secondary; font-size: 12dp; }
QLabel[role="faint"] { color: @faint; font-size: 12dp; }
QLabel[role="heading"] { color: @secondary; font-size: 11dp; }
QLabel[role="title"] { font-size: 14dp; font-weight: 600; }
QLabel[role="warning"] { color: @warning; font-size: 12dp; }
QLabel[role="good"] { color: @good; }
QLabel[tone="warning"] { color: @warning; }
QFrame#floating { background: @panel; border: 1px solid @line; border-radius: 10dp; }
QFrame#suggestions { background: @raised; border: 1px solid @line; border-radius: 8dp; }
QFrame#messageBar { background: @raised; border-top: 1px solid @line; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4dp 6dp; font-size: 12dp; }

QRadioButton { background: transparent; spacing: 8dp; }
QRadioButton::indicator {
    width: @radio-inside; height: @radio-inside; border: 1px solid @edge;
    border-radius: @radio-half; background: @raised; }
QRadioButton::indicator:checked {
    width: @radio-dot; height: @radio-dot; border: @radio-ring solid @accent;
    background: @on_accent; }
QRadioButton::indicator:focus { border-color: @accent; }
QRadioButton:focus { color: @accent; }
QRadioButton:disabled { color: @faint; }

QPushButton, QToolButton {
    background: @raised; color: @text; border: 1px solid @edge; border-radius: @radius;
    padding: 4dp 11dp; font-size: 12dp; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: @pressed; }
QPushButton:focus, QToolButton:focus { border: 2px solid @accent; padding: 3dp 10dp; }
QPushButton:disabled, QToolButton:disabled { color: @faint; border-color: @line; }
QToolButton::menu-indicator, QPushButton::menu-indicator { image: none; width: 0; }
QPushButton[kind="bar"] { color: @secondary; }
QPushButton[kind="bar"]:hover, QPushButton[kind="bar"]:checked { color: @text; }
QPushButton[kind="primary"] {
    background: @accent; color: @on_accent; border: 1px solid @accent; font-size: 13dp;
    padding: 7dp 17dp; }
QPushButton[kind="primary"]:focus { border: 2px solid @text; padding: 6dp 16dp; }
QPushButton[kind="primary"]:disabled { background: @raised; color: @faint; border-color: @line; }
QPushButton[kind="accept"] { background: @accent; color: @on_accent; border-color: @accent; }
QPushButton[kind="accept"]:focus { border: 2px solid @text; }
QPushButton[kind="accept"]:disabled { background: @raised; color: @faint; border-color: @line; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {
    background: transparent; color: @secondary; border: 1px solid transparent; padding: 2dp 6dp; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: @hover; color: @text; }
QPushButton[kind="quiet"]:pressed, QToolButton[kind="quiet"]:pressed { background: @pressed; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus {
    border: 2px solid @accent; padding: 1dp 5dp; }
QPushButton[kind="quiet"]:disabled, QToolButton[kind="quiet"]:disabled { color: @faint; }
QPushButton[tone="warning"] { color: @warning; }
QPushButton[tone="warning"]:hover { color: @warning; }
QPushButton[tone="accent"] { color: @accent; }

QMenu { background: @raised; color: @text; border: 1px solid @line; padding: 4dp; }
QMenu::item { padding: 5dp 24dp 5dp 10dp; border-radius: 5px; background: transparent; }
QMenu::item:selected { background: @tint; color: @text; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4dp 8dp; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; }

QLineEdit {
    background: @raised; color: @text; border: 1px solid @edge; border-radius: @radius;
    padding: 5dp 8dp; selection-background-color: @accent; selection-color: @on_accent; }
QLineEdit:focus { border: 2px solid @accent; padding: 4dp 7dp; }
QLineEdit#words, QLineEdit#words:focus { background: transparent; border: none; padding: 0; }
QWidget#chipRow { background: transparent; }
QComboBox { background: @raised; color: @text; border: 1px solid @edge; border-radius: @radius;
    padding: 5dp 8dp; }
QComboBox:focus { border: 2px solid @accent; padding: 4dp 7dp; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox QAbstractItemView { background: @raised; color: @text; border: 1px solid @line;
    selection-background-color: @tint; selection-color: @text; outline: none; padding: 4dp; }

QSlider { background: transparent; }
QSlider::groove:horizontal { height: 2px; background: @edge; border-radius: 1px; }
QSlider::handle:horizontal { width: 10px; height: 10px; margin: -4dp 0; border-radius: 5px;
    background: @secondary; }
QSlider::handle:horizontal:hover { background: @text; }
QSlider::handle:horizontal:focus { background: @accent; }

QProgressBar { background: @line; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }

QScrollArea, QAbstractScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @thumb; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @edge; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: @line; }
QSplitter::handle:hover { background: @edge; }
QListView#offers { background: @raised; border: 1px solid @line; padding: 0; }
QTreeView, QListView, QTableView { background: transparent; border: none; outline: none; color: @text; }
QTableView::item { padding: 0 8dp; }
QTableView::item:selected { background: @tint; color: @text; }
QHeaderView { background: transparent; }
QHeaderView::section { background: transparent; color: @secondary; border: none;
    border-bottom: 1px solid @line; padding: 4dp 11dp; font-size: 12dp; }
"""
