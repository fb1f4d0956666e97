"""What the window can do beyond what is in sight: its menu and its keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from assetman.core.progress import Pace
from assetman.ui.theme import Scheme, appearance

Verb = Callable[[], object]
Entry = tuple[str, str, Verb] | QAction | QMenu | None  # name, key to show, verb; None separates
T = TypeVar("T")


def add_shortcuts(window: QWidget, keys: dict[str, Verb]) -> None:
    """Let keys work in the whole window."""
    for key, verb in keys.items():
        shortcut = QShortcut(QKeySequence(key), window)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(verb)


def make_menu(parent: QWidget, entries: Sequence[Entry]) -> QMenu:
    """Make the window's menu."""
    menu = QMenu(parent)
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        elif isinstance(entry, QAction):
            menu.addAction(entry)
        elif isinstance(entry, QMenu):
            menu.addMenu(entry)
        else:
            name, key, verb = entry
            text = f"{name}\t{key}" if key else name
            menu.addAction(text).triggered.connect(lambda _, do=verb: do())
    return menu


class ChoiceMenu(QMenu, Generic[T]):
    """A menu of which one entry is chosen."""

    def __init__(
        self,
        name: str,
        choices: Sequence[tuple[T, str]],
        chosen: Callable[[T], object],
        parent: QWidget,
    ) -> None:
        super().__init__(name, parent)
        group = QActionGroup(self)
        self._actions: dict[T, QAction] = {}
        for value, text in choices:
            action = self._actions[value] = self.addAction(text)
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _, value=value: chosen(value))

    def show_choice(self, value: T) -> None:
        """Mark what is chosen now."""
        self._actions[value].setChecked(True)


def theme_menu(chosen: Callable[[Scheme], object], parent: QWidget) -> ChoiceMenu[Scheme]:
    """Offer light, dark, and what the system says."""
    choices = [
        (Scheme.SYSTEM, "As the system"),
        (Scheme.LIGHT, "Light"),
        (Scheme.DARK, "Dark"),
    ]
    menu = ChoiceMenu("Theme", choices, chosen, parent)
    menu.show_choice(appearance().scheme)
    return menu


def pace_menu(chosen: Callable[[Pace], object], parent: QWidget) -> ChoiceMenu[Pace]:
    """Offer how much of the computer the work takes."""
    choices = [
        (Pace.AUTO, "Gently on battery, else fully"),
        (Pace.FULL, "Fully"),
        (Pace.GENTLE, "Gently"),
    ]
    return ChoiceMenu("Pace of the work", choices, chosen, parent)


def open_below(menu: QMenu, anchor: QWidget) -> None:
    """Open a menu beneath a button."""
    menu.popup(anchor.mapToGlobal(QPoint(0, anchor.height() + 2)))
