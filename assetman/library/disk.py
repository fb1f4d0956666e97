"""What the disk under a library permits."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import psutil

from assetman.core.assets import display
from assetman.core.errors import EnvironmentProblem
from assetman.library.problems import from_system

# SQLite's write-ahead log needs memory shared between processes and locks that hold: none of
# these promise both.
_NETWORK = frozenset(
    """
    afpfs afs beegfs ceph cifs davfs davfs2 fuse.ceph fuse.davfs2 fuse.gcsfuse fuse.glusterfs
    fuse.gvfsd-fuse fuse.rclone fuse.s3fs fuse.smbnetfs fuse.sshfs glusterfs gpfs lustre ncp
    ncpfs nfs nfs3 nfs4 smb smb2 smb3 smbfs sshfs vboxsf webdav
    """.split()  # noqa: SIM905
)


class Mount(Protocol):
    """One entry of the system's table of mounted disks."""

    @property
    def mountpoint(self) -> str: ...

    @property
    def fstype(self) -> str: ...

    @property
    def opts(self) -> str: ...


def refuse_network_share(folder: Path) -> None:
    """Raise EnvironmentProblem if a folder, existing or to be made, is on a network share."""
    try:
        mounts = psutil.disk_partitions(all=True)
    except OSError:  # some sandboxes keep the table from us
        mounts = []
    kind = network_share(os.path.realpath(folder), mounts)
    if kind:
        raise EnvironmentProblem(
            f"The library folder {display(str(folder))} is on a network share ({kind}), where a "
            "catalogue gets damaged. Choose a folder on a disk of this machine with --library; "
            "the pictures themselves may stay on the share."
        )


def network_share(path: str, mounts: Sequence[Mount]) -> str:
    """Name the kind of network share that a real path is on; empty if it is on none."""
    if path.startswith("\\\\") and not path.startswith(("\\\\?\\", "\\\\.\\")):
        return "UNC path"
    if path.startswith("\\\\?\\UNC\\"):
        return "UNC path"
    found = None
    for mount in mounts:
        inside = _inside(path, mount.mountpoint)
        # The later of two on the same place hides the earlier.
        if inside and (found is None or len(mount.mountpoint) >= len(found.mountpoint)):
            found = mount
    if found is None:
        return ""
    kind = found.fstype.lower()
    if kind in _NETWORK:
        return found.fstype
    return "network drive" if "remote" in found.opts.split(",") else ""


def why_read_only(folder: Path, catalogue: Path) -> str:
    """Say why nothing can be written in a folder; empty if it can.

    Only trying tells: permissions mean nothing to some users and on some disks.
    """
    place = display(str(folder))
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        if error.errno == errno.EROFS:
            return f"The library {place} cannot be changed: its disk is read-only."
        if error.errno in (errno.EACCES, errno.EPERM):
            return f"The library {place} cannot be changed: you may not write to its folder."
        if error.errno in (errno.ENOSPC, errno.EDQUOT) and catalogue.exists():
            return full(folder)
        raise from_system(error, folder, "be written to") from error
    if catalogue.exists() and not os.access(catalogue, os.W_OK):
        return f"The library {place} cannot be changed: its catalogue is write-protected."
    return ""


def full(folder: Path) -> str:
    """Say that a library cannot be written for want of space."""
    return (
        f"The library {display(str(folder))} cannot be changed: its disk is full. "
        "Free some space and open it again."
    )


def make_folder(folder: Path) -> None:
    """Make a folder for a library, with those above it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise EnvironmentProblem(
            f"{display(str(folder))} is a file, so it cannot hold a library."
        ) from error
    except OSError as error:
        if not folder.is_dir():  # a read-only disk may say so even of a folder that exists
            raise from_system(error, folder, "be created") from error


def _inside(path: str, mountpoint: str) -> bool:
    path, mountpoint = os.path.normcase(path), os.path.normcase(mountpoint)
    return path == mountpoint or path.startswith(mountpoint.rstrip(os.sep) + os.sep)
