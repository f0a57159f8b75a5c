"""Limits of a stack of dwarf galaxies as curves of the catalogue's kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import Origin, derived
from vre_dm.limits.curve import Curve
from vre_dm.limits.floats import floats
from vre_dm.limits.metadata import UNKNOWN, Reference
from vre_dm.limits.quantities import quantity
from vre_dm.limits.slug import slug
from vre_dm.physics.dwarfs.bands import band_columns
from vre_dm.physics.dwarfs.crossing import one_sided_drop
from vre_dm.physics.dwarfs.stack import DwarfStack
from vre_dm.physics.spectra import Spectrum

FERMI_LAT_2017 = Origin(
    experiment="Fermi-LAT",
    year=2017,
    kind="observed",
    reference=Reference(
        arxiv="1611.03184",
        doi="10.3847/1538-4357/834/2/110",
        title="Searching for Dark Matter Annihilation in Recently Discovered Milky Way Satellites with"
        " Fermi-LAT",
        authors="Fermi-LAT and DES Collaborations",
    ),
)
"""Whose likelihood tables and J factors the lake's are. The limits computed from them are not theirs."""


def stack_curve(
    stack: DwarfStack,
    spectrum: Spectrum,
    mass_gev: ArrayLike,
    *,
    cl: float = 0.95,
    id: str = "",
    label: str = "",
    inputs: tuple[str, ...] = (),
    origin: Origin = FERMI_LAT_2017,
    expected: xr.DataArray | None = None,
) -> Curve:
    """Upper limit on the velocity-averaged annihilation cross section.

    Parameters
    ----------
    stack
        Targets and their likelihoods.
    spectrum
        Photons of one annihilation: a channel, a mixture, or anything with dN/dE.
    mass_gev : array_like, shape (m,), GeV
        Rising, inside of the spectrum's table.
    cl
        One-sided confidence level.
    id, label
        Of the curve; made of experiment, number of targets and channel if left out.
    inputs
        What went in, as ``scope:name adler32:xxxxxxxx``.
    origin
        Who published the likelihood tables.
    expected
        Limits of pseudo-experiments at the same masses, dimensions ``experiment`` and ``mass``; their
        quantiles become the bands of the curve.

    Returns
    -------
    Curve
        ``sigmav`` in cm³/s on `mass_gev`.

    Raises
    ------
    OutOfRange
        Masses that do not rise; as of `DwarfStack.scan`; expected limits of other masses, or fewer than 20.
    InvalidCurve
        An id or a label that is no text.

    References
    ----------
    arXiv:1611.03184 (likelihood and statistic)
    """
    masses = np.atleast_1d(floats(mass_gev, "dark-matter mass", "GeV"))
    if masses.ndim > 1 or np.any(np.diff(masses) <= 0):
        msg = "the masses of a curve must rise, without repetition"
        raise OutOfRange(msg)
    result = stack.scan(spectrum, masses, cl=cl)
    who, many = origin.experiment, len(stack.roster)
    shown = next(iter(stack.roster)) if many == 1 else f"{many} dwarf galaxies"
    drop = 2 * one_sided_drop(cl)
    statistic = f"profile likelihood, one-sided, -2 delta lnL = {drop:.2f}, J of each target profiled"
    return derived(
        replace(origin, cl=cl, statistic=statistic),
        id=id or slug(f"sv_{who}_{shown}_{spectrum.name}"),
        formula="dwarfs/stack/1611.03184",
        quantity="sigmav",
        channel=channel_of(spectrum),
        columns=(
            mass_column(result["mass"].to_numpy()),
            limit_column(result["limit"].to_numpy(), "sigmav"),
            *(() if expected is None else band_columns(expected, result["mass"].to_numpy())),
        ),
        files=inputs,
        assumptions=_assumptions(stack, spectrum),
        label=label or f"{shown}, {spectrum.name} (this package, {who} likelihoods)",
    )


def target_curves(
    stack: DwarfStack,
    spectrum: Spectrum,
    mass_gev: ArrayLike,
    *,
    cl: float = 0.95,
    inputs: tuple[str, ...] = (),
    origin: Origin = FERMI_LAT_2017,
) -> tuple[Curve, ...]:
    """Limits of every target of a stack by itself, in the order of the roster; as `stack_curve`."""
    return tuple(
        stack_curve(stack.only(target), spectrum, mass_gev, cl=cl, inputs=inputs, origin=origin)
        for target in stack.roster
    )


def channel_of(spectrum: Spectrum) -> str:
    """The catalogue's word for a pure channel; a mixture or a user's spectrum has none."""
    return spectrum.name if spectrum.name in quantity("sigmav").channels else UNKNOWN


def _assumptions(stack: DwarfStack, spectrum: Spectrum) -> dict[str, str | float]:
    edges = np.append(stack.tables["e_min"].to_numpy(), stack.tables["e_max"].to_numpy()[-1]) / 1e3
    return {
        "targets": f"{len(stack.roster)}: {', '.join(stack.roster)}",
        "J_factor": "log-normal, profiled for each target",
        "spectrum": spectrum.name,
        "particle": stack.particle,
        "photon_energies_GeV": f"{edges[0]:g} to {edges[-1]:g}",
        "energy_dispersion": "none: the flux of a bin is that at production",
        **{str(name): str(text) for name, text in stack.tables.attrs.items()},
    }
