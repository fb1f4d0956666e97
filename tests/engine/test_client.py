"""The client and a real engine process, over a real socket."""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from assetman.core.changes import Changes
from assetman.core.errors import (
    BadInput,
    Cancelled,
    EnvironmentProblem,
    LibraryBusy,
    WrongUse,
)
from assetman.core.progress import Pace, Phase, Progress
from assetman.core.queries import Query
from assetman.core.watching import Watch, WatchMode
from assetman.engine.client import EngineClient, connect, running
from assetman.engine.codec import EngineFault
from assetman.engine.endpoint import endpoints
from assetman.engine.protocol import EngineLost, Event
from kit.paper_engine import PaperEngine, paper_command

Open = Callable[..., EngineClient]
LIMIT = 30.0


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.01)


def engine_pid(library: Path) -> int:
    return endpoints(library)[0].pid


def kill_engine(library: Path) -> None:
    os.kill(engine_pid(library), signal.SIGKILL)


def index_all(client: EngineClient) -> Progress:
    run = client.index()
    wait_for(lambda: client.progress().run >= run and client.progress().phase is Phase.IDLE)
    return client.progress()


def test_a_client_starts_the_engine_and_every_verb_reaches_it(
    client: EngineClient, pictures: Path
) -> None:
    root = client.add_root(str(pictures))
    assert index_all(client).counts.added == 3
    results = client.search(Query("frog"))
    assert sorted(card.asset.name for card in client.cards(results.ids)) == [
        "blue frog.jpg",
        "green frog.jpg",
    ]
    assert client.roots()[0].assets == 3
    assert client.folders(root_id=root.id)[0].assets == 3
    assert client.status().assets == {"image": 3}
    assert client.details(1).facts == {"size": 1.5}
    assert [model.name for model in client.models()] == ["starter", "other"]
    assert client.asset_at(str(pictures / "none.jpg")) is None


def test_errors_of_the_engine_arrive_in_their_kinds(client: EngineClient) -> None:
    with pytest.raises(WrongUse, match="no model “best”"):
        client.use_model("best")
    with pytest.raises(BadInput, match="no weights"):
        client.add_model("ViT-B-32", "/etc/passwd")
    with pytest.raises(EngineFault, match="no such thing"):
        client.search(Query("bug"))
    assert client.roots() == []


def test_a_path_that_is_not_utf_8_survives_both_ways(
    client: EngineClient, pictures: Path, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    root = client.add_root(str(folder))
    assert client.roots()[0].path == str(folder)
    assert root.path.endswith("caf\udce9")


def test_the_files_that_lead_to_the_engine_are_its_owner_s_alone(
    client: EngineClient, library: Path
) -> None:
    found = endpoints(library)[0]
    assert (library / "engine.json").stat().st_mode & 0o077 == 0
    assert Path(found.address).parent.stat().st_mode & 0o077 == 0


def test_a_slow_preview_keeps_no_search_waiting(
    client: EngineClient, library: Path, pictures: Path
) -> None:
    client.add_root(str(pictures))
    index_all(client)
    with ThreadPoolExecutor(12) as pool:
        slow = [pool.submit(client.preview, 1, None) for _ in range(12)]
        assert client.search(Query("barn")).hits
        assert not any(preview.done() for preview in slow)
        (library / "go").touch()
        assert all(preview.result(LIMIT).width == 100 for preview in slow)


def test_many_threads_share_one_connection(client: EngineClient, pictures: Path) -> None:
    client.add_root(str(pictures))
    index_all(client)
    texts = ["frog", "barn", "green", "nothing"] * 50
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda text: client.search(Query(text)), texts))
    assert [results.query.text for results in found] == texts
    assert [len(results.hits) for results in found] == [2, 1, 1, 0] * 50


def test_a_newer_search_takes_the_place_of_one_that_waits(library: Path, open_client: Open) -> None:
    client = open_client(newest_search=True)
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(client.search, Query("wait")) for _ in range(12)]
        wait_for(lambda: sum(each.done() for each in asked) >= 12 - 4 - 1)
        (library / "go").touch()
        errors = [each.exception(LIMIT) for each in asked]
    assert all(error is None or isinstance(error, Cancelled) for error in errors)
    assert errors.count(None) == 5  # four had begun, one was the newest


def test_events_reach_every_client_and_its_listeners_may_ask_back(
    open_client: Open, pictures: Path
) -> None:
    first, second = open_client(), open_client()
    heard: list[Event] = []
    counted: list[int] = []
    first.subscribe(heard.append)
    second.subscribe(lambda event: counted.append(second.status().segments))
    first.add_root(str(pictures))
    index_all(second)
    wait_for(lambda: any(isinstance(e, Progress) and e.phase is Phase.IDLE for e in heard))
    wait_for(lambda: counted and counted[-1] == 3)
    changes = Changes()
    for event in heard:
        if isinstance(event, Changes):
            changes |= event
    assert len(changes.assets_added) == 3
    assert changes.roots


def test_who_has_unsubscribed_hears_nothing_more(client: EngineClient, pictures: Path) -> None:
    heard: list[Event] = []
    others: list[Event] = []
    unsubscribe = client.subscribe(heard.append)
    client.subscribe(others.append)
    unsubscribe()
    client.add_root(str(pictures))
    wait_for(lambda: others)
    assert heard == []


def test_the_engine_ends_when_its_last_client_has_gone(open_client: Open, library: Path) -> None:
    first, second = open_client(), open_client()
    engine = psutil.Process(engine_pid(library))
    first.close()
    assert second.roots() == []
    second.close()
    engine.wait(LIMIT)
    assert endpoints(library) == []


def test_the_engine_stays_while_it_has_work(
    open_client: Open, library: Path, pictures: Path
) -> None:
    (pictures / "slow.jpg").touch()
    client = open_client()
    engine = psutil.Process(engine_pid(library))
    client.add_root(str(pictures))
    client.index()
    client.close()
    with pytest.raises(psutil.TimeoutExpired):
        engine.wait(1.0)
    (library / "go").touch()
    engine.wait(LIMIT)


@pytest.mark.parametrize("killed", ["in the middle of a call", "while nothing happens"])
def test_an_engine_that_is_killed_can_be_started_again(
    client: EngineClient, library: Path, killed: str
) -> None:
    told = threading.Event()
    client.on_lost(told.set)
    with ThreadPoolExecutor(1) as pool:
        if killed == "in the middle of a call":
            waiting = pool.submit(client.search, Query("wait"))
            time.sleep(0.05)
            kill_engine(library)
            assert isinstance(waiting.exception(LIMIT), EngineLost)
        else:
            kill_engine(library)
    assert told.wait(LIMIT)
    assert isinstance(client.lost, EngineLost)
    with pytest.raises(EngineLost):
        client.roots()
    client.reconnect()
    assert client.lost is None
    assert client.roots() == []


def test_an_engine_that_crashes_at_work_is_lost_too(client: EngineClient) -> None:
    with pytest.raises(EngineLost, match="stopped unexpectedly"):
        client.search(Query("die"))


def test_an_engine_whose_library_is_damaged_ends_and_is_started_anew(
    open_client: Open, library: Path
) -> None:
    client = open_client(again=True)
    back = threading.Event()
    client.on_back(back.set)
    first = psutil.Process(engine_pid(library))
    with pytest.raises((EnvironmentProblem, EngineLost)):
        client.search(Query("damage"))
    first.wait(LIMIT)
    assert back.wait(LIMIT)
    assert client.roots() == []
    assert "The catalogue is damaged." in (library / "engine.log").read_text()


def test_an_engine_of_its_own_follows_the_folders(client: EngineClient, pictures: Path) -> None:
    root = client.add_root(str(pictures))
    assert client.status().watches == (Watch(root.id, WatchMode.SYSTEM),)


def test_what_a_person_adds_and_takes_back_reaches_the_engine(
    client: EngineClient, pictures: Path
) -> None:
    client.add_root(str(pictures))
    index_all(client)
    heard: list[Event] = []
    client.subscribe(heard.append)
    client.rate([1, 2], 4)
    client.tag([1], ["pond"])
    made = client.make_collection("Best", [1])
    client.collect(made.id, [2])
    assert [(each.name, each.assets) for each in client.collections()] == [("Best", 2)]
    assert [tag.name for tag in client.tags()] == ["pond"]
    assert client.undo() is not None
    assert client.history().redo is not None
    client.redo()
    for _ in range(4):
        client.undo()
    assert [card.asset.rating for card in client.cards([1, 2])] == [0, 0]
    assert client.undo() is None
    wait_for(lambda: any(isinstance(each, Changes) and each.history for each in heard))
    client.set_pace(Pace.GENTLE)
    assert client.status().pace is Pace.GENTLE


def test_a_client_that_shall_brings_a_dead_engine_back_by_itself_and_goes_on_listening(
    open_client: Open, library: Path, pictures: Path
) -> None:
    client = open_client(again=True)
    back, heard = threading.Event(), []
    client.on_back(back.set)
    client.subscribe(heard.append)
    first = engine_pid(library)
    kill_engine(library)
    assert back.wait(LIMIT)
    assert engine_pid(library) != first
    client.add_root(str(pictures))
    wait_for(lambda: Changes(roots=True) in heard)


@pytest.mark.logs("the engine was started 5 times in vain")
def test_an_engine_that_keeps_dying_is_given_up_in_the_end(
    open_client: Open, library: Path
) -> None:
    client = open_client(again=True)
    told = []
    client.on_lost(lambda: told.append(client.lost))
    client.on_back(lambda: kill_engine(library))
    kill_engine(library)
    wait_for(lambda: len(told) == 7)  # the first, five in vain, and that it was given up
    assert client.lost is not None


def test_two_clients_that_start_at_once_share_one_engine(library: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        clients = list(pool.map(lambda _: connect(library, command=paper_command), range(4)))
    root = clients[0].add_root(str(library.parent))
    assert all(client.roots() == [root] for client in clients)
    for client in clients:
        client.close()


def test_what_a_killed_engine_left_behind_does_not_stand_in_the_way(
    open_client: Open, library: Path
) -> None:
    client = open_client()
    kill_engine(library)
    wait_for(lambda: client.lost)
    assert endpoints(library)
    assert running(library) is None
    assert open_client().roots() == []


def test_nonsense_where_the_engine_should_be_written_down_counts_as_none(
    open_client: Open, library: Path
) -> None:
    for nonsense in ("", "{}", "[]", '{"address": 7, "family": "AF_INET", "key": "x", "pid": 1}'):
        (library / "engine.json").write_text(nonsense)
        assert running(library) is None
    assert open_client().roots() == []


def test_an_engine_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(
        EnvironmentProblem, match=r"^The library was written by a newer Assetman\.$"
    ):
        connect(tmp_path / "sick", command=paper_command)


def test_a_log_that_has_grown_long_is_moved_aside(open_client: Open, library: Path) -> None:
    log = library / "engine.log"
    log.write_bytes(b"it was a long story\n" * 200_000)
    client = open_client()
    engine = psutil.Process(engine_pid(library))
    client.close()
    engine.wait(LIMIT)
    assert log.stat().st_size < 100_000
    assert (library / "engine.log.1").stat().st_size > 4_000_000
    assert "has ended" in log.read_text()


def test_an_engine_that_breaks_at_the_start_leaves_its_last_words(library: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"ZeroDivisionError.*engine\.log"):
        connect(library, command=lambda _: [*paper_command(library)[:1], "-c", "1/0"])


def test_a_library_that_another_process_holds_without_serving_it_is_busy(library: Path) -> None:
    held = PaperEngine.open(library)
    with pytest.raises(EnvironmentProblem):
        connect(library, command=paper_command, patience=1.0)
    held.close()
    connect(library, command=paper_command).close()


def test_a_library_that_is_just_being_closed_is_waited_for(library: Path) -> None:
    held = PaperEngine.open(library)
    closing = threading.Timer(0.5, held.close)
    closing.start()
    connect(library, command=paper_command).close()
    closing.join()


def test_an_engine_of_another_version_is_told_from_a_dead_one(
    client: EngineClient, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assetman.engine.client.PROTOCOL_VERSION", 99)
    with pytest.raises(EnvironmentProblem, match="another version"):
        connect(library, command=paper_command)


def test_a_busy_library_is_its_own_kind_of_problem() -> None:
    assert issubclass(LibraryBusy, EnvironmentProblem)
