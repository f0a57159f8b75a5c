"""The check that title, identifier and source path do not name another experiment than the record."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from vre_dm.errors import InvalidCurve
from vre_dm.limits.checks.problem import Finding
from vre_dm.limits.curve import Curve

KNOWN = (
    *("LZ", "LUX", "ZEPLIN", "XENON10", "XENON100", "XENON1T", "XENONnT", "XLZD", "DARWIN"),
    *("PandaX", "PandaX-II", "PandaX-4T", "DarkSide-50", "DarkSide-20k", "ARGO", "DEAP-3600"),
    *("CRESST", "CRESST-II", "CRESST-III", "CDMSlite", "SuperCDMS", "CDMS", "EDELWEISS", "COSINE-100"),
    *("DAMA", "ANAIS", "SABRE", "KIMS", "PICASSO", "COUPP", "PICO-60", "PICO-2L", "NEWS-G", "DAMIC"),
    *("DAMIC-M", "SENSEI", "OSCURA", "TESSERACT", "QROCODILE", "CDEX-10", "CoGeNT", "GERDA", "FUNK"),
    *("IceCube", "ANTARES", "KM3NeT", "Super-K", "Super-Kamiokande", "Fermi-LAT", "HESS", "MAGIC"),
    *(
        "VERITAS",
        "HAWC",
        "LHAASO",
        "CTA",
        "DAMPE",
        "AMS-02",
        "ATLAS",
        "CMS",
        "LHCb",
        "BaBar",
        "Belle",
        "NA64",
    ),
)
SPELLINGS = {"luxzeplin": "lz", "superk": "superkamiokande", "h.e.s.s.": "hess"}


def other_experiment(curve: Curve) -> Iterator[Finding]:
    """No text that names experiments leaves out the curve's own and names another."""
    file = curve.provenance.path.rpartition("/")[2]
    for what, text in (("title", curve.label), ("identifier", curve.id), ("source file", file)):
        stranger = foreign(text, curve.experiment)
        if stranger:
            yield Finding(
                f"the {what} {text[:60]!r} names {stranger} where the experiment is {curve.experiment[:60]!r}"
            )


def refuse_foreign_comment(csv: str, experiment: str, where: str) -> None:
    """Refuse a table whose comment lines name another experiment than its sidecar.

    Raises
    ------
    InvalidCurve
        With the comment and both names.
    """
    for line in csv.splitlines()[:20] if "#" in csv else ():
        stranger = foreign(line, experiment) if line.startswith("#") else ""
        if stranger:
            msg = (
                f"{where} fails the check 'other experiment': its comment {line[:60]!r} names {stranger} "
                f"where the experiment is {experiment[:60]!r}"
            )
            raise InvalidCurve(msg, check="other experiment")


def foreign(text: str, experiment: str) -> str:
    """Name of a known experiment in a text that does not also name its own; empty if there is none."""
    own = _plain(experiment)
    found = _named(text)
    if not found or not _named(experiment):
        return ""
    strangers = [name for name in found if not (_plain(name) in own or own in _plain(name))]
    return strangers[0] if len(strangers) == len(found) else ""


@lru_cache(maxsize=1024)
def _named(text: str) -> list[str]:
    """Names in a text, the longest reading of each place."""
    return [_BY_PLAIN[_plain(found[0])] for found in _pattern().finditer(text)]


@lru_cache(maxsize=1024)
def _plain(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", name.casefold())
    return SPELLINGS.get(plain, plain)


_BY_PLAIN = {_plain(name): name for name in KNOWN} | {"lz": "LZ", "superkamiokande": "Super-Kamiokande"}


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted([*KNOWN, "LUX-ZEPLIN"], key=len, reverse=True)
    words = "|".join(r"[-_ ]?".join(map(re.escape, re.split(r"-", name))) for name in names)
    return re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])", re.IGNORECASE)
