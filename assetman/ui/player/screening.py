"""Watching one video: its file, its moments, and where in it one is."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QHideEvent, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from assetman.core.assets import Asset, AssetState
from assetman.core.queries import Hit
from assetman.ui.bridge import EngineBridge
from assetman.ui.player.control_bar import ControlBar
from assetman.ui.player.deck import GONE
from assetman.ui.player.playback import Playback
from assetman.ui.player.ranging import Ranging
from assetman.ui.player.reel import heard_lights
from assetman.ui.player.reel_source import ReelSource
from assetman.ui.player.sound_memory import SoundMemory
from assetman.ui.player.stills import ReadPicture, Stills
from assetman.ui.player.timeline import Timeline

AWAY = {
    AssetState.OFFLINE: "Its drive or folder cannot be reached just now: only its moments are here.",
    AssetState.MISSING: GONE,
}


class Surface(Protocol):
    """Where a video is seen."""

    def show_frame(self, image: QImage | None, *, sharp: bool) -> None:
        """Show a frame (`sharp`: of the file, else a small picture of it); None: what was there."""
        ...

    def say(self, sentence: str) -> None:
        """Say why it does not play; "" when there is nothing to say."""
        ...

    def frame_room(self) -> QSize:
        """Give the size that a frame is shown at, in the screen's own pixels."""
        ...


class Screening(QWidget):
    """Keeps file, moments, timeline and controls of one video at one time.

    The file is opened when the person plays or goes somewhere, or at once where that is wanted,
    and let go of as soon as the player is not seen.
    """

    sounded = Signal()  # it begins to play

    def __init__(
        self,
        bridge: EngineBridge,
        surface: Surface,
        read: ReadPicture,
        host: QWidget,
        parent: QWidget,
        *,
        compact: bool = False,
    ) -> None:
        super().__init__(parent)
        self.asset: Asset | None = None
        self._surface = surface
        self._at = 0.0  # seconds, of what is shown
        self._hit: Hit | None = None  # the moment that was found
        self._poster: Hit | None = None  # whose frame is shown until the person goes elsewhere
        self._trouble = False  # the file does not play: small pictures serve
        self._sharp = False  # a frame of the file is shown
        self._memory = SoundMemory()
        self.source = ReelSource(bridge, self)
        self.stills = Stills(read, self)
        self.playback = Playback(self)
        self.ranging = Ranging(self.playback, self.source, self)
        self.timeline = Timeline(self.stills, host, self, compact=compact)
        self.bar = ControlBar(self, compact=compact)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0 if compact else 4)
        layout.setSpacing(2)
        layout.addWidget(self.timeline)
        layout.addWidget(self.bar)
        self.source.arrived.connect(self._show_reel)
        self.stills.arrived.connect(self._show_still)
        self.ranging.changed.connect(self._show_range)
        self.playback.frame_shown.connect(self._show_frame)
        self.playback.moved.connect(self._moved)
        self.playback.opened.connect(self.source.learn_duration)
        self.playback.failed.connect(self._fail)
        self.playback.playing_changed.connect(self._playing)

    def show_video(self, asset: Asset, hit: Hit | None = None) -> None:
        """Look at a video, at the moment of a hit if there is one; plays nothing."""
        if self.asset is not None and _file(self.asset) == _file(asset):
            self.asset = asset
            if hit is not None and _moment(hit) != _moment(self._hit):
                if self.playback.is_open:
                    self.go(hit.start or 0.0)
                self._stand(hit)
            return
        self.leave()
        self.asset = asset
        self._trouble = self.away
        self._surface.say(AWAY.get(asset.state, ""))
        self.bar.set_playable(not self._trouble)
        self.source.show_asset(asset)
        self._stand(hit)
        self.bar.show_rate(1.0)
        self.bar.show_sound(self._memory.volume, self._memory.muted)

    def leave(self) -> None:
        """Look at nothing: silence at once, the file let go of."""
        self.playback.close()
        self.playback.set_rate(1.0)
        self._sharp = False
        self.asset, self._hit, self._poster = None, None, None
        self.ranging.forget()
        self.bar.loop.setChecked(False)
        self.timeline.bubble.hide()
        self.source.show_asset(None)

    def open(self) -> None:
        """Show the sharp frame of where it stands, paused."""
        self._reach(play=False)

    def play(self, start: float | None = None) -> None:
        """Play, from a time if one is given."""
        if start is not None:
            self._at = start
            self._moved(start)
            self.ranging.renew(start)
        if self.playback.is_open:
            if start is not None:
                self.playback.seek(start)
            self.playback.play()
        else:
            self._reach(play=True)

    def silence(self) -> bool:
        """Stop playing at once; True if something was."""
        playing = self.playback.playing
        self.playback.pause()
        return playing

    @property
    def away(self) -> bool:
        """Tell whether there is no file to play just now."""
        return self.asset is not None and self.asset.state is not AssetState.PRESENT

    @property
    def found(self) -> Hit | None:
        """Give the moment that was found, while it is shown and nothing else was yet."""
        return self._poster

    @property
    def at(self) -> float:
        """Give the seconds at which what is shown starts."""
        return self._at

    def go(self, seconds: float) -> None:
        """Go to a time."""
        self._poster = None
        self._at = min(max(seconds, 0.0), self.source.reel.duration or seconds)
        self._moved(self._at)
        self.ranging.renew(self._at)
        if self.playback.is_open:
            self.playback.seek(self._at)
        elif not self._trouble:
            self._reach(play=False)
        self._show_still()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.playback.close()  # a drive can be taken out, a file deleted, when nobody watches it
        self._sharp = False

    # -- inside -------------------------------------------------------------------------

    def _reach(self, *, play: bool) -> None:
        """Open the file where it stands."""
        if self.asset is None or self._trouble:
            return
        self.playback.deck.set_sound(self._memory.volume, self._memory.muted)
        self.playback.room = self._surface.frame_room()
        self._sharp = False
        self.playback.open(self.asset.path, self._at, play=play)
        self.ranging.renew(self._at)

    def _stand(self, hit: Hit | None) -> None:
        """Stand at a moment without opening anything."""
        self._hit = self._poster = hit
        self._at = hit.start or 0.0 if hit is not None else 0.0
        self._moved(self._at)
        self._show_still()

    def _moved(self, seconds: float) -> None:
        self._at = seconds
        self.timeline.show_time(seconds)
        self.bar.show_time(seconds, self.source.reel.duration)

    def _show_frame(self, image: QImage) -> None:
        self._sharp = True
        self.playback.room = self._surface.frame_room()
        self._surface.show_frame(image, sharp=True)

    def _show_still(self) -> None:
        """Show a small picture for as long as there is none of the file."""
        if self._sharp or self.asset is None:
            return
        reel, hit = self.source.reel, self._poster
        moment = reel.segment(hit.segment_id) if hit is not None else None
        if moment is None and (hit is not None or self._at > 0):
            moment = reel.nearest(self._at)
        still = self.stills.get(moment)
        if still is not None:
            self._surface.show_frame(still, sharp=False)

    def _show_reel(self) -> None:
        if self.asset is None:
            return
        reel = self.source.reel
        shape = QSize(self.asset.width or 16, self.asset.height or 9)
        self.timeline.show_reel(reel, shape, heard_lights(self.source.windows))
        self._moved(self._at)
        self._show_still()

    def _show_range(self) -> None:
        self.timeline.show_range(self.ranging.marks, self.playback.loop)
        self.bar.show_marks(self.ranging.marks, self.source.reel.duration)

    def _playing(self, playing: bool) -> None:
        self.bar.show_playing(playing)
        if playing:
            self._poster = None
            self.sounded.emit()

    def _fail(self, sentence: str) -> None:
        self._trouble, self._sharp = True, False
        self.bar.set_playable(False)
        self._surface.say(sentence)
        self._show_still()


def _moment(hit: Hit | None) -> tuple[int | None, float | None] | None:
    return (hit.segment_id, hit.start) if hit is not None else None


def _file(asset: Asset) -> tuple[int, str, int, float, AssetState]:
    """Tell what is watched from what was: another file, other bytes, or its drive is back."""
    return asset.id, asset.fingerprint, asset.size, asset.modified, asset.state
