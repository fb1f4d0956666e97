"""What the window remembers from one time to the next: its shape, never its questions."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings

from assetman.core.exports import ExportForm
from assetman.ui.theme import INSPECTOR, SIDEBAR, Scheme
from assetman.ui.top_bar import LARGEST, SMALLEST, USUAL


class _Switch:
    """A setting that is on or off, under its name in the file."""

    def __init__(self, name: str, usual: bool) -> None:
        self._name = name
        self._usual = usual

    def __get__(self, memory: WindowMemory, _owner: object = None) -> bool:
        return memory.number(self._name, int(self._usual)) != 0

    def __set__(self, memory: WindowMemory, on: bool) -> None:
        memory.keep(self._name, int(on))


class WindowMemory:
    """Reads and writes the window's settings in the platform's own place for them."""

    fill = _Switch("grid/fill", False)  # pictures fill their cells
    listed = _Switch("grid/listed", False)  # assets are a list instead of cards
    skim = _Switch("grid/skim", True)  # the pointer shows the frames of videos it moves across

    def __init__(self) -> None:
        self._settings = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Assetman", "window"
        )

    @property
    def geometry(self) -> QByteArray | None:
        """The window's place on the screen."""
        found = self._settings.value("geometry")
        return found if isinstance(found, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue("geometry", geometry)

    def width_of(self, side: str) -> int:
        """Give the width of a side panel."""
        usual = SIDEBAR if side == "sidebar" else INSPECTOR
        return min(max(self.number(f"{side}/width", usual), 120), 900)

    def is_open(self, side: str) -> bool:
        """Tell whether the person wants a side panel."""
        return self.number(f"{side}/open", 1) != 0

    def remember_side(self, side: str, width: int, is_open: bool) -> None:
        """Keep how wide a side panel is, and whether it is wanted."""
        self.keep(f"{side}/width", width)
        self.keep(f"{side}/open", int(is_open))

    @property
    def card_size(self) -> int:
        """How large the pictures are."""
        return min(max(self.number("grid/size", USUAL), SMALLEST), LARGEST)

    @card_size.setter
    def card_size(self, pixels: int) -> None:
        self._settings.setValue("grid/size", pixels)

    @property
    def columns(self) -> str:
        """The columns of the list, as it writes them down itself."""
        return str(self._settings.value("grid/columns", ""))

    @columns.setter
    def columns(self, columns: str) -> None:
        self._settings.setValue("grid/columns", columns)

    @property
    def saved_in(self) -> str:
        """The folder in which a moment of a video was saved last."""
        return str(self._settings.value("saved/folder", ""))

    @saved_in.setter
    def saved_in(self, folder: str) -> None:
        self._settings.setValue("saved/folder", folder)

    @property
    def saved_as(self) -> ExportForm:
        """How it was saved."""
        found = str(self._settings.value("saved/form", ExportForm.QUICK))
        return ExportForm(found) if found in list(ExportForm) else ExportForm.QUICK

    @saved_as.setter
    def saved_as(self, form: ExportForm) -> None:
        self._settings.setValue("saved/form", str(form))

    @property
    def scheme(self) -> Scheme:
        """Light, dark, or as the system."""
        found = str(self._settings.value("scheme", Scheme.SYSTEM))
        return Scheme(found) if found in list(Scheme) else Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._settings.setValue("scheme", str(scheme))

    def keep(self, name: str, value: object) -> None:
        """Write a setting."""
        self._settings.setValue(name, value)

    def number(self, name: str, usual: int) -> int:
        """Read a setting that is a whole number."""
        try:
            return int(str(self._settings.value(name, usual)))
        except ValueError:
            return usual  # someone wrote nonsense into the file
