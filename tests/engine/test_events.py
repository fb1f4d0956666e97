from assetman.core.changes import Changes
from assetman.core.progress import Phase, Progress
from assetman.engine.events import EventBuffer


def test_changes_that_wait_become_one() -> None:
    buffer = EventBuffer()
    buffer.put(Changes(assets_added=frozenset({1}), embedded=2))
    buffer.put(Changes(assets_added=frozenset({2}), embedded=3, roots=True))
    assert buffer.take() == [Changes(assets_added=frozenset({1, 2}), embedded=5, roots=True)]
    assert not buffer


def test_of_a_run_only_the_newest_progress_waits_but_every_end_does() -> None:
    buffer = EventBuffer()
    for run in (1, 2):
        for done in range(1000):
            buffer.put(Progress(run, Phase.INDEXING, done=done))
        buffer.put(Progress(run, Phase.IDLE, done=1000))
    buffer.put(Progress(3, Phase.SCANNING))
    assert buffer.take() == [
        Progress(1, Phase.IDLE, done=1000),
        Progress(2, Phase.IDLE, done=1000),
        Progress(3, Phase.SCANNING),
    ]


def test_changes_are_told_before_the_end_of_the_run_that_made_them() -> None:
    buffer = EventBuffer()
    buffer.put(Progress(1, Phase.IDLE))
    buffer.put(Changes(roots=True))
    assert buffer.take() == [Changes(roots=True), Progress(1, Phase.IDLE)]


def test_what_waits_for_someone_who_never_comes_stays_small() -> None:
    buffer = EventBuffer()
    for run in range(1000):
        buffer.put(Progress(run, Phase.IDLE))
        buffer.put(Changes(assets_changed=frozenset({7})))
    assert len(buffer.take()) < 50
