"""A model hub on loopback that answers as the real one does, and can be told to misbehave."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class PaperHub:
    """Serves folders as repositories; remembers what it was asked."""

    def __init__(self) -> None:
        self.repositories: dict[str, Path] = {}
        self.asked: list[tuple[str, str]] = []  # path, Range header
        self.stop_after: int | None = None  # bytes of a big file, once
        self.corrupt = False
        self.ignores_ranges = False
        self.endpoint = ""

    def add(self, name: str, folder: Path) -> None:
        self.repositories[name] = folder

    def described(self, name: str) -> dict[str, Any]:
        files = []
        for path in sorted(self.repositories[name].iterdir()):
            content = path.read_bytes()
            entry: dict[str, Any] = {"rfilename": path.name, "size": len(content)}
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
            entry["blobId"] = blob.hexdigest()
            if path.suffix == ".safetensors":
                told = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                entry["lfs"] = told
            files.append(entry)
        return {"sha": COMMIT, "siblings": files, "cardData": {"license": "mit"}}

    def ranges(self, name: str) -> list[str]:
        """List the ranges asked of a file, "" for all of it."""
        return [asked for path, asked in self.asked if path.endswith(name)]


@contextlib.contextmanager
def paper_hub() -> Iterator[PaperHub]:
    """Run a hub for the time of a test."""
    hub = PaperHub()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

        def do_GET(self) -> None:
            _answer(hub, self)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(hub: PaperHub, request: BaseHTTPRequestHandler) -> None:
    path = request.path.split("?")[0].strip("/")
    asked = request.headers.get("Range", "")
    hub.asked.append((path, asked))
    if path.startswith("api/models/"):
        name = path.removeprefix("api/models/")
        if name.startswith("gated/"):
            return _refuse(request, 401)
        if name not in hub.repositories:
            return _refuse(request, 404)
        return _send(request, 200, json.dumps(hub.described(name)).encode())
    name, _, rest = path.partition("/resolve/")
    commit, _, file = rest.partition("/")
    target = hub.repositories.get(name, Path("nowhere")) / file
    if commit != COMMIT or not target.is_file():
        return _refuse(request, 404)
    content = target.read_bytes()
    if hub.corrupt and file.endswith(".safetensors"):
        content = content[:-1] + bytes([content[-1] ^ 1])
    start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
    status = 206 if asked and not hub.ignores_ranges else 200
    rest_of_it = content[start:] if status == 206 else content
    stop, hub.stop_after = (
        (hub.stop_after, None) if file.endswith(".safetensors") else (None, hub.stop_after)
    )
    return _send(request, status, rest_of_it, stop)


def _send(
    request: BaseHTTPRequestHandler, status: int, content: bytes, stop: int | None = None
) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content[:stop])
    if stop is not None:
        request.close_connection = True


def _refuse(request: BaseHTTPRequestHandler, status: int) -> None:
    request.send_response(status)
    request.send_header("Content-Length", "0")
    request.end_headers()
