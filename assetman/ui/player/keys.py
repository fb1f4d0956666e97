"""The keys of the player, as they are pressed and as they are explained."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from assetman.ui.player.player import Player

_Key = Qt.Key
Verb = Callable[[], object]
Help = tuple[tuple[tuple[str, str], ...], ...]  # columns of keys and what they do

HELP: Help = (
    (
        ("Space or K", "Play or pause"),
        ("J   L", "Play backwards, forwards; again: faster"),
        ("<   >", "Slower, faster"),
        (",   .", "One frame back, one on"),
        ("Shift ←   →", "The shot before, the next"),
        ("R", "Loop the marks or the shot"),
        ("M", "Sound off or on"),
    ),
    (
        ("I   O", "Mark where it begins, ends"),
        ("X", "Clear the marks"),
        ("S", "Find similar: frame or marks"),
        ("E", "Export"),
        ("Shift M", "Mark a part of the frame"),
        ("←   →", "The result before, the next"),
        ("Tab", "To the timeline: arrows scrub"),
        ("Esc", "Back to the results"),
    ),
)


def verb_of(event: QKeyEvent, player: Player) -> Verb | None:
    """Give what a key means to a player, None if nothing."""
    modifiers = event.modifiers()
    if modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return None
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    by_text: dict[str, Verb] = {
        ",": lambda: player.step(-1),
        ".": lambda: player.step(1),
        "<": lambda: player.change_rate(-1),
        ">": lambda: player.change_rate(1),
    }
    if event.text() in by_text:
        return by_text[event.text()]
    verbs: dict[tuple[int, bool], Verb] = {
        (_Key.Key_Space, False): player.toggle,
        (_Key.Key_K, False): player.toggle,
        (_Key.Key_MediaTogglePlayPause, False): player.toggle,
        (_Key.Key_MediaPlay, False): player.toggle,
        (_Key.Key_MediaPause, False): player.silence,
        (_Key.Key_J, False): lambda: player.shuttle(-1),
        (_Key.Key_L, False): lambda: player.shuttle(1),
        (_Key.Key_Left, True): lambda: player.go_shots(-1),
        (_Key.Key_Right, True): lambda: player.go_shots(1),
        (_Key.Key_I, False): lambda: player.mark(-1),
        (_Key.Key_O, False): lambda: player.mark(1),
        (_Key.Key_X, False): lambda: player.mark(0),
        (_Key.Key_R, False): player.bar.loop.click,
        (_Key.Key_M, False): player.bar.mute.click,
        (_Key.Key_E, False): player.export,
    }
    return verbs.get((event.key(), shift))
