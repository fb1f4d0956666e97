"""The server against clients that mean no good, or read nothing."""

import json
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from assetman.core.changes import Changes
from assetman.core.progress import Phase, Progress
from assetman.engine.client import running
from assetman.engine.endpoint import endpoints, new_endpoint
from assetman.engine.protocol import PROTOCOL_VERSION
from assetman.engine.server import Server
from assetman.engine.wire import LARGEST_REQUEST, Gone, Wire, dial
from kit.paper_engine import PaperEngine

LIMIT = 30.0


@pytest.fixture
def engine(library: Path) -> Iterator[PaperEngine]:
    made = PaperEngine.open(library)
    yield made
    made.close()


@pytest.fixture
def server(engine: PaperEngine, library: Path) -> Iterator[Server]:
    with Server(engine, library) as made:
        yield made


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """A client that speaks the protocol and has been let in."""
    made = dial(server.endpoint)
    assert made is not None
    assert made.receive() == {"protocol": PROTOCOL_VERSION}
    made.send({"protocol": PROTOCOL_VERSION})
    yield made
    made.hang_up()
    made.close()


def still_serves(library: Path) -> bool:
    client = running(library)
    assert client is not None
    with client:
        return client.roots() == []


@pytest.mark.parametrize(
    "request_",
    [
        {"id": 1, "call": "no_such_verb", "with": {}},
        {"id": 1, "call": "__init__", "with": {}},
        {"id": 1, "call": "close", "with": {}},
        {"id": 1, "call": ["search"], "with": {}},
        {"id": 1, "call": "search", "with": {"query": {"text": 7}}},
        {"id": 1, "call": "search", "with": 3},
        {"id": 1},
    ],
)
def test_a_request_that_makes_no_sense_is_answered_with_wrong_use(
    wire: Wire, request_: dict[str, object]
) -> None:
    wire.send(request_)
    answer = wire.receive()
    assert answer["id"] == 1
    assert answer["error"]["kind"] == "WrongUse"
    wire.send({"id": 2, "call": "roots"})
    assert wire.receive() == {"id": 2, "result": []}


@pytest.mark.parametrize("frame", [b"", b"\x80\x04N.", b"[1]", b"{" * 10_000, b"\xff" * 100])
def test_a_frame_that_is_not_json_costs_only_itself(wire: Wire, frame: bytes) -> None:
    wire.send_frame(frame)
    assert wire.receive()["error"]["kind"] == "WrongUse"
    wire.send({"id": 2, "call": "roots"})
    assert wire.receive() == {"id": 2, "result": []}


def test_a_frame_that_is_too_large_costs_only_its_client(
    server: Server, wire: Wire, library: Path
) -> None:
    with socket.socket(fileno=os.dup(wire._connection.fileno())) as twin:
        twin.sendall(struct.pack("!i", LARGEST_REQUEST + 1))
    assert "too large" in wire.receive()["error"]["message"]
    assert still_serves(library)


@pytest.mark.parametrize("nonsense", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\4abcd"])
def test_who_does_not_know_the_key_is_not_let_in(
    server: Server, library: Path, nonsense: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(server.endpoint.address)
        stranger.sendall(nonsense)
        assert still_serves(library)
        stranger.shutdown(socket.SHUT_WR)
        stranger.settimeout(LIMIT)
        heard = b""
        with suppress(ConnectionResetError):
            while more := stranger.recv(1000):
                heard += more
        assert b"protocol" not in heard


def test_a_client_of_another_protocol_is_told(server: Server) -> None:
    wire = dial(server.endpoint)
    assert wire is not None
    wire.receive()
    wire.send({"protocol": PROTOCOL_VERSION + 1})
    assert "another version" in wire.receive()["error"]["message"]
    wire.close()


def test_a_client_that_reads_nothing_holds_up_neither_the_engine_nor_the_others(
    server: Server, engine: PaperEngine, wire: Wire, library: Path
) -> None:
    wire.send({"id": 1, "call": "roots"})
    assert wire.receive()["id"] == 1  # it is let in, and reads no more from here on
    for part in range(300):
        ids = frozenset(range(part * 1000, part * 1000 + 1000))
        engine.emit(Changes(assets_changed=ids))
        engine.emit(Progress(1, Phase.INDEXING, done=part))
    assert still_serves(library)
    joined, last = Changes(), Progress()
    while len(joined.assets_changed) < 300_000 or last.done < 299:
        message = wire.receive()
        if message["event"] == "Changes":
            joined |= Changes(frozenset(), frozenset(message["value"]["assets_changed"]))
        else:
            last = Progress(done=message["value"]["done"])
    assert last.done == 299


def test_a_client_that_asks_on_without_reading_waits_without_filling_the_memory(
    server: Server, wire: Wire, library: Path
) -> None:
    asked = 0

    def ask() -> None:
        nonlocal asked
        with suppress(Gone):
            while asked < 100_000:
                wire.send({"id": asked, "call": "status"})
                asked += 1

    asker = threading.Thread(target=ask, daemon=True)
    asker.start()
    before = -1
    while before != asked:
        before = asked
        asker.join(0.5)
    assert asked < 100_000
    assert still_serves(library)
    answered = {wire.receive()["id"] for _ in range(1000)}  # and when it reads, it goes on
    assert len(answered) == 1000
    server.close()
    asker.join(LIMIT)


def test_closing_the_server_ends_its_clients_and_takes_back_its_address(
    engine: PaperEngine, library: Path
) -> None:
    server = Server(engine, library)
    client = running(library)
    assert client is not None
    lost = threading.Event()
    client.on_lost(lost.set)
    server.close()
    assert lost.wait(LIMIT)
    assert endpoints(library) == []
    assert not Path(server.endpoint.address).exists()
    client.close()


def test_who_leaves_without_a_word_is_not_counted_any_more(
    server: Server, wire: Wire, library: Path
) -> None:
    assert server.clients == 1
    wire.hang_up()
    deadline = time.monotonic() + LIMIT
    while server.clients and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.clients == 0


def test_a_library_deep_down_still_gets_a_socket_with_a_short_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    assert len(os.fsencode(new_endpoint(deep / "library").address)) <= 100


def test_a_library_that_cannot_be_written_to_is_served_all_the_same(
    engine: PaperEngine, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = library / f".engine.json.{os.getpid()}"
    blocked.mkdir()  # what is written aside cannot be made: as on a read-only disk
    with Server(engine, library):
        assert not (library / "engine.json").exists()
        assert still_serves(library)
    assert endpoints(library) == []


def test_no_two_libraries_share_an_address(tmp_path: Path) -> None:
    first, second, link = tmp_path / "a", tmp_path / "b", tmp_path / "link"
    first.mkdir()
    link.symlink_to(first)
    assert new_endpoint(first).address != new_endpoint(second).address
    assert new_endpoint(first).address == new_endpoint(link).address


def test_what_the_engine_writes_down_is_json_that_holds_no_more_than_needed(
    server: Server, library: Path
) -> None:
    written = json.loads((library / "engine.json").read_text())
    assert sorted(written) == ["address", "family", "key", "pid", "protocol", "version"]
