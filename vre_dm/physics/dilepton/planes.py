"""Planes of two masses or of a mass and a coupling, and the border of what a search excludes in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.curve import Curve
from vre_dm.physics.contours import closed, contour_curves
from vre_dm.physics.dilepton.couplings import GROUPS, Mediator
from vre_dm.physics.dilepton.resonance import joined, resonance
from vre_dm.physics.dilepton.search import Search

Floats = NDArray[np.float64]
UNKNOWN = -1e9
"""Margin beyond what is known: so low that a contour ends on the last point that is covered."""


def mass_plane(
    search: Search, model: Mediator, masses_gev: ArrayLike, dm_masses_gev: ArrayLike
) -> xr.DataArray:
    """How far a model is excluded over mediator mass and dark-matter mass.

    Parameters
    ----------
    search
        See `vre_dm.physics.dilepton.search`.
    model
        Couplings.
    masses_gev, dm_masses_gev : array_like, shapes (n,) and (k,), GeV
        Rising.

    Returns
    -------
    xarray.DataArray, shape (n, k)
        ``margin`` in decades: above 0 is excluded, NaN is not covered. Attributes say how it was made.

    Raises
    ------
    OutOfRange
        An axis does not rise from above zero, or a width reaches the mass.
    """
    heavy = _axis("mediator mass in GeV", masses_gev)
    dark = _axis("dark-matter mass in GeV", dm_masses_gev)
    margin = search.margin(resonance(model, heavy[:, None], dark[None, :]))
    coords = {
        "mediator_mass": ("mediator_mass", heavy, {"units": "GeV"}),
        "dm_mass": ("dm_mass", dark, {"units": "GeV"}),
    }
    return _grid(search, margin, coords).assign_attrs(model=model.name, couplings=_couplings(model))


def coupling_plane(
    search: Search,
    family: Callable[[float], Mediator],
    masses_gev: ArrayLike,
    couplings: ArrayLike,
    *,
    dm_mass_gev: float,
    name: str = "g_q",
) -> xr.DataArray:
    """How far a family of models is excluded over mediator mass and one coupling.

    Parameters
    ----------
    search
        See `vre_dm.physics.dilepton.search`.
    family
        Gives the model of a value of the coupling.
    masses_gev, couplings : array_like, shapes (n,) and (k,)
        Rising; masses in GeV.
    dm_mass_gev
        GeV.
    name
        Of the coupling: ``g_q`` or ``g_l`` where the border is to be a curve.

    Returns
    -------
    xarray.DataArray, shape (n, k)
        As `mass_plane`.

    Raises
    ------
    OutOfRange
        As `mass_plane`.
    """
    heavy, strengths = _axis("mediator mass in GeV", masses_gev), _axis(name, couplings)
    dark = number("dark-matter mass in GeV", dm_mass_gev)
    models = [family(float(value)) for value in strengths]
    margin = search.margin(joined([resonance(model, heavy, dark) for model in models]))
    coords = {
        "mediator_mass": ("mediator_mass", heavy, {"units": "GeV"}),
        name: (name, strengths, {"units": "1"}),
    }
    grid = _grid(search, np.reshape(margin, (strengths.size, heavy.size)).T.ravel(), coords)
    return grid.assign_attrs(model=models[0].name, dm_mass_GeV=dark)


def border(
    plane: xr.DataArray,
    search: Search,
    *,
    id: str,
    quantity: str = "mediator_plane",
    assumptions: Mapping[str, str | float] | None = None,
    label: str = "",
) -> tuple[Curve, ...]:
    """Closed contours of the excluded areas of a plane, the longest first.

    Parameters
    ----------
    plane
        As made by `mass_plane` or `coupling_plane`.
    search
        The one it was made with.
    id, label
        Of the curves.
    quantity
        ``mediator_plane`` of a mass plane; ``g_q`` or ``g_l`` of a coupling plane.
    assumptions
        Further ones. With the ``conventions`` of the Working Group model that the mediator is of,
        `vre_dm.limits.convert.mediator_contours` knows the couplings and can go on from here.

    Returns
    -------
    tuple of Curve
        None where nothing is excluded. Areas end at the border of the scan and of what the search covers.

    Raises
    ------
    OutOfRange
        The plane has other axes than the quantity asks for.
    """
    first, second = (str(name) for name in plane.dims)
    if second not in ("dm_mass", quantity) or (second == "dm_mass") != (quantity == "mediator_plane"):
        msg = f"a plane of {first} and {second} has no border that is a curve of {quantity}"
        raise OutOfRange(msg)
    about = {key: value for key, value in plane.attrs.items() if key in ("model", "dm_mass_GeV")}
    return contour_curves(
        closed(plane, UNKNOWN),
        0.0,
        search.origin,
        id=id,
        label=label,
        quantity=quantity,
        channel="" if quantity == "mediator_plane" else "dilepton",
        formula=search.formula,
        files=search.inputs,
        assumptions={**search.assumptions, **about, **(assumptions or {})},
    )


def _grid(
    search: Search, margin: Floats, coords: dict[str, tuple[str, Floats, dict[str, str]]]
) -> xr.DataArray:
    shape = tuple(values.size for _, values, _ in coords.values())
    made: dict[str, str | float] = {"formula": search.formula, "inputs": "; ".join(search.inputs)}
    attrs = {"units": "decades"} | made | dict(search.assumptions)
    return xr.DataArray(np.reshape(margin, shape), coords, tuple(coords), name="margin", attrs=attrs)


def _axis(name: str, values: ArrayLike) -> Floats:
    axis = np.atleast_1d(positive(name, values))
    if axis.ndim != 1 or not axis.size or np.any(np.diff(axis) <= 0):
        msg = f"{name}: an axis is one row of numbers that rise"
        raise OutOfRange(msg)
    return axis


def _couplings(model: Mediator) -> str:
    parts = (members[0] for members in GROUPS.values())
    return ", ".join(f"{name} {model.coupling(name)}" for name in (*parts, "DM"))
