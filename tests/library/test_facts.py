from __future__ import annotations

from pathlib import Path

from assetman.library.library import Library


def test_small_facts_are_remembered_across_restarts(folder: Path) -> None:
    with Library.open(folder) as library:
        assert library.recall("pace") is None
        library.remember("pace", "gentle")
        library.remember("other", "1")
        library.remember("other", None)
    with Library.open(folder) as library:
        assert library.recall("pace") == "gentle"
        assert library.recall("other") is None


def test_what_is_remembered_already_is_not_written(library: Library) -> None:
    library.remember("pace", "gentle")
    sequence = library.journal.sequence()
    library.remember("pace", "gentle")
    library.remember("none", None)
    assert library.journal.sequence() == sequence


def test_notices_wait_in_their_order_until_they_are_dismissed(folder: Path) -> None:
    with Library.open(folder) as library:
        assert library.notices() == ()
        for sentence in ("First.", "“Zweitens”.", "First."):
            library.add_notice(sentence)
    with Library.open(folder) as library:
        assert library.notices() == ("First.", "“Zweitens”.")
        library.dismiss_notices()
        library.dismiss_notices()
    with Library.open(folder) as library:
        assert library.notices() == ()
