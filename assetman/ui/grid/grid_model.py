"""The results as Qt's views and screen readers see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from assetman.core.queries import Hit
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.cards import CardStore
from assetman.ui.grid.stack_mark import member_words, stack_tip, stack_words
from assetman.ui.grid.wording import card_name, card_sentence, card_tip

Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


class AssetGridModel(QAbstractListModel):
    """Holds ids and nothing else; a card is fetched when its row is on screen.

    The files of a stack that lies open are rows like all others, behind the one that stands for
    them.
    """

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._ids: Sequence[int] = ()
        self._hits: dict[int, Hit] = {}
        self._rows: dict[int, int] | None = {}
        self.opened: dict[int, tuple[int, ...]] = {}  # by who stands for them, the last one last
        self._lead: dict[int, int] = {}  # who stands for a file of a stack that lies open
        self.store = CardStore(bridge, self)
        self.store.arrived.connect(self._arrived)

    @property
    def ids(self) -> Sequence[int]:
        return self._ids

    @property
    def hits(self) -> Mapping[int, Hit]:
        return self._hits

    def show(self, ids: Sequence[int], hits: Mapping[int, Hit]) -> None:
        """Hold other results."""
        self.beginResetModel()
        self._ids, self._hits, self._rows = tuple(ids), dict(hits), None
        self.opened, self._lead = {}, {}
        self.endResetModel()

    def unfold(self, asset_id: int) -> None:
        """Let the other files of a stack stand behind the one that stands for them."""
        row = self.row_of(asset_id)
        hit = self.hit(row) if row >= 0 else None
        if hit is None or hit.stack is None or asset_id in self.opened:
            return
        others = tuple(each for each in hit.stack.asset_ids if self.row_of(each) < 0)
        if not others:
            return
        self.beginInsertRows(QModelIndex(), row + 1, row + len(others))
        self._ids = (*self._ids[: row + 1], *others, *self._ids[row + 1 :])
        self.opened[asset_id] = others
        self._lead |= dict.fromkeys((asset_id, *others), asset_id)
        self._rows = None
        self.endInsertRows()

    def fold(self, asset_id: int) -> None:
        """Let one file of a stack stand for all of them again."""
        if asset_id not in self.opened:
            return
        others, row = self.opened[asset_id], self.row_of(asset_id)
        self.beginRemoveRows(QModelIndex(), row + 1, row + len(others))
        del self.opened[asset_id]
        for each in (asset_id, *others):
            del self._lead[each]
        self._ids = (*self._ids[: row + 1], *self._ids[row + 1 + len(others) :])
        self._rows = None
        self.endRemoveRows()

    def know(self, hits: Mapping[int, Hit]) -> None:
        """Hold hits of files that are in a stack, beside those of who stands for them."""
        self._hits |= hits
        self._arrived(list(hits))

    def lead_of(self, asset_id: int) -> int | None:
        """Give who stands for a file of a stack that lies open; None where it is in none."""
        return self._lead.get(asset_id)

    @property
    def folded(self) -> Sequence[int]:
        """The assets as they stand where no stack lies open."""
        if not self.opened:
            return self._ids
        return tuple(each for each in self._ids if self._lead.get(each, each) == each)

    def id_at(self, row: int) -> int:
        """Give the asset of a row."""
        return self._ids[row]

    def row_of(self, asset_id: int) -> int:
        """Give the row of an asset, -1 if it is not among the results."""
        if self._rows is None:
            self._rows = {asset: row for row, asset in enumerate(self._ids)}
        return self._rows.get(asset_id, -1)

    def selection(self, asset_ids: Iterable[int]) -> QItemSelection:
        """Make a selection of assets, those that are not here passed over."""
        rows = sorted({row for row in map(self.row_of, asset_ids) if row >= 0})
        selection, start = QItemSelection(), 0
        for end in range(1, len(rows) + 1):
            if end == len(rows) or rows[end] != rows[end - 1] + 1:
                selection.select(self.index(rows[start]), self.index(rows[end - 1]))
                start = end
        return selection

    def card(self, row: int) -> Card | None:
        """Give the card of a row if it is here."""
        return self.store.get(self._ids[row])

    def hit(self, row: int) -> Hit | None:
        """Give the hit of a row, None in a plain list."""
        return self._hits.get(self._ids[row])

    def want(self, rows: range) -> None:
        """Say which rows are on screen: their cards are fetched if they are not here."""
        self.store.want(self._ids[rows.start : rows.stop])

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        row = index.row()
        card = self.card(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return card.asset.display_name if card else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            gone = self.store.gone(self._ids[row])
            stack = self._stack_words(self._ids[row])
            return card_name(card, self.hit(row), row + 1, gone=gone, stack=stack)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return card_sentence(card)
        if role == Qt.ItemDataRole.ToolTipRole:
            hit = self.hit(row)
            folded = hit is not None and hit.stack is not None and hit.asset_id not in self.opened
            return card_tip(card, stack_tip(hit) if hit is not None and folded else "")
        return None

    def _stack_words(self, asset_id: int) -> str:
        """Say what a card stands for, or which one of a stack it is."""
        lead = self._lead.get(asset_id)
        hit = self._hits.get(asset_id if lead is None else lead)
        if hit is None or hit.stack is None:
            return ""
        if lead is None:
            return stack_words(hit)
        words = member_words(hit, asset_id)
        return f"{words}, shown" if asset_id == lead else words

    def _arrived(self, asset_ids: Sequence[int]) -> None:
        rows = [row for row in map(self.row_of, asset_ids) if row >= 0]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))
