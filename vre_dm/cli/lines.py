"""Events for programs: one JSON document a line on standard output."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from vre_dm.lake.transfer.events import Event, Listener


@contextmanager
def lines() -> "Iterator[Listener]":
    """Print what happens."""
    from vre_dm.lake.transfer.events import to_json  # brings the engine, which the help does not need

    def show(event: "Event") -> None:
        click.echo(json.dumps(to_json(event, time.time())))

    yield show
