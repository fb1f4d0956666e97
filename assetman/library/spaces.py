"""Spaces: which embeddings there are, which of them answer, and which are being made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assetman.core.changes import Changes
from assetman.core.errors import WrongUse
from assetman.core.inputs import Modality
from assetman.core.spaces import Space
from assetman.library.database import Database, Row
from assetman.library.gaps import Gaps
from assetman.library.journal import PERSON, Journal

_COLUMNS = "id, model, revision, preprocessing, dimension, role, modality"


class SpaceRole(StrEnum):
    """What a space is for at present. At most one of each modality is active, and one filling."""

    ACTIVE = "active"  # answers searches
    FILLING = "filling"  # becomes active once it is complete
    KEPT = "kept"  # was active, or may become it


@dataclass(frozen=True, slots=True)
class StoredSpace:
    """A space with the id and the role the catalogue gives it."""

    id: int
    space: Space
    role: SpaceRole
    modality: Modality  # of what it has embeddings: what is seen (IMAGE), or heard (SOUND)


class Spaces:
    """The table of spaces."""

    def __init__(self, database: Database, journal: Journal, gaps: Gaps) -> None:
        self._database = database
        self._journal = journal
        self._gaps = gaps

    def all(self) -> list[StoredSpace]:
        """List the spaces in the order they were added."""
        return [_space(row) for row in self._database.rows(f"SELECT {_COLUMNS} FROM spaces")]

    def get(self, space_id: int) -> StoredSpace:
        """Give a space. Raises WrongUse where there is none of that id."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM spaces WHERE id = ?", (space_id,))
        if row is None:
            raise WrongUse(f"There is no embedding space {space_id}.")
        return _space(row)

    def active(self, modality: Modality = Modality.IMAGE) -> StoredSpace | None:
        """Give the space that answers about what is seen, or heard, if there is one yet."""
        return self._of_role(SpaceRole.ACTIVE, modality)

    def filling(self, modality: Modality = Modality.IMAGE) -> StoredSpace | None:
        """Give the space that is to become active, if there is one."""
        return self._of_role(SpaceRole.FILLING, modality)

    def ensure(
        self,
        space: Space,
        modality: Modality = Modality.IMAGE,
        role: SpaceRole = SpaceRole.KEPT,
    ) -> tuple[StoredSpace, Changes]:
        """Give the space as stored, adding it in a role if it is not; one that is keeps its own."""
        with self._database.writing():
            row = self._database.row(f"SELECT {_COLUMNS} FROM spaces WHERE key = ?", (space.key,))
            if row is not None:
                return _space(row), Changes()
            space_id = self._database.insert(
                "INSERT INTO spaces (key, model, revision, preprocessing, dimension, role, "
                "modality) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(space.key, space.model, space.revision, space.preprocessing),
                    *(space.dimension, str(SpaceRole.KEPT), str(modality)),
                ),
            )
            self._journal.append("spaces.add", after={"id": space_id, "key": space.key})
            self._gaps.settle()
            self._gaps.add_space(space_id)
            self._give(space_id, role, "spaces.role")
            return self.get(space_id), Changes(spaces=True)

    def choose(self, space_id: int) -> Changes:
        """Let a space become active once it is complete, or at once while none is.

        Choosing the active one calls off the filling of another.
        """
        with self._database.writing():
            chosen = self.get(space_id)
            if chosen.role == SpaceRole.ACTIVE:
                filling = self.filling(chosen.modality)
                return (
                    self._give(filling.id, SpaceRole.KEPT, "spaces.choose")
                    if filling
                    else Changes()
                )
            role = SpaceRole.FILLING if self.active(chosen.modality) else SpaceRole.ACTIVE
            return self._give(space_id, role, "spaces.choose")

    def switch(self, modality: Modality = Modality.IMAGE) -> Changes:
        """Make the filling space active and keep the one that was; without one, do nothing."""
        with self._database.writing():
            filling = self.filling(modality)
            return (
                self._give(filling.id, SpaceRole.ACTIVE, "spaces.switch") if filling else Changes()
            )

    def _give(self, space_id: int, role: SpaceRole, what: str) -> Changes:
        """Give a space a role; whoever had a role that only one may have is kept."""
        space = self.get(space_id)
        before = space.role
        if before == role:
            return Changes()
        holder = None if role == SpaceRole.KEPT else self._of_role(role, space.modality)
        if holder is not None:
            self._set(holder.id, SpaceRole.KEPT)
        self._set(space_id, role)
        self._journal.append(
            what,
            {"id": space_id, "role": before, "holder": holder and holder.id},
            {"id": space_id, "role": role},
            PERSON,
        )
        return Changes(spaces=True)

    def _set(self, space_id: int, role: SpaceRole) -> None:
        self._database.execute("UPDATE spaces SET role = ? WHERE id = ?", (str(role), space_id))

    def _of_role(self, role: SpaceRole, modality: Modality) -> StoredSpace | None:
        row = self._database.row(
            f"SELECT {_COLUMNS} FROM spaces WHERE role = ? AND modality = ?",
            (str(role), str(modality)),
        )
        return _space(row) if row else None


def _space(row: Row) -> StoredSpace:
    space_id, model, revision, preprocessing, dimension, role, modality = row
    space = Space(model, revision, preprocessing, dimension)
    return StoredSpace(space_id, space, SpaceRole(role), Modality(modality))
