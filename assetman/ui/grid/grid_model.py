"""The results as Qt's views and screen readers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from assetman.core.queries import Hit
from assetman.engine.protocol import Card
from assetman.ui.bridge import EngineBridge
from assetman.ui.grid.cards import CardStore
from assetman.ui.grid.wording import card_name, card_sentence, card_tip

Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


class AssetGridModel(QAbstractListModel):
    """Holds ids and nothing else; a card is fetched when its row is on screen."""

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._ids: Sequence[int] = ()
        self._hits: Mapping[int, Hit] = {}
        self._rows: dict[int, int] | None = {}
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
        self.endResetModel()

    def id_at(self, row: int) -> int:
        """Give the asset of a row."""
        return self._ids[row]

    def row_of(self, asset_id: int) -> int:
        """Give the row of an asset, -1 if it is not among the results."""
        if self._rows is None:
            self._rows = {asset: row for row, asset in enumerate(self._ids)}
        return self._rows.get(asset_id, -1)

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
            return card_name(card, self.hit(row), row + 1, gone=gone)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return card_sentence(card)
        if role == Qt.ItemDataRole.ToolTipRole:
            return card_tip(card)
        return None

    def _arrived(self, asset_ids: Sequence[int]) -> None:
        rows = [row for row in map(self.row_of, asset_ids) if row >= 0]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))
