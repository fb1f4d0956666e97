"""The keys of a sound, as they are pressed and as they are explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from assetman.ui.player.keys import Help, Verb

if TYPE_CHECKING:
    from assetman.ui.listening.sound_player import SoundPlayer

_Key = Qt.Key

HELP: Help = (
    (
        ("Space or K", "Play or pause"),
        ("←   →", "The result before, the next: heard at once"),
        ("J   L", "Five seconds back, five on"),
        ("Shift ←   →", "The match before, the next"),
        ("<   >", "Slower, faster"),
        ("R", "Loop the marks or the whole"),
        ("M", "Sound off or on"),
    ),
    (
        ("I   O", "Mark where it begins, ends"),
        ("X", "Clear the marks"),
        ("S", "Find similar: marks or the whole"),
        ("E", "Export"),
        ("+   −   Z", "Larger, smaller, the whole"),
        ("Tab", "To the waveform: arrows scrub"),
        ("Esc", "Silence, and back to the results"),
    ),
)


def verb_of(event: QKeyEvent, player: SoundPlayer) -> Verb | None:
    """Give what a key means to a sound, None if nothing."""
    modifiers = event.modifiers()
    if modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return None
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    by_text: dict[str, Verb] = {
        "<": lambda: player.change_rate(-1),
        ">": lambda: player.change_rate(1),
        "+": lambda: player.wave.zoom(1.6),
        "=": lambda: player.wave.zoom(1.6),
        "-": lambda: player.wave.zoom(1 / 1.6),
    }
    if event.text() in by_text:
        return by_text[event.text()]
    verbs: dict[tuple[int, bool], Verb] = {
        (_Key.Key_Space, False): player.toggle,
        (_Key.Key_K, False): player.toggle,
        (_Key.Key_MediaTogglePlayPause, False): player.toggle,
        (_Key.Key_MediaPlay, False): player.toggle,
        (_Key.Key_MediaPause, False): player.listening.silence,
        (_Key.Key_J, False): lambda: player.go(player.at - 5.0),
        (_Key.Key_L, False): lambda: player.go(player.at + 5.0),
        (_Key.Key_Left, True): lambda: player.go_windows(-1),
        (_Key.Key_Right, True): lambda: player.go_windows(1),
        (_Key.Key_I, False): lambda: player.mark(-1),
        (_Key.Key_O, False): lambda: player.mark(1),
        (_Key.Key_X, False): lambda: player.mark(0),
        (_Key.Key_R, False): player.bar.loop.click,
        (_Key.Key_M, False): player.bar.mute.click,
        (_Key.Key_E, False): player.export,
        (_Key.Key_S, False): player.find_similar,
        (_Key.Key_Z, False): lambda: player.wave.zoom(0),
    }
    return verbs.get((event.key(), shift))
