"""`assetman untag`: take a tag off files."""

from __future__ import annotations

import argparse

from assetman.cli import tag
from assetman.cli.desk import Desk
from assetman.cli.files import assets_of, counted

HELP = "take a tag off files"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tag.arguments(parser)


def run(given: argparse.Namespace, desk: Desk) -> int:
    """Take the tag off."""
    with desk.engine() as engine:
        assets = assets_of(engine, given.paths)
        engine.untag(assets, [given.tag])
    desk.console.print(f"“{given.tag}” is off {counted(len(assets), 'file')}")
    return 0
