"""vre-dm: dark-matter science in Jupyter on the ESCAPE Virtual Research Environment.

``import vre_dm as dm`` is cheap; each public name is loaded when it is first used.
"""

from importlib import import_module

__version__ = "0.1.0.dev0"

# public name -> module that holds it
_PUBLIC: dict[str, str] = {
    "Curve": "vre_dm.limits.curve",
    "Did": "vre_dm.did",
    "HaloSliders": "vre_dm.notebook.halo_sliders",
    "browser": "vre_dm.notebook.browser",
    "cluster": "vre_dm.compute.cluster",
    "clusters": "vre_dm.compute.cluster",
    "connect": "vre_dm.session",
    "curves": "vre_dm.session",
    "dataset": "vre_dm.session",
    "fetch": "vre_dm.session",
    "jobs": "vre_dm.session",
    "map": "vre_dm.mapping",
    "map_partitions": "vre_dm.mapping",
    "overlay": "vre_dm.limits.overlay",
    "publish": "vre_dm.session",
    "scan": "vre_dm.scanning",
    "search": "vre_dm.session",
    "start_map": "vre_dm.mapping",
    "start_scan": "vre_dm.scanning",
}

__all__ = sorted(["__version__", *_PUBLIC])


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        try:
            return getattr(import_module(_PUBLIC[name]), name)
        except ModuleNotFoundError as error:
            from vre_dm.extras import missing_extra

            if missing := missing_extra(error):
                raise missing from error
            raise
    msg = f"module 'vre_dm' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__


def load_ipython_extension(shell: object) -> None:
    """Add the ``%dm_…`` magics to a shell; run by ``%load_ext vre_dm``."""
    import_module("vre_dm.notebook.extension").load(shell)


def unload_ipython_extension(shell: object) -> None:
    """Take the magics away; run by ``%unload_ext vre_dm``."""
    import_module("vre_dm.notebook.extension").unload(shell)


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """Where Jupyter Server finds the extension; the browser's part comes with the wheel."""
    return [{"module": "vre_dm.server.app", "app": import_module("vre_dm.server.app").VreDm}]
