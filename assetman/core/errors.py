"""Errors come in kinds; whatever is none of these is a bug and shows as one."""

from __future__ import annotations


class AssetmanError(Exception):
    """An error with a message meant for the person."""


class BadInput(AssetmanError):
    """This file or these words are at fault; everything else goes on."""


class WrongUse(AssetmanError):
    """The command or the request makes no sense as given (an unknown model, no such asset)."""


class EnvironmentProblem(AssetmanError):
    """This disk, this GPU, this installation: nothing works until the person changes it."""


class LibraryBusy(EnvironmentProblem):
    """Another process holds the library just now."""


class Cancelled(AssetmanError):
    """The person called the work off."""
