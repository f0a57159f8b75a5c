"""The image of Binder, built and started here as BinderHub does, and how long a visitor waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from builders.images.building import LOCAL, MADE
from builders.images.catalogue import ROOT
from builders.images.container import Container, container
from builders.images.engine import Engine
from builders.images.source import Source

DOCKERFILE = ROOT / "binder" / "Dockerfile"
MEMORY = "1500m"
PATIENCE = 60.0
"""Seconds from the start of the container to the first limit in a plot."""
_BASE = "/user/visitor/"
_TOKEN = "of-this-test-alone"
_ASKED = (
    "base_url=" + _BASE,
    "token=" + _TOKEN,
    "trust_xheaders=True",
    "default_url=/doc/tree/vre-dm/00_tour.ipynb",
)
_LAUNCH = (
    # BinderHub finds JupyterLab by the first python3 on the path, and becomes it
    "python3",
    "-c",
    "import os, sys, jupyterlab.labapp; os.execvp('jupyter-lab', ['jupyter-lab', *sys.argv[1:]])",
    "--ip=0.0.0.0",
    "--port=8888",
    # by the names of Notebook 6 and of today
    *(f"--{program}.{each}" for program in ("NotebookApp", "ServerApp") for each in _ASKED),
)
_NOWHERE = "http://127.0.0.1:9/hub"
# every server of a JupyterHub has these; a visitor's has no login at that hub, and nothing answers here
_HUB = {
    "JUPYTERHUB_ACTIVITY_URL": f"{_NOWHERE}/api/users/visitor/activity",
    "JUPYTERHUB_API_TOKEN": _TOKEN,
    "JUPYTERHUB_API_URL": f"{_NOWHERE}/api",
    "JUPYTERHUB_BASE_URL": "/",
    "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-visitor",
    "JUPYTERHUB_HOST": "",
    "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{_BASE}oauth_callback",
    "JUPYTERHUB_SERVER_NAME": "",
    "JUPYTERHUB_SERVICE_PREFIX": _BASE,
    "JUPYTERHUB_SERVICE_URL": f"http://0.0.0.0:8888{_BASE}",
    "JUPYTERHUB_USER": "visitor",
    "BINDER_LAUNCH_HOST": "http://127.0.0.1:9/",
}


@dataclass(frozen=True)
class Visit:
    """What a visitor waits for.

    Attributes
    ----------
    marks
        Seconds since the start of the container, by what was there then.
    peak
        Bytes of memory used at most, pages of files included; `None` where the engine does not tell.
    killed
        Whether the memory was too little.
    """

    marks: dict[str, float]
    peak: int | None
    killed: bool

    @property
    def faults(self) -> list[str]:
        """What is not as it was promised."""
        late = self.marks["plot"] > PATIENCE
        found = [f"the plot comes after {self.marks['plot']:.1f} s, not {PATIENCE:.0f}"] if late else []
        return found + ([f"{MEMORY} of memory do not suffice"] if self.killed else [])


def build(engine: Engine, source: Source) -> str:
    """Build it from the image that was built here; returns its name.

    Raises
    ------
    ImagesError
        The build fails.
    """
    reference = f"{LOCAL}/vre-dm-binder:{source.version}"
    MADE.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as context, (MADE / "binder.log").open("w") as log:
        # repo2docker gives these two to every Dockerfile
        given = {"NB_USER": "jovyan", "NB_UID": "1000", "REGISTRY": LOCAL}
        engine.build(context, str(DOCKERFILE), reference, given, {}, log)
    return reference


def visit(engine: Engine, reference: str, say: Callable[[str], None]) -> Visit:
    """Start it, open the tour and run it up to its end.

    Raises
    ------
    ImagesError
        The server does not answer, or a cell fails.
    """
    known = _HUB | {"VRE_DM_TEST_TOKEN": _TOKEN, "VRE_DM_TEST_BASE": _BASE}
    options = [f"--memory={MEMORY}", *(f"--env={name}={value}" for name, value in known.items())]
    with container(engine, reference, options, _LAUNCH) as started:
        return _visited(started, say)


def _visited(started: Container, say: Callable[[str], None]) -> Visit:
    ready = started.wait()
    say(f"JupyterLab answers after {ready:.1f} s")
    found = started.ask("tour", str(started.started))
    return Visit({"server": ready} | found["marks"], found["peak"], bool(found["killed"]) or started.killed())


def described(visit: Visit) -> str:
    """Say it in a line."""
    marks = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in visit.marks.items())
    peak = "" if visit.peak is None else f"; at most {visit.peak / 1e6:.0f} MB with pages of files"
    return f"since the start of the container: {marks}{peak} of {MEMORY}"
