"""`dm.browser()`: a data lake below a notebook's cell, for who stays in cells."""

from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.notebook.browser.widget import Browser

if TYPE_CHECKING:
    from vre_dm.lake.lake import Lake

__all__ = ["Browser", "browser"]


def browser(lake: "Lake | None" = None, *, target: Path | str | None = None) -> Browser:
    """Look through a data lake below the cell: tree, search, details, selection, fetch with its progress.

    Works in JupyterLab and Notebook 7. It is answered between cells, not while one runs.

    Parameters
    ----------
    lake
        What to browse; the connected lake when left out.
    target
        Folder for fetched files; the lake's cache folder when left out.

    Returns
    -------
    Browser
        Shows itself; ``selected`` has the chosen DIDs, ``paths`` the files of the last fetch.

    Raises
    ------
    InvalidConfiguration, LoginRefused, Unreachable, SandboxError
        As `vre_dm.connect`.

    Examples
    --------
    >>> import vre_dm as dm
    >>> lake = dm.browser()  # doctest: +SKIP
    >>> dm.dataset(lake.selected[0]).cite()  # doctest: +SKIP
    """
    if lake is None:
        from vre_dm.session import connected

        lake = connected()
    return Browser(lake, target)
