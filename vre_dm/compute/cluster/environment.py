"""What the processes of a cluster of this machine see of the environment."""

import re
from collections.abc import Mapping

from vre_dm.compute.memory import MALLOC

PAGES = {"BOKEH_ALLOW_WS_ORIGIN": "127.0.0.1,localhost"}
"""Whose pages may talk to a dashboard from a browser of this machine; Dask's own default is anybody's."""

_OF_THE_NOTEBOOK = re.compile(r"JUPYTER.*|JPY_.*|.*_TOKEN")


def environment(here: Mapping[str, str]) -> dict[str, str]:
    """Environment of a local cluster, made from that of who starts it: without the logins of its server."""
    return (
        {name: text for name, text in here.items() if not _OF_THE_NOTEBOOK.fullmatch(name)} | MALLOC | PAGES
    )
