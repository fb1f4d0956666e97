"""Moments of videos in memory, and exports that write down what they were asked for.

An export whose target's name holds `slow` goes on until a file `go` lies in the library's folder;
one whose target's name holds `full` meets a full disk.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from assetman.core.assets import Asset, Kind, Passage, PassageKind
from assetman.core.errors import BadInput, WrongUse
from assetman.core.exports import Export, ExportForm, ExportState
from assetman.core.lettering import TextReading
from assetman.core.models import ModelInfo, ModelState
from assetman.core.moments import Moment
from assetman.core.queries import Hit, Query
from assetman.engine.protocol import Event

LENGTH = 10.0  # seconds, of every video
SHOT = (83.5, 91.0)  # seconds; of every video, the one that is found


class PaperFilms:
    """Satisfies `ExportApi`, and what `SearchApi` says about moments."""

    _assets: dict[int, Asset]
    _tell: Callable[[Event], None]
    _await: Callable[..., None]
    index: Callable[[], int]
    _speech: str | None = None
    _text: bool = False

    def _start_films(self) -> None:
        self._exports: dict[int, Export] = {}
        self._export_stops: dict[int, threading.Event] = {}
        self._export_threads: list[threading.Thread] = []

    def moments(self, asset_id: int, query: Query | None = None) -> list[Moment]:
        if asset_id not in self._assets:
            raise WrongUse("There is no such asset any more.")
        score = None if query is None else 0.5
        return [replace(each, score=score) for each in self.frames([asset_id])]

    def frames(self, segment_ids: Sequence[int]) -> list[Moment]:
        films = [each for each in segment_ids if self._is_film(each)]
        return [Moment(each, 0.0, LENGTH, LENGTH / 2) for each in films]

    def passages(self, asset_id: int) -> list[Passage]:
        if asset_id not in self._assets:
            raise WrongUse("There is no such asset any more.")
        return (
            [Passage(PassageKind.SUBTITLE, "It is raining.", *SHOT)]
            if self._is_film(asset_id)
            else []
        )

    def speech_models(self) -> list[ModelInfo]:
        return [
            ModelInfo("small", "Small", "Good for tests.", "MIT", 1 << 20, (), ModelState.INSTALLED)
        ]

    def add_speech_model(self, source: str, name: str | None = None) -> ModelInfo:
        raise BadInput(f"{source} holds no model that faster-whisper could read.")

    def use_speech(self, name: str | None) -> int:
        if name not in (None, "small"):
            raise WrongUse(f"There is no model of speech called “{name}”.")
        self._speech = name
        return self.index()

    def text_reading(self) -> TextReading:
        return TextReading(self._text, "PP-OCR")

    def read_text(self, on: bool) -> int:
        self._text = on
        return self.index()

    def _at_its_moment(self, hit: Hit) -> Hit:
        film = self._is_film(hit.asset_id)
        return replace(hit, start=SHOT[0], end=SHOT[1]) if film else hit

    def export(
        self, asset_id: int, start: float, end: float, target: str, form: ExportForm
    ) -> Export:
        if not self._is_film(asset_id):
            raise WrongUse("There is no such video.")
        if os.path.lexists(target):
            raise WrongUse(f"{target} exists already.")
        begun = Export(len(self._exports) + 1, target)
        self._exports[begun.number] = begun
        stop = self._export_stops[begun.number] = threading.Event()
        written = f"{self._assets[asset_id].name} {start} {end} {form}"
        thread = threading.Thread(target=self._write, args=(begun, written, stop))
        self._export_threads.append(thread)
        thread.start()
        return begun

    def cancel_export(self, number: int) -> None:
        if number not in self._exports:
            raise WrongUse(f"There is no export {number}.")
        self._export_stops[number].set()

    def exporting(self) -> bool:
        return any(thread.is_alive() for thread in self._export_threads)

    def _end_films(self) -> None:
        for stop in self._export_stops.values():
            stop.set()
        for thread in self._export_threads:
            thread.join()

    def _write(self, begun: Export, written: str, stop: threading.Event) -> None:
        self._tell(replace(begun, share=0.5))
        name = os.path.basename(begun.target)
        if "slow" in name:
            self._await("go", stop)
        if stop.is_set():
            end = replace(begun, state=ExportState.CANCELLED)
        elif "full" in name:
            end = replace(begun, state=ExportState.FAILED, message="The disk is full.")
        else:
            Path(begun.target).write_text(written)
            end = replace(begun, state=ExportState.DONE, share=1.0)
        self._exports[begun.number] = end
        self._tell(end)

    def _is_film(self, asset_id: int) -> bool:
        asset = self._assets.get(asset_id)
        return asset is not None and asset.kind is Kind.VIDEO
