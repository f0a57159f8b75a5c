"""What the manifest's words and headers mean in the catalogue's own: quantity, channel, columns, units."""

import re
from dataclasses import dataclass

from builders.curves_columns import Table, Treated
from builders.curves_manifest import Row
from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column
from vre_dm.limits.quantities import header, quantity

NAMES = {
    "sigma_SI nucleon": "sigma_SI",
    "sigma_SI neutrino floor": "sigma_SI",
    "sigma_SI neutrino fog (Xe)": "sigma_SI",
    "sigma_SD neutron": "sigma_SDn",
    "sigma_SD proton": "sigma_SDp",
    "sigma_e": "sigma_e",
    "g_ae": "g_ae",
    "kinetic mixing": "kappa",
    "<sigma v>": "sigmav",
    "g_q": "g_q",
    "g_q'": "g_q",
    "sigma x B": "sigma_B",
    "sigma x B x A": "sigma_B_A",
    "sigma_fid x B": "sigma_fid_B",
    "(mMed,mDM) contour": "mediator_plane",
    "signal strength limit grid": "signal_strength",
}
# Of a quantity with channels: words of the manifest's channel, and the catalogue's word for each.
CHANNELS = {
    "sigma_e": {
        "F_DM=1": "F=1",
        "F_DM~1/q^2": "F~1/q2",
        "solar reflected": "solar reflected",
        "QEDark": "QEDark",
    },
    "sigmav": {pair: pair for pair in ("bb", "tautau", "WW", "mumu", "tt")},
    "g_q": {"dijet": "dijet"},
    "sigma_B": {"dilepton": "dilepton"},
    "sigma_B_A": {"dijet": "dijet"},
    "sigma_fid_B": {"dilepton": "dilepton"},
}
STEMS = {
    "sv": "limit",
    "gq": "limit",
    "gq_obs": "limit",
    "gq_exp": "median",
    "mu_limit": "limit",
    "xs_limit": "limit",
    "xs_w0": "limit",
    "xs_qq": "limit",
    "xs_gg": "limit",
    "xs_gq": "limit",
    "sens_median": "median",
    "lower_limit": "ceiling",
    "sens_m2": "sensitivity_m2sigma",
    "sens_m1": "sensitivity_m1sigma",
    "sens_p1": "sensitivity_p1sigma",
    "sens_p2": "sensitivity_p2sigma",
    "sv_m1sigmaJ": "limit_m1sigma_J",
    "sv_p1sigmaJ": "limit_p1sigma_J",
    **{f"xs_w{width}": f"limit_w{width}" for width in ("0p5", "1p2", "3", "6", "10")},
}
MASSES = {"m": "m", "mmed": "m", "mdm": "m_DM"}
PER_GEV = {"eV": 1e9, "keV": 1e6, "MeV": 1e3, "GeV": 1.0}
UNIT = re.compile(r"_(GeV|MeV|keV|eV|cm2|cm3s|pb|fb)$")
SPELLED = {"cm3s": "cm3/s"}
MISLABELLED = {"xs_atlas_2019_dilepton139": ("pb", "fb")}
"""The unit of a header that lies, and the true one: 3.57 at 250 GeV is fb, as in the article's figure."""
TOGETHER = {"xs_cms_2018_dijet36": ("qq", "gg", "gq")}
"""Candidates whose columns are limits on different final states, each a curve of its own."""


@dataclass(frozen=True)
class Meaning:
    """Quantity and channel of a candidate, in the catalogue's words."""

    quantity: str
    channel: str = ""


def meaning(row: Row) -> Meaning | None:
    """Quantity and channel, or nothing where the catalogue has no word for them."""
    name = NAMES.get(row["quantity"])
    if name is None:
        return None
    words = CHANNELS.get(name, {})
    found = next((word for part, word in words.items() if part in row.get("channel", "")), "")
    return None if words and not found else Meaning(name, found)


def columns(given: Treated, name: str, curve: str) -> tuple[Column, ...]:
    """Name the columns as the catalogue does; masses in GeV, values in the unit of their quantity.

    Raises
    ------
    InvalidCurve
        A header names a unit that is not the quantity's.
    """
    return tuple(_column(given.header[i], given.table[:, i], name, curve) for i in range(len(given.header)))


def _column(old: str, values: Table, name: str, curve: str) -> Column:
    stem = UNIT.sub("", old)
    stated = old.removeprefix(stem).removeprefix("_")
    if stem in MASSES and stated in PER_GEV:
        new = "limit" if (name, stem) == ("mediator_plane", "mdm") else MASSES[stem]
        return Column(header(new, "GeV"), "GeV", values / PER_GEV[stated])
    unit = quantity(name).unit
    lie, truth = MISLABELLED.get(curve, ("", ""))
    stated = truth if stated and stated == lie else SPELLED.get(stated, stated)
    if stated not in ("", unit):
        msg = f"column {old} is in {stated}, where {name} is in {unit}"
        raise InvalidCurve(msg)
    return Column(header(STEMS.get(stem, stem), unit), unit, values)


def split(given: Treated, curve: str) -> dict[str, Treated]:
    """The table of each final state, by the suffix of its curve's name."""
    states = TOGETHER.get(curve)
    if states is None:
        return {"": _without_theory(given)}
    picked = {state: [0, *(i for i, n in enumerate(given.header) if f"_{state}_" in n)] for state in states}
    return {
        f"_{state}": Treated(tuple(given.header[i] for i in at), given.table[:, at], given.said)
        for state, at in picked.items()
    }


def _without_theory(given: Treated) -> Treated:
    """Leave out predicted cross sections: they are no limit and fall far below any."""
    at = [i for i, name in enumerate(given.header) if "theory" not in name]
    if len(at) == len(given.header):
        return given
    left_out = [name for name in given.header if "theory" in name]
    said = (*given.said, f"column {', '.join(left_out)} left out")
    return Treated(tuple(given.header[i] for i in at), given.table[:, at], said)
