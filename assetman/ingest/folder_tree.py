"""Linux: every folder of a root that is not passed over, watched by itself.

watchdog's own recursive watch enters what is passed over, keeps quiet about a limit that it
meets below the root, and needs a thread for each root; its queue is used here, not its walk.
"""

from __future__ import annotations

import errno
import itertools
import logging
import os
import threading
from collections.abc import Callable

from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchDescriptor,
)

from assetman.core.progress import CancelToken
from assetman.ingest.ignore import IGNORE_FILE, IgnoreRules
from assetman.ingest.places import Place
from assetman.ingest.unrest import Unrest
from assetman.media.formats import is_sidecar
from assetman.media.registry import kind_of

_log = logging.getLogger(__name__)

_C = InotifyConstants
_MASK = Mask(
    _C.IN_CREATE
    | _C.IN_MODIFY
    | _C.IN_CLOSE_WRITE
    | _C.IN_ATTRIB
    | _C.IN_MOVED_FROM
    | _C.IN_MOVED_TO
    | _C.IN_DELETE
    | _C.IN_DELETE_SELF
    | _C.IN_MOVE_SELF
    | _C.IN_ONLYDIR
    | _C.IN_DONT_FOLLOW
    | _C.IN_EXCL_UNLINK
)
_COMES = _C.IN_CREATE | _C.IN_MOVED_TO
_GOES = _C.IN_DELETE | _C.IN_MOVED_FROM
_ENDS = _C.IN_CLOSE_WRITE | _C.IN_MOVED_TO | _GOES
# Gone or changed while it was looked at: what happened to it comes as an event of its own.
_PASSING = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.EPERM})
_numbers = itertools.count(1)


class _Node:
    """A folder that is watched. Its path follows from those above it."""

    __slots__ = ("children", "name", "number", "parent", "wd")

    def __init__(self, parent: _Node | None, name: str) -> None:
        self.parent = parent
        self.name = name
        self.children: dict[str, _Node] | None = None
        self.number = CallbackId(next(_numbers))
        self.wd = WatchDescriptor(-1)

    def path(self, name: str = "") -> str:
        """Give the path of the folder, or of something in it, relative to the root."""
        names = [name] if name else []
        node: _Node | None = self
        while node is not None and node.parent is not None:
            names.append(node.name)
            node = node.parent
        return "/".join(reversed(names))


class FolderTree:
    """The watched folders of one root; hears what happens in them from `InotifyFD`."""

    def __init__(
        self,
        queue: InotifyFD,
        root: tuple[int, str],
        rules: IgnoreRules,
        unrest: Unrest,
        lost: Callable[[int, OSError | None], None],
    ) -> None:
        self._queue = queue
        self._root_id, self._root = root
        self._rules = rules
        self._unrest = unrest
        self._lost = lost
        self._lock = threading.RLock()
        self._nodes: dict[int, _Node] = {}
        self._top = _Node(None, "")
        self._over = False

    def grow(self, cancel: CancelToken) -> None:
        """Watch every folder. Raises OSError where the system lets us watch no more."""
        self._attach(self._top)
        if not self._nodes:
            raise FileNotFoundError(errno.ENOENT, "it is not there", self._root)
        self._grow(self._top, cancel)

    def fell(self) -> None:
        """Watch nothing any more."""
        with self._lock:
            self._over = True
            self._cut(self._top)

    # -- what the queue calls, on its thread

    def on_event(self, event: InotifyEvent) -> None:
        try:
            with self._lock:
                node = self._nodes.get(event.wd)
                if node is None or self._over:
                    return
                self._take(node, event.mask, os.fsdecode(event.name))
        except OSError as error:
            self._lost(self._root_id, error)
        except Exception:  # the thread is everybody's
            _log.exception("a mistake in watching folders")
            self._lost(self._root_id, None)

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        with self._lock:
            node = self._nodes.pop(wd, None)
            if node is None or self._over:
                return
            if node.parent is None:
                self._lost(self._root_id, None)
            elif node.parent.children and node.parent.children.get(node.name) is node:
                del node.parent.children[node.name]

    def on_queue_overflow(self) -> None:
        self._lost(self._root_id, None)

    # -- what happened

    def _take(self, node: _Node, mask: int, name: str) -> None:
        if not name:
            if mask & _C.IN_UNMOUNT or (node.parent is None and not mask & _C.IN_ATTRIB):
                self._lost(self._root_id, None)
        elif mask & _C.IN_ISDIR:
            self._take_folder(node, mask, name)
        else:
            self._take_file(node, mask, name)

    def _take_folder(self, node: _Node, mask: int, name: str) -> None:
        path = node.path(name)
        if self._rules.skips_folder(name, path, self._absolute(path)):
            return
        known = node.children.get(name) if node.children else None
        if mask & _GOES:
            if known is not None:
                self._cut(known)
            self._unrest.changed(Place(self._root_id, node.path(), deep=False))
        elif known is not None and not mask & _COMES:
            self._unrest.changed(Place(self._root_id, path, deep=False))
        else:  # it came, or may be read only now
            fresh = _Node(node, name)
            self._attach(fresh)
            self._grow(fresh)
            self._unrest.changed(Place(self._root_id, path))

    def _take_file(self, node: _Node, mask: int, name: str) -> None:
        path = node.path(name)
        if path == IGNORE_FILE and mask & _ENDS:
            self._lost(self._root_id, None)
        if (kind_of(name) is None and not is_sidecar(name)) or self._rules.skips_file(name, path):
            return
        file = (self._root_id, path)
        if mask & _ENDS:
            self._unrest.written(file)
        elif mask & _C.IN_ATTRIB:
            if not self._unrest.is_writing(file):
                self._unrest.changed(Place(self._root_id, node.path(), deep=False))
        else:
            self._unrest.writing(file, self._absolute(path))

    # -- the folders

    def _grow(self, top: _Node, cancel: CancelToken | None = None) -> None:
        """Watch every folder below one that is watched."""
        pending = [top]
        while pending:
            if cancel is not None:
                cancel.check()
            node = pending.pop()
            if self._nodes.get(node.wd) is not node:
                continue  # gone meanwhile, or known already
            folder = node.path()
            for name in self._subfolders(folder):
                child = _Node(node, name)
                self._attach(child)
                pending.append(child)

    def _subfolders(self, folder: str) -> list[str]:
        try:
            with os.scandir(self._absolute(folder)) as entries:
                return [
                    entry.name
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False)
                    and not self._rules.skips_folder(
                        entry.name,
                        f"{folder}/{entry.name}" if folder else entry.name,
                        entry.path,
                    )
                ]
        except OSError:
            return []

    def _attach(self, node: _Node) -> None:
        """Watch a folder, unless it is already. Raises OSError if no more may be watched."""
        where = os.fsencode(self._absolute(node.path()))
        with self._lock:
            if self._over or (node.parent and self._nodes.get(node.parent.wd) is not node.parent):
                return
            try:
                wd = self._queue.add_callback(where, _MASK, self, node.number)
            except OSError as error:
                if error.errno in _PASSING and node.parent is not None:
                    return
                raise
            known = None
            if node.parent is not None:
                if node.parent.children is None:
                    node.parent.children = {}
                known = node.parent.children.get(node.name)
            if wd == -1 or (known is not None and known.wd == wd):
                # It may not be read, which watchdog tells so; or somebody was quicker.
                self._queue.remove_callbacks([(wd, node.number)])
                return
            if known is not None:
                self._cut(known)
            node.wd = wd
            self._nodes[wd] = node
            if node.parent is not None and node.parent.children is not None:
                node.parent.children[node.name] = node

    def _cut(self, top: _Node) -> None:
        """Let go of a folder and of all below it."""
        pending, watches = [top], []
        if top.parent is not None and top.parent.children:
            top.parent.children.pop(top.name, None)
        while pending:
            node = pending.pop()
            pending.extend(node.children.values() if node.children else ())
            if node.wd != -1:
                watches.append((node.wd, node.number))
                if self._nodes.get(node.wd) is node:
                    del self._nodes[node.wd]
        self._queue.remove_callbacks(watches)

    def _absolute(self, path: str) -> str:
        return os.path.join(self._root, path) if path else self._root
