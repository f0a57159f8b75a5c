"""What to install where a package is missing that comes with an extra."""

from vre_dm.errors import MissingExtra

_EXTRAS = {
    **dict.fromkeys(("astropy", "iminuit", "numba", "scipy"), "physics"),
    **dict.fromkeys(("cloudpickle", "dask", "dask_gateway", "distributed", "hist"), "compute"),
    "dask_gateway_server": "gateway",
    "psutil": "sandbox",
}


def missing_extra(error: ModuleNotFoundError) -> MissingExtra | None:
    """Say which extra has a package that is not installed; ``None`` for one that no extra has."""
    package = (error.name or "").partition(".")[0]
    extra = _EXTRAS.get(package)
    if extra is None:
        return None
    return MissingExtra(f"this needs {package}, which is not installed: pip install 'vre-dm[{extra}]'")
