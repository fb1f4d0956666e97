"""Small sums in numpy keep to one thread, whoever asks for them."""

import threading

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from assetman.embedding.threads import one_thread


def used() -> set[int]:
    """Give how many threads numpy's library for sums may use just now."""
    controller = ThreadpoolController().select(user_api="blas")
    return {library["num_threads"] for library in controller.info()}


@pytest.fixture(autouse=True)
def two_threads():
    """Have numpy share out its sums, also on a machine with one core."""
    np.ones((2, 2)) @ np.ones((2, 2))
    with ThreadpoolController().limit(limits=2, user_api="blas"):
        if used() != {2}:
            pytest.skip("numpy has no threads here")
        yield


def seen_inside() -> set[int]:
    with one_thread():
        return used()


def in_a_thread(work) -> set[int]:
    seen: list[set[int]] = []
    thread = threading.Thread(target=lambda: seen.append(work()))
    thread.start()
    thread.join()
    return seen[0]


def test_whichever_thread_asks_its_sums_keep_to_one_thread():
    assert [seen_inside(), in_a_thread(seen_inside), in_a_thread(seen_inside)] == [{1}] * 3


def test_after_the_last_has_left_sums_are_shared_out_again():
    in_a_thread(seen_inside)

    assert used() == {2}


def test_who_is_still_inside_keeps_to_one_thread_when_another_leaves():
    with one_thread():
        in_a_thread(seen_inside)
        assert used() == {1}

    assert used() == {2}


def test_one_who_enters_and_leaves_on_two_threads_leaves_nothing_behind():
    inside = one_thread()
    in_a_thread(lambda: (inside.__enter__(), used())[1])

    inside.__exit__(None, None, None)

    assert used() == {2}
