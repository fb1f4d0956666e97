"""Nobody who waits is passed over."""

import threading

import pytest

from assetman.core.turns import Turns


def test_one_that_works_in_steps_is_not_starved_by_two_that_never_pause() -> None:
    turns = Turns()
    done = threading.Event()
    asked = [0, 0]

    def ask(number: int) -> None:
        while not done.is_set():
            with turns:
                asked[number] += 1

    askers = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for asker in askers:
        asker.start()
    try:
        for _ in range(200):
            with turns:
                pass
    finally:
        done.set()
        for asker in askers:
            asker.join()
    assert all(asked)


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    turns = Turns()
    order: list[int] = []

    def take(number: int) -> None:
        with turns:
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(5)]
    with turns:
        for waiting, thread in enumerate(threads, start=1):
            thread.start()
            while turns.waiting < waiting:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_an_error_in_a_turn_gives_it_back() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns:
        _ = 1 / 0
    with turns:
        pass


def test_who_is_interrupted_while_waiting_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns()
    plain = threading.Lock

    class Interrupted:
        """A lock whose second taking is interrupted, as Ctrl-C does it."""

        def __init__(self) -> None:
            self._lock = plain()
            self._taken = 0

        def acquire(self) -> bool:
            self._taken += 1
            if self._taken == 2:
                raise KeyboardInterrupt
            return self._lock.acquire()

        def release(self) -> None:
            self._lock.release()

    with turns:
        monkeypatch.setattr(threading, "Lock", Interrupted)
        with pytest.raises(KeyboardInterrupt), turns:
            pass
        monkeypatch.undo()
    with turns:
        pass
