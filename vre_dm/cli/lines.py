"""Events for programs: one JSON document a line on standard output."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from vre_dm.lake.transfer.events import Event, Listener, to_json


@contextmanager
def lines() -> Iterator[Listener]:
    """Print what happens."""

    def show(event: Event) -> None:
        click.echo(json.dumps(to_json(event, time.time())))

    yield show
