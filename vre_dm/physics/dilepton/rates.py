"""The two lines that meet at a mass limit, as curves: a predicted rate, and the limit for its width."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import derived, theory
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.curve import Curve
from vre_dm.physics.dilepton.couplings import Mediator
from vre_dm.physics.dilepton.luminosity import fiducial_cross_section
from vre_dm.physics.dilepton.resonance import resonance
from vre_dm.physics.dilepton.search import RateSearch

QUANTITY = "sigma_fid_B"


def predicted(
    search: RateSearch, model: Mediator, masses_gev: ArrayLike, dm_mass_gev: float, *, id: str
) -> Curve:
    """Fiducial cross section times branching ratio that a model predicts.

    Parameters
    ----------
    search
        Whose luminosities and K factor.
    model
        Couplings.
    masses_gev : array_like, shape (n,), GeV
        Rising.
    dm_mass_gev
        GeV.
    id
        Of the curve.

    Returns
    -------
    Curve
        ``sigma_fid_B`` in fb, of theory.

    Raises
    ------
    OutOfRange
        A mass is outside the luminosities, or the model couples to no lepton.
    """
    found = resonance(model, positive("mediator mass in GeV", masses_gev), _dark(dm_mass_gev))
    rate = search.k_factor * fiducial_cross_section(search.luminosity, found)
    if not np.all(rate > 0):
        msg = f"{model.name} makes no lepton pairs: couplings to quarks or leptons are zero"
        raise OutOfRange(msg)
    return derived(
        theory(model.name),
        id=id,
        formula=search.formula,
        quantity=QUANTITY,
        channel="dilepton",
        columns=(mass_column(found.mass_gev), limit_column(rate, QUANTITY)),
        inputs={"dm_mass_GeV": dm_mass_gev},
        files=search.inputs,
        assumptions=search.assumptions,
    )


def limit(
    search: RateSearch, model: Mediator, masses_gev: ArrayLike, dm_mass_gev: float, *, id: str
) -> Curve:
    """Upper limit on the fiducial rate at the model's own width.

    Parameters
    ----------
    search, model, masses_gev, dm_mass_gev, id
        As of `predicted`.

    Returns
    -------
    Curve
        ``sigma_fid_B`` in fb.

    Raises
    ------
    OutOfRange
        A mass or Γ/M is outside the published ones.
    """
    found = resonance(model, positive("mediator mass in GeV", masses_gev), _dark(dm_mass_gev))
    values = search.limits.at(found.mass_gev, found.relative_width)
    return derived(
        search.origin,
        id=id,
        label=f"{search.origin.experiment} {search.origin.year}, at the width of {model.name}",
        formula="dilepton/limit-in-width",
        quantity=QUANTITY,
        channel="dilepton",
        columns=(mass_column(found.mass_gev), limit_column(values, QUANTITY)),
        inputs={"dm_mass_GeV": dm_mass_gev},
        files=search.inputs,
        assumptions={
            "relative_width": f"{found.relative_width.min():.4f} to {found.relative_width.max():.4f}"
        },
    )


def _dark(mass_gev: float) -> float:
    return number("dark-matter mass in GeV", mass_gev)
