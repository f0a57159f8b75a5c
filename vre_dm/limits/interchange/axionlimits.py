"""Two columns of text with a comment header, as cajohare/AxionLimits and DirectDetectionPlots keep them.

Their curves are polygons ready to be filled: walls at the ends and points at 1 close them. Both are no limits
and are dropped, and a curve is split where such a wall interrupts it.
"""

import re

from vre_dm.errors import InvalidCurve
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import bands, dmbounds, numbers, plain, polygons, statements, units
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.interchange.draft import Draft, two_columns
from vre_dm.limits.interchange.source import Source
from vre_dm.limits.metadata import UNKNOWN

_MASS = re.compile(
    r"^(?:Column 0 = )?[ \t]*(?:dark photon |DM |axion )?(?:mass|m_?\w*)[ \t]*\[([^\[\]]+)\]", re.I | re.M
)
_UNIT = re.compile(r"\[([^\[\]]*)\]")
_THEORY = re.compile(r"neutrino.?(fog|floor)|nu.?fog|nu.?floor|opacity|freeze.?in", re.IGNORECASE)
# What the second column is called, and what that is in the catalogue.
WORDS: tuple[tuple[str, str], ...] = (
    (r"g_?aee?\b|electron coupling", "g_ae"),
    (r"kinetic mixing|\bchi\b|\bkappa\b", "kappa"),
    (r"sigma_e\b|DM-electron", "sigma_e"),
    (r"sigma_SD_n|sigma_n_SD", "sigma_SDn"),
    (r"sigma_SD_p|sigma_p_SD", "sigma_SDp"),
    (r"sigma_SI\b", "sigma_SI"),
)
FOLDERS: dict[str, dict[str, str]] = {
    "SI": {"quantity": "sigma_SI"},
    "SDn": {"quantity": "sigma_SDn"},
    "SDp": {"quantity": "sigma_SDp"},
    "HeavyMediator": {"quantity": "sigma_e", "channel": "F=1"},
    "LightMediator": {"quantity": "sigma_e", "channel": "F~1/q2"},
    "Axion": {"quantity": "g_ae"},
    "AxionElectron": {"quantity": "g_ae"},
    "DarkPhoton": {"quantity": "kappa"},
    "Projections": {"kind": "projection"},
}
"""What the collections say by the folder a file lies in."""
WRITES = {
    "g_ae": ("eV", "g_ae [dimensionless]"),
    "kappa": ("eV", "kinetic mixing [dimensionless]"),
    "sigma_e": ("MeV", "sigma_e [cm^2]"),
    "sigma_SI": ("GeV", "sigma_SI [cm^2]"),
    "sigma_SDn": ("GeV", "sigma_SD_neutron [cm^2]"),
    "sigma_SDp": ("GeV", "sigma_SD_proton [cm^2]"),
}


def recognises(source: Source) -> bool:
    """Tell whether a comment names the mass with its unit and two columns without commas follow."""
    rows = [line for _, line in plain.rows_of(source.text)][:2]
    if dmbounds.recognises(source):
        return False
    two = bool(rows) and all("," not in line and len(line.split()) == 2 for line in rows)
    return two and bool(_MASS.search(plain.comments(source.text)))


def read(source: Source) -> list[Draft]:
    """Read the curves between the walls of one file.

    Raises
    ------
    InvalidCurve
        A cell is no number, or nothing is left between the walls.
    """
    cells = [(line, numbers.split(text)) for line, text in plain.rows_of(source.text)]
    values = numbers.table(cells, ("m", "limit"), source.name)
    facts, mass_unit, limit_unit = _header(source)
    columns = two_columns(values, mass_unit, limit_unit)
    whole = Draft(where=source.name, id=source.stem, columns=columns, facts=facts, repeats=True)
    whole.rows = [line for line, _ in cells]
    return [whole] if flat.whole(facts) else polygons.drafts(whole)  # ours has no walls


def write(curve: Curve) -> dict[str, str]:
    """One text file in the collections' own units, the record as comments.

    Raises
    ------
    InvalidCurve
        The collections have no such quantity, or the curve has more than one line.
    """
    if curve.quantity not in WRITES or curve.geometry not in {"line", "contour"}:
        what = f"{curve.geometry} of {curve.quantity}"
        held = f"lines and contours of {', '.join(WRITES)}"
        msg = f"curve {curve.id} is a {what}; AxionLimits holds {held}, choose another format"
        raise InvalidCurve(msg)
    bands.require_none(curve, "AxionLimits")
    mass_unit, limit = WRITES[curve.quantity]
    masses = units.shifted(curve.x, -units.MASSES[mass_unit])
    paper = [f"# https://arxiv.org/abs/{curve.reference.text[6:]}"] if _has_version(curve) else []
    notes = [f"# {name}: {flat.to_text(value)}" for name, value in flat.of_line(curve).items()]
    head = [*paper, *notes, f"# mass [{mass_unit}]\t{limit}"]
    body = [f"{m!r}\t{y!r}" for m, y in zip(masses.tolist(), curve.y.tolist(), strict=True)]
    return {f"{curve.id}.txt": "\n".join([*head, *body]) + "\n"}


def _has_version(curve: Curve) -> bool:
    return UNKNOWN not in (curve.reference.arxiv, curve.reference.arxiv_version)


def _header(source: Source) -> tuple[dict[str, object], str, str]:
    """What the comments and the folder state, and the two units."""
    text = plain.comments(source.text)
    remarks = plain.remarks(source.text)
    free = "\n".join(line for line in text.splitlines() if line.partition(": ")[0] not in remarks)
    last = next((line for line in reversed(free.splitlines()) if _MASS.search(line)), "")
    found = _UNIT.findall(free[free.find(last) :]) if last else []
    named = {name for pattern, name in WORDS if re.search(pattern, free, re.IGNORECASE)}
    said: dict[str, object] = {"quantity": named.pop()} if len(named) == 1 else {}
    title = next((line.strip() for line in free.splitlines() if line.strip() and line != last), "")
    said |= {"title": title, "kind": _kind(free), **statements.confidence(free)}
    stated: dict[str, object] = {
        **FOLDERS.get(source.folder, {}),
        **_stated(said),
        **statements.reference(free),
    }
    stated = {**remarks} if flat.whole(remarks) else {**stated, **remarks}
    mass = found[0] if found else ""
    limit = found[1] if len(found) > 1 else ""
    if not limit and stated.get("quantity") in {"g_ae", "kappa"}:
        limit = "1"  # pure numbers, by what they are
    return stated, mass, limit


def _kind(text: str) -> str | None:
    """Kind that the comments state; a neutrino fog or a freeze-in line is theory."""
    return "theory" if _THEORY.search(text) else statements.kind(text)


def _stated(said: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in said.items() if value not in (None, "")}
