"""Weights from a model hub: only when the person chose them, and only plain files.

Downloads go on where they stopped, and every file is checked against the sum that the hub
states for it: sha256 for big ones, git's own for the small ones.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

from assetman.core.errors import BadInput, EnvironmentProblem, WrongUse
from assetman.core.progress import CancelToken

PREFIX = "hf-hub:"
CHUNK = 1 << 20
PATIENCE = 30.0  # seconds without a byte

Said = Callable[[int, int], None]  # bytes done, bytes in all


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a repository on the hub, and the sum that says what its bytes are."""

    name: str
    size: int
    sha256: str = ""
    git: str = ""  # sha1 of the file as git stores it


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on the hub at one commit."""

    id: str
    commit: str
    files: dict[str, RemoteFile]
    licence: str


class Hub:
    """A model hub that speaks as huggingface.co does."""

    def __init__(self, endpoint: str = "") -> None:
        chosen = endpoint or os.environ.get("HF_ENDPOINT", "") or "https://huggingface.co"
        self._endpoint = chosen.rstrip("/")

    def repository(self, source: str) -> Repository:
        """Ask what a repository holds; `source` is `owner/name`, with or without `hf-hub:`.

        Raises WrongUse for an id that is none, BadInput for a repository that is not there
        or not open, EnvironmentProblem if the hub does not answer.
        """
        name = source.removeprefix(PREFIX).strip().strip("/")
        if len(name.split("/")) > 2 or not name or ".." in name:
            raise WrongUse(f"“{source}” is no hub id; one looks like {PREFIX}owner/name.")
        quoted = urllib.parse.quote(name)
        with _asked(f"{self._endpoint}/api/models/{quoted}?blobs=true", name) as answer:
            try:
                told = json.load(answer)
                files = dict(_files(told))
                return Repository(name, str(told["sha"]), files, _licence(told))
            except (ValueError, KeyError, TypeError) as error:
                raise EnvironmentProblem(
                    f"{self._endpoint} does not answer as a hub does."
                ) from error

    def fetch(
        self,
        repository: Repository,
        file: RemoteFile,
        target: Path,
        said: Callable[[int], None],
        cancel: CancelToken,
    ) -> None:
        """Bring one file to `target`, going on from `target`.part if it is there.

        `said` is called with the number of bytes of this file that are here. Raises
        Cancelled, BadInput for bytes other than the hub promised, EnvironmentProblem if the
        connection or the disk gives out; what has come so far stays for the next try.
        """
        part = target.with_name(target.name + ".part")
        path = urllib.parse.quote(f"{repository.id}/resolve/{repository.commit}/{file.name}")
        have = part.stat().st_size if part.exists() else 0
        if have < file.size or not part.exists():
            with _asked(f"{self._endpoint}/{path}", repository.id, have) as answer:
                goes_on = answer.status == 206
                _receive(answer, part, goes_on, said, cancel)
        if part.stat().st_size < file.size:
            raise EnvironmentProblem("The connection broke off. Try again: it goes on from there.")
        if not _is_as_promised(part, file):
            part.unlink()
            raise BadInput(f"{file.name} did not arrive as {repository.id} promised it.")
        part.replace(target)


def _files(told: dict[str, Any]) -> Iterator[tuple[str, RemoteFile]]:
    for entry in told["siblings"]:
        name = str(entry["rfilename"])
        big = entry.get("lfs") or {}
        size = int(big.get("size") or entry.get("size") or 0)
        yield name, RemoteFile(name, size, str(big.get("sha256", "")), str(entry.get("blobId", "")))


def _licence(told: dict[str, Any]) -> str:
    stated = (told.get("cardData") or {}).get("license", "")
    return stated if isinstance(stated, str) else ", ".join(map(str, stated))


@contextlib.contextmanager
def _asked(url: str, name: str, offset: int = 0) -> Iterator[HTTPResponse]:
    headers = {"User-Agent": "assetman", "Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    try:
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            yield answer
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(error.code, name) from error
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        host = urllib.parse.urlsplit(url).netloc
        raise EnvironmentProblem(f"{host} cannot be reached: {reason}.") from error


def _refused(status: int, name: str) -> BadInput | EnvironmentProblem:
    if status == 404:
        return BadInput(f"The hub has no model called “{name}”.")
    if status in (401, 403):
        return BadInput(
            f"“{name}” does not exist or is not open to all. If you have access, "
            "download its files in a browser and add the folder they are in."
        )
    return EnvironmentProblem(f"The hub answered with error {status}. Try again later.")


def _receive(
    answer: HTTPResponse,
    part: Path,
    goes_on: bool,
    said: Callable[[int], None],
    cancel: CancelToken,
) -> None:
    try:
        with part.open("ab" if goes_on else "wb") as file:
            while True:
                cancel.check()
                piece = answer.read(CHUNK)
                if not piece:
                    return
                file.write(piece)
                said(file.tell())
    except (TimeoutError, ConnectionError):
        raise
    except OSError as error:
        raise EnvironmentProblem(f"{part.parent}: {error.strerror}.") from error


def _is_as_promised(path: Path, file: RemoteFile) -> bool:
    if path.stat().st_size != file.size:
        return False
    if file.sha256:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
    if file.git:
        content = path.read_bytes()
        sum_of_it = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
        return sum_of_it.hexdigest() == file.git
    return True
