"""What can be done with assets anywhere in the window: the verbs and their menu."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QByteArray, QMimeData, QObject, QPoint, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu, QWidget

from assetman.core.assets import Kind, display
from assetman.core.moments import clock
from assetman.core.queries import Aspect, Example
from assetman.engine.protocol import Card, EngineApi
from assetman.ui.bridge import EngineBridge
from assetman.ui.controller.organiser import Organiser
from assetman.ui.grid.alike_menu import offer_alike
from assetman.ui.grid.card_times import plays
from assetman.ui.grid.file_manager import require, reveal
from assetman.ui.grid.organising_menu import offer_organising
from assetman.ui.grid.pictures import file_url, read_image
from assetman.ui.grid.stack_menu import Folded, offer_stack
from assetman.ui.grid.wording import count_text
from assetman.ui.jobs import Job
from assetman.ui.listening.audition import is_sound
from assetman.ui.player.clip import Clip

T = TypeVar("T")
Entry = tuple[str, str, Callable[[], object]] | None  # title, keys to show, verb; None separates

ASSETS_MIME = "application/x-assetman-assets"  # asset ids as JSON: the window's own drags
HOME_MIME = "application/x-assetman-process"  # which process these ids mean anything to
_HOME = f"{os.getpid()}-{secrets.token_hex(8)}".encode()
UNLIKE = -1.0
EXAMPLES = 32  # at most, in one question
LOOKED_AT = 1000  # files whose present rating the menu looks up
OPENED = 20  # files opened at once, at most
COPIED_PIXELS = 60_000_000  # a larger picture is copied reduced


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks with assets: the examples, and what becomes of the present question."""

    examples: tuple[Example, ...]
    replace: bool  # instead of the present question, or added to it
    leave_out: tuple[int, ...] = ()


ClipOf = Callable[[int], Clip | None]


def similar_to(
    asset_ids: Sequence[int], clip_of: ClipOf = lambda _: None, by: Aspect = Aspect.MEANING
) -> Question:
    """Ask for what is like these, or like the moments shown of them; themselves left out."""
    ids = tuple(asset_ids[:EXAMPLES])
    examples = tuple(_example(i, clip_of(i), by=by) for i in ids)
    return Question(examples, replace=True, leave_out=ids)


def similar_to_moment(asset_id: int, start: float, end: float | None = None) -> Question:
    """Ask for what is like a frame of a video, or like some seconds of it."""
    example = Example(asset_id=asset_id, start=start, end=end)
    return Question((example,), replace=True, leave_out=(asset_id,))


def less_like(asset_ids: Sequence[int], clip_of: ClipOf = lambda _: None) -> Question:
    """Add to the present question that it should be less like these."""
    ids = asset_ids[:EXAMPLES]
    return Question(tuple(_example(i, clip_of(i), UNLIKE) for i in ids), replace=False)


def _example(
    asset_id: int, clip: Clip | None, weight: float = 1.0, by: Aspect = Aspect.MEANING
) -> Example:
    if clip is None:
        return Example(asset_id=asset_id, weight=weight, by=by)
    return Example(asset_id=asset_id, weight=weight, start=clip.start, end=clip.end, by=by)


def mime_of(cards: Sequence[Card]) -> QMimeData:
    """Make what is dragged or copied: the files, and a mark by which the window knows its own."""
    mime = QMimeData()
    urls = [file_url(card.asset.path) for card in cards]
    mime.setUrls(urls)
    mime.setData(ASSETS_MIME, QByteArray(json.dumps([c.asset.id for c in cards]).encode()))
    mime.setData(HOME_MIME, QByteArray(_HOME))
    encoded = b"\n".join(bytes(url.toEncoded().data()) for url in urls)
    mime.setData("x-special/gnome-copied-files", QByteArray(b"copy\n" + encoded))
    return mime


def is_own(mime: QMimeData) -> bool:
    """Tell whether cards of this app are dragged."""
    return bytes(mime.data(HOME_MIME).data()) == _HOME


def assets_of(mime: QMimeData) -> list[int]:
    """Give the assets that are dragged within this app; another one's ids mean others."""
    if not is_own(mime):
        return []
    return [int(asset_id) for asset_id in json.loads(bytes(mime.data(ASSETS_MIME).data()))]


class AssetActions(QObject):
    """Does what menus, keys and buttons ask for, for any number of assets."""

    asked = Signal(object)  # Question
    folder_asked = Signal(int)  # asset id
    said = Signal(str)  # one sentence for the person
    play_wanted = Signal(int, float)  # asset id, seconds
    shots_wanted = Signal(int)  # asset id
    export_wanted = Signal(object)  # Clip

    def __init__(self, bridge: EngineBridge, organiser: Organiser, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._organiser = organiser
        self._place = parent
        self._open_menu: QMenu | None = None
        self.card_of: Callable[[int], Card | None] = lambda _: None  # of those seen already
        self.clip_of: ClipOf = lambda _: None  # the moment that is shown of a video, if it is one
        self.shots_shown: Callable[[], int | None] = lambda: None  # of which video
        self.stacks: Folded | None = None  # where files are folded into one card
        self.shows_films = False  # whether videos can be looked into here

    def menu(self, asset_ids: Sequence[int], clip: Clip | None = None) -> QMenu:
        """Make the context menu of some assets; of a video with the moment that is meant."""
        ids = tuple(asset_ids)
        if clip is None and len(ids) == 1:
            clip = self.clip_of(ids[0])
        many = len(ids) > 1
        these = f"{count_text(len(ids), 'file', 'files')}"
        menu = QMenu(self._place)
        menu.setAccessibleName("Actions")
        entries: list[Entry] = [
            *(self._alike(ids) if clip is None else self._alike_moment(clip)),
            None,
            (f"Open {these}" if many else "Open", "Ctrl+Enter", partial(self.open_files, ids)),
            ("Show in folder here", "", partial(self.show_in_folder, ids)),
            ("Show in file manager", "", partial(self.show_in_file_manager, ids)),
            None,
            (f"Copy {these}" if many else "Copy", "Ctrl+C", partial(self.copy, ids)),
            ("Copy paths" if many else "Copy path", "Ctrl+Shift+C", partial(self.copy_paths, ids)),
        ]
        if len(ids) == 1 and self._plays(ids[0]):
            entries = [*self._film_entries(ids[0], clip), None, *entries]
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            title, keys, verb = entry
            action = menu.addAction(f"{title}\t{keys}" if keys else title)
            action.triggered.connect(partial(_call, verb))
            action.setEnabled(not (many and title == "Show in folder here"))
        kinds = {card.asset.kind for i in ids[:LOOKED_AT] if (card := self.card_of(i))}
        offer_alike(
            menu, many, kinds, partial(self.find_similar, ids), menu.actions()[_alike(menu)]
        )
        opening = next(a for a in menu.actions() if a.text().startswith("Open"))
        before = menu.actions()[menu.actions().index(opening) - 1]
        known = {card.asset.rating if (card := self.card_of(i)) else None for i in ids[:LOOKED_AT]}
        rating = known.pop() if len(known) == 1 and len(ids) <= LOOKED_AT else None
        offer_organising(menu, self._organiser, ids, rating, before)
        if self.stacks is not None:
            offer_stack(menu, self.stacks, ids)
        return menu

    def show_menu(
        self, asset_ids: Sequence[int], at: QPoint, clip: Clip | None = None
    ) -> QMenu | None:
        """Open the context menu at a point of the screen; None if one is open already."""
        if not asset_ids or (self._open_menu is not None and self._open_menu.isVisible()):
            return None
        if self._open_menu is not None:
            self._open_menu.deleteLater()
        self._open_menu = self.menu(asset_ids, clip)
        self._open_menu.popup(at)
        return self._open_menu

    def find_similar(self, asset_ids: Sequence[int], by: Aspect = Aspect.MEANING) -> None:
        """Ask for what is like these: of videos that were found, like their best moments."""
        if asset_ids:
            self.asked.emit(similar_to(asset_ids, self.clip_of, by))

    def less_like(self, asset_ids: Sequence[int]) -> None:
        """Ask for less like these."""
        if asset_ids:
            self.asked.emit(less_like(asset_ids, self.clip_of))

    def find_similar_to(self, clip: Clip | None) -> None:
        """Ask for what is like a moment."""
        if clip is not None:
            self.asked.emit(similar_to_moment(clip.asset_id, clip.start, clip.end))

    def less_like_moment(self, clip: Clip) -> None:
        """Ask for less like a moment."""
        self.asked.emit(less_like([clip.asset_id], lambda _: clip))

    def play(self, asset_ids: Sequence[int]) -> None:
        """Ask for a video or a sound to be played, from the moment that is shown of it."""
        if asset_ids and self._plays(asset_ids[0]):
            clip = self.clip_of(asset_ids[0])
            self.play_wanted.emit(asset_ids[0], clip.start if clip is not None else 0.0)

    def _plays(self, asset_id: int) -> bool:
        card = self.card_of(asset_id)
        return self.shows_films and card is not None and plays(card)

    def _sounds(self, asset_id: int) -> bool:
        return is_sound(self.card_of(asset_id))

    def _alike(self, ids: Sequence[int]) -> list[Entry]:
        many = len(ids) > 1
        return [
            (
                "Find similar to these" if many else "Find similar",
                "S",
                lambda: self.find_similar(ids),
            ),
            (
                "Less like these" if many else "Less like this",
                "Shift+S",
                lambda: self.less_like(ids),
            ),
        ]

    def _alike_moment(self, clip: Clip) -> list[Entry]:
        whole = similar_to([clip.asset_id])
        sound = self._sounds(clip.asset_id)
        part, all_of_it = ("part", "sound") if sound else ("moment", "video")
        return [
            (f"Find similar to this {part}", "S", lambda: self.find_similar_to(clip)),
            (f"Find similar to the whole {all_of_it}", "", lambda: self.asked.emit(whole)),
            (f"Less like this {part}", "Shift+S", lambda: self.less_like_moment(clip)),
        ]

    def _film_entries(self, asset_id: int, clip: Clip | None) -> list[Entry]:
        """Offer what can be done with what plays: a video or a sound."""
        start = clip.start if clip is not None else 0.0
        sound = self._sounds(asset_id)
        play = f"Play from {clock(start)}" if clip is not None else "Play"
        entries: list[Entry] = [
            (play, "Space" if sound else "P", lambda: self.play_wanted.emit(asset_id, start))
        ]
        if not sound:
            verb = "Hide" if self.shots_shown() == asset_id else "Show"
            entries.append((f"{verb} its shots", "M", lambda: self.shots_wanted.emit(asset_id)))
        if clip is not None:
            saved = "Save this part…" if sound else "Save this shot…"
            entries.append((saved, "", lambda: self.export_wanted.emit(clip)))
        return entries

    def rate(self, asset_ids: Sequence[int], rating: int) -> None:
        """Rate files 0 (no rating) to 5."""
        self._organiser.rate(asset_ids, rating)

    def type_tags(self, asset_ids: Sequence[int]) -> None:
        """Ask for the tag field."""
        if asset_ids:
            self._organiser.tags_wanted.emit(list(asset_ids))
        else:
            self.said.emit("Select what you want to tag first.")

    def show_in_folder(self, asset_ids: Sequence[int]) -> None:
        """Ask for the folder of an asset."""
        if asset_ids:
            self.folder_asked.emit(asset_ids[0])

    def open_files(self, asset_ids: Sequence[int]) -> None:
        """Open files in their own programs."""
        if len(asset_ids) > OPENED:
            self.said.emit(f"Opening the first {OPENED} of {len(asset_ids)} files.")

        def reachable(api: EngineApi) -> list[Card]:
            cards = api.cards(asset_ids[:OPENED])
            require([card.asset.path for card in cards])
            return cards

        def show(cards: list[Card]) -> None:
            for card in cards:
                if not QDesktopServices.openUrl(file_url(card.asset.path)):
                    self.said.emit(f"No program opens {card.asset.display_name}.")

        self._start(reachable, show)

    def show_in_file_manager(self, asset_ids: Sequence[int]) -> None:
        """Show files in the system's file manager."""

        def work(api: EngineApi) -> None:
            reveal([card.asset.path for card in api.cards(asset_ids[:OPENED])])

        self._start(work, lambda _: None)

    def copy(self, asset_ids: Sequence[int]) -> None:
        """Copy files, and the picture itself if it is one picture."""

        def work(api: EngineApi) -> tuple[list[Card], QImage | None]:
            cards = api.cards(asset_ids)
            single = len(cards) == 1 and cards[0].asset.kind is Kind.IMAGE
            if not single or cards[0].failure:
                return cards, None
            return cards, read_image(api.preview(cards[0].asset.id, _side(cards[0])).path)

        def done(answer: tuple[list[Card], QImage | None]) -> None:
            cards, image = answer
            mime = mime_of(cards)
            if image is not None:
                mime.setImageData(image)
            QGuiApplication.clipboard().setMimeData(mime)
            self.said.emit(f"Copied {_name(cards)}.")

        def without_picture(error: BaseException) -> None:
            # The file can still be copied when its picture cannot be made.
            self._start(lambda api: api.cards(asset_ids), lambda cards: done((cards, None)))

        self._start(work, done, without_picture)

    def copy_paths(self, asset_ids: Sequence[int]) -> None:
        """Copy the paths of files as text, one on a line."""

        def done(cards: list[Card]) -> None:
            lines = [display(card.asset.path) for card in cards]
            QGuiApplication.clipboard().setText("\n".join(lines))
            self.said.emit(f"Copied {count_text(len(lines), 'path', 'paths')}.")

        self._start(lambda api: api.cards(asset_ids), done)

    def _start(
        self,
        work: Callable[[EngineApi], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        job: Job[T] = self._bridge.call(self, work).on_done(done)
        if failed is not None:
            job.on_error(failed)
        job.start()


def _alike(menu: QMenu) -> int:
    """Give the place in a menu behind the first entry that finds what is alike."""
    titles = [action.text() for action in menu.actions()]
    return next(n for n, title in enumerate(titles) if title.startswith("Less like"))


def _call(verb: Callable[[], object], *_checked: bool) -> None:
    verb()


def _name(cards: Sequence[Card]) -> str:
    if len(cards) == 1:
        return cards[0].asset.display_name
    return count_text(len(cards), "file", "files")


def _side(card: Card) -> int | None:
    """Give the longest side a copied picture may have: None is its own."""
    width, height = card.asset.width or 1, card.asset.height or 1
    if width * height <= COPIED_PIXELS:
        return None
    return int(max(width, height) * (COPIED_PIXELS / (width * height)) ** 0.5)
