"""Register the seed data: files put in place on their storage elements, datasets, containers, metadata, rules."""

from rucio.client import Client

from vre_dm.sandbox.layout import Layout


def register(client: Client, layout: Layout) -> None:
    """Make every dataset of the seed present, whole and described."""
