"""What the window can do beyond what is in sight: its menu and its keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from assetman.ui.theme import Scheme, appearance

Verb = Callable[[], object]
Entry = tuple[str, str, Verb] | QAction | None  # name, key to show, verb; None separates


def add_shortcuts(window: QWidget, keys: dict[str, Verb]) -> None:
    """Let keys work in the whole window."""
    for key, verb in keys.items():
        shortcut = QShortcut(QKeySequence(key), window)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(verb)


def make_menu(
    parent: QWidget, entries: Sequence[Entry], scheme: Callable[[Scheme], object]
) -> QMenu:
    """Make the window's menu: its entries, and the choice of the theme."""
    menu = QMenu(parent)
    for entry in entries:
        if entry is None:
            menu.addSeparator()
            continue
        if isinstance(entry, QAction):
            menu.addAction(entry)
            continue
        name, key, verb = entry
        menu.addAction(f"{name}\t{key}" if key else name).triggered.connect(lambda _, do=verb: do())
    menu.insertMenu(_last(menu), _theme_menu(menu, scheme))
    return menu


def open_below(menu: QMenu, anchor: QWidget) -> None:
    """Open a menu beneath a button."""
    menu.popup(anchor.mapToGlobal(QPoint(0, anchor.height() + 2)))


def _last(menu: QMenu) -> QAction:
    return menu.actions()[-1]


def _theme_menu(menu: QMenu, chosen: Callable[[Scheme], object]) -> QMenu:
    themes = QMenu("Theme", menu)
    group = QActionGroup(themes)
    for scheme, name in (
        (Scheme.SYSTEM, "As the system"),
        (Scheme.LIGHT, "Light"),
        (Scheme.DARK, "Dark"),
    ):
        action = themes.addAction(name)
        action.setCheckable(True)
        action.setChecked(appearance().scheme is scheme)
        group.addAction(action)
        action.triggered.connect(lambda _, scheme=scheme: chosen(scheme))
    return themes
