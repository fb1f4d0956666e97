"""Runs the stages: a survey of the roots beside the work on what it finds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assetman.core.errors import Cancelled, EnvironmentProblem
from assetman.core.progress import CancelToken, Progress
from assetman.ingest.ignore import IgnoreRules
from assetman.ingest.places import Place, joined
from assetman.ingest.scan import Found
from assetman.ingest.speech import Turn
from assetman.ingest.stages import Target
from assetman.ingest.survey import Survey
from assetman.ingest.tally import Tally
from assetman.ingest.worklist import Tools, Worklist

log = logging.getLogger(__name__)

_REPORT_EVERY = 0.25  # seconds between two accounts of progress
_LONGEST_REST = 2.0  # seconds between two batches, where the work is gentle


@dataclass(frozen=True, slots=True)
class Plan:
    """What every run asks of its surroundings anew, since models come and go between runs."""

    rules: IgnoreRules
    targets: Callable[[], Sequence[Target]]
    run_ended: Callable[[], None]  # brings indexes up to date, lets a complete space answer
    unfinished: Callable[[int, Found], bool] = lambda root_id, found: False  # still written to
    afterwards: Callable[[Tally, Turn], None] = lambda tally, turn: None  # when all else is done
    problem: Callable[[], str] = str  # what it could not do at all, for the person


class Pipeline:
    """One run at a time; whatever is asked meanwhile joins it."""

    def __init__(
        self,
        tools: Tools,
        plan: Plan,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._tools = tools
        self._plan = plan
        self._on_progress = on_progress
        self._state = threading.Condition()
        self._queue: list[Place] = []  # what to survey
        self._asked = False  # something was asked for that no run has begun with
        self._active = False
        self._closed = False
        self._run = 0
        self._unpaused = threading.Event()
        self._unpaused.set()
        self._token = CancelToken()
        self._tally = Tally(0)
        self._tally.ended()
        self._visible: tuple[int, ...] = ()
        self._gentle = False
        self._thread: threading.Thread | None = None

    def start(self, root_ids: Sequence[int] | None = None) -> int:
        """Survey roots (None: all, empty: none) and work off all that is pending.

        A run that is paused goes on.
        """
        if root_ids is None:
            root_ids = [root.id for root in self._tools.library.roots.all()]
        run = self.refresh([Place(root_id) for root_id in root_ids])
        self._unpaused.set()
        return run

    def refresh(self, places: Sequence[Place]) -> int:
        """Survey some folders and work off all that is pending; what is paused stays so."""
        with self._state:
            if self._closed:
                raise EnvironmentProblem("The library is being closed.")
            self._queue = joined([*self._queue, *places])
            self._asked = True
            self._run += 1
            # Over and still active: its end is just being told, and its account is closed.
            if not self._active or self._token.cancelled or self._tally.over:
                self._token = CancelToken()
                self._tally = Tally(self._run)
            else:
                self._tally.joined(self._run)
            self._active = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name="pipeline")
                self._thread.start()
            self._state.notify_all()
            return self._run

    def pause(self) -> None:
        """Hold the run where it is; files in the hands of decoders are still finished."""
        self._unpaused.clear()
        self._on_progress(self.progress())

    def resume(self) -> None:
        """Go on after a pause."""
        self._unpaused.set()
        self._on_progress(self.progress())

    def stop(self) -> None:
        """End the run; what is stored stays, the rest is taken up by the next one."""
        with self._state:
            self._asked = False
            self._token.cancel()
        self._unpaused.set()

    def look_at(self, asset_ids: Sequence[int]) -> None:
        """Work on these first."""
        self._visible = tuple(asset_ids)

    def set_gentle(self, gentle: bool) -> None:
        """Work in small batches with a rest as long as each between them, or at full speed."""
        self._gentle = gentle
        self._on_progress(self.progress())

    def progress(self) -> Progress:
        """Give the account of the present run, or of the last."""
        return replace(self._tally.report(paused=self._paused()), gentle=self._gentle)

    def wait(self, run: int, seconds: float | None = None) -> bool:
        """Wait until a run has ended, at most `seconds`; False if it goes on."""
        with self._state:
            return self._state.wait_for(lambda: not self._active and self._run >= run, seconds)

    def close(self) -> None:
        """Stop, and wait for the threads to end."""
        self.stop()
        with self._state:
            self._closed = True
            self._state.notify_all()
        if self._thread is not None:
            self._thread.join()

    def run(
        self, places: Sequence[Place] | None = None, cancel: CancelToken | None = None
    ) -> Iterator[Progress]:
        """Do a run in sequence on the calling thread, of places or of everything.

        Yields after each batch.
        """
        self._run += 1
        self._token = cancel or CancelToken()
        self._tally = Tally(self._run)
        if places is None:
            places = [Place(root.id) for root in self._tools.library.roots.all()]
        _survey(self._tools, self._plan, self._tally).run(places, self._token)
        yield self._tally.report()
        worklist = self._worklist(self._token)
        try:
            while worklist.step():
                yield self._tally.report()
        finally:
            worklist.close()
        self._plan.run_ended()
        self._plan.afterwards(self._tally, self._turn(self._token))
        self._tally.ended(self._plan.problem())
        yield self._tally.report()

    # -- the background

    def _live(self) -> None:
        while True:
            with self._state:
                # A run may be stopped before it was taken up: it has to end all the same.
                self._state.wait_for(lambda: self._asked or self._active or self._closed)
                if self._closed:
                    self._active = False
                    self._state.notify_all()
                    return
                token, tally = self._token, self._tally
            problem = self._work(token)
            left = "" if problem or token.cancelled else self._plan.problem()
            with self._state:
                if problem and token is self._token:  # what joined this run ends with it
                    self._asked = False
                if self._asked:  # asked for while the last batch was being stored
                    continue
                tally.ended(problem or left)
            self._on_progress(replace(tally.report(), gentle=self._gentle))
            with self._state:
                self._active = self._asked
                self._state.notify_all()

    def _work(self, token: CancelToken) -> str:
        """Do one run; say what ended it before its time, "" if nothing did."""
        ended = threading.Event()
        report = (ended, lambda: self._on_progress(self.progress()))
        reporter = threading.Thread(target=_report_until, args=report, name="pipeline-report")
        reporter.start()
        try:
            self._survey_and_work(token)
            self._plan.run_ended()
            self._plan.afterwards(self._tally, self._turn(token))
        except Cancelled:
            return ""
        except EnvironmentProblem as error:
            return str(error)
        except Exception as error:
            log.exception("a run broke off")
            return f"A mistake in Assetman stopped the work: {error!r}"
        finally:
            ended.set()
            reporter.join()
        return ""

    def _survey_and_work(self, token: CancelToken) -> None:
        worklist = self._worklist(token)
        surveyor = _Surveyor(self._survey_queue, token)
        surveying = False
        try:
            while True:
                self._gate(token)
                with self._state:
                    if token is not self._token:  # stopped, and started anew
                        raise Cancelled("stopped")
                    asked, self._asked = self._asked, False
                    queued = bool(self._queue)
                if asked:
                    worklist.aim_at(self._plan.targets())
                if surveyor.is_over() and queued:
                    surveyor = _Surveyor(self._survey_queue, token)
                    surveyor.start()
                    surveying = True
                if surveying and surveyor.is_over():
                    surveying = False
                    worklist.survey_ended()
                began = time.monotonic()
                if not worklist.step(surveying, self._paused) and not surveying:
                    break
                self._rest(token, time.monotonic() - began)
        except BaseException:
            token.cancel()
            raise
        finally:
            worklist.close()
            surveyor.end()

    def _survey_queue(self, token: CancelToken) -> None:
        """Survey what was asked for."""
        with self._state:
            places, self._queue = self._queue, []
        survey = _survey(self._tools, self._plan, self._tally)
        try:
            survey.run(places, token, _resting(self._gate, self._rest))
        except BaseException:
            with self._state:  # nobody tells of them a second time
                self._queue = joined([*places, *self._queue])
            raise

    def _gate(self, token: CancelToken) -> None:
        """Hold while paused; raise `Cancelled` once stopped."""
        while not self._unpaused.wait(0.2):
            token.check()
        token.check()

    def _rest(self, token: CancelToken, worked: float) -> None:
        """Where the work is gentle, wait about as long as it took, or until that is over."""
        until = time.monotonic() + min(worked, _LONGEST_REST)
        while self._gentle and not self._paused() and (left := until - time.monotonic()) > 0:
            if token.wait(min(left, 0.2)):
                return

    def _paused(self) -> bool:
        return not self._unpaused.is_set()

    def _turn(self, token: CancelToken) -> Turn:
        return Turn(token, self._gate, lambda: self._asked, lambda: self._visible, self._rest)

    def _worklist(self, token: CancelToken) -> Worklist:
        targets = self._plan.targets()
        visible, gentle = (lambda: self._visible), (lambda: self._gentle)
        return Worklist(self._tools, targets, self._tally, token, visible, gentle)


def _report_until(ended: threading.Event, report: Callable[[], None]) -> None:
    while not ended.wait(_REPORT_EVERY):
        report()


def _survey(tools: Tools, plan: Plan, tally: Tally) -> Survey:
    return Survey(
        tools.library, tools.thumbnails, plan.rules, tally, tools.publish, plan.unfinished
    )


def _resting(
    gate: Callable[[CancelToken], None], rest: Callable[[CancelToken, float], None]
) -> Callable[[CancelToken], None]:
    """Make a gate that also holds for a rest, as suits the time since it was last passed."""
    passed = time.monotonic()

    def hold(token: CancelToken) -> None:
        nonlocal passed
        rest(token, time.monotonic() - passed)
        gate(token)
        passed = time.monotonic()

    return hold


class _Surveyor:
    """A survey on a thread of its own; `is_over` raises what it died of."""

    def __init__(self, survey: Callable[[CancelToken], None], token: CancelToken) -> None:
        self._survey = survey
        self._token = token
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="pipeline-survey")
        self._thread.start()

    def is_over(self) -> bool:
        if self._thread is not None and self._thread.is_alive():
            return False
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return True

    def end(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._survey(self._token)
        except Exception as error:
            self._error = error
