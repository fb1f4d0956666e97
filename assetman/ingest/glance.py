"""What a root looks like from outside, kept so that the next look shows where it changed."""

from __future__ import annotations

from collections import defaultdict

from assetman.core.progress import CancelToken
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.places import parent
from assetman.ingest.scan import Found, walk

Glance = dict[str, int]  # folder: what its files' names, sizes and times come to


def glance(root: str, rules: IgnoreRules, cancel: CancelToken) -> Glance:
    """Look through a root. Raises OSError if it cannot be read."""
    marks: dict[str, int] = defaultdict(int)
    for item in walk(root, rules, cancel):
        if isinstance(item, Found):
            stat = item.stat
            # A sum does not mind the order in which a folder lists its files.
            marks[parent(item.path)] += hash((item.path, stat.size, stat.mtime_ns, stat.inode))
        else:
            marks[item.path] += hash(item.message)
    return dict(marks)


def changed_between(before: Glance, after: Glance) -> set[str]:
    """Name the folders whose files came, went or changed."""
    return {folder for folder, _ in before.items() ^ after.items()}
