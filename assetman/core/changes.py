"""What a write changed, so that whoever shows it can renew just that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows that are no longer as they were; `|` joins the changes of several writes."""

    assets_added: frozenset[int] = frozenset()
    assets_changed: frozenset[int] = frozenset()
    assets_removed: frozenset[int] = frozenset()
    roots: bool = False
    spaces: bool = False
    failures: bool = False
    embedded: int = 0  # embeddings added
    organised: bool = False  # tags or collections came, went, or have another name or count
    history: bool = False  # what can be undone or redone is another
    duplicates: bool = False  # other files are copies of each other than before
    searches: bool = False  # smart searches came, went, or have another name or count

    def __or__(self, other: Changes) -> Changes:
        return Changes(
            self.assets_added | other.assets_added,
            self.assets_changed | other.assets_changed,
            self.assets_removed | other.assets_removed,
            self.roots or other.roots,
            self.spaces or other.spaces,
            self.failures or other.failures,
            self.embedded + other.embedded,
            self.organised or other.organised,
            self.history or other.history,
            self.duplicates or other.duplicates,
            self.searches or other.searches,
        )

    def __bool__(self) -> bool:
        return self != Changes()
