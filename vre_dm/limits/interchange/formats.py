"""The formats that can be read and written, and which of them a file is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vre_dm.errors import InvalidCurve
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import (
    axionlimits,
    darkmatterlive,
    darkplotter,
    dd_limit_plot,
    dmbounds,
    dmtools,
    hepdata,
    hepdata_yaml,
    plain,
)
from vre_dm.limits.interchange.draft import Found
from vre_dm.limits.interchange.source import Source

Files = dict[str, str]


@dataclass(frozen=True, slots=True)
class Format:
    """A way in which others keep limit curves.

    Attributes
    ----------
    name
        For ``format=``.
    description
        One line: which tool, which files.
    recognises
        Tells from the content whether a file is one.
    read
        Makes drafts of the curves in a file; raises what makes the file as a whole unreadable.
    write
        Makes files of curves, or ``None`` where the format is only read.
    """

    name: str
    description: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Found]
    write: Callable[[Sequence[Curve]], Files] | None = None


def _one_by_one(write: Callable[[Curve], Files]) -> Callable[[Sequence[Curve]], Files]:
    """For formats whose files hold one curve."""
    return lambda curves: {name: text for curve in curves for name, text in write(curve).items()}


FORMATS = {
    known.name: known
    for known in (
        Format(
            "hepdata", "HEPData: submission.yaml, a table's YAML, or the site's JSON",
            hepdata.recognises, hepdata.read, hepdata_yaml.write,
        ),
        Format(
            "dd_limit_plot", "kdund/dd_limit_plot: CSV files and one TOML",
            dd_limit_plot.recognises, dd_limit_plot.read, dd_limit_plot.write,
        ),
        Format(
            "dmtools", "DMTools: XML with rescaled axes",
            dmtools.recognises, dmtools.read, _one_by_one(dmtools.write),
        ),
        Format("dmbounds", "moritzhuetten/dmbounds: ECSV", dmbounds.recognises, dmbounds.read),
        Format(
            "axionlimits", "cajohare/AxionLimits, DirectDetectionPlots: text in two columns",
            axionlimits.recognises, axionlimits.read, _one_by_one(axionlimits.write),
        ),
        Format(
            "darkmatterlive", "DarkMatterLive: JSON and CSV",
            darkmatterlive.recognises, darkmatterlive.read, _one_by_one(darkmatterlive.write),
        ),
        Format("darkplotter", "odadoun/DarkPlotter: JSON", darkplotter.recognises, darkplotter.read),
        Format(
            "plain", "CSV or white space, any source",
            plain.recognises, plain.read, _one_by_one(plain.write),
        ),
    )
}  # fmt: skip
"""All formats; ``plain`` is what a table of numbers is when nothing else claims it."""


def recognised(source: Source) -> Format:
    """The one format that the content speaks for.

    Raises
    ------
    InvalidCurve
        None does, or several do.
    """
    claimed = [known for known in FORMATS.values() if known.name != "plain" and known.recognises(source)]
    if not claimed and FORMATS["plain"].recognises(source):
        return FORMATS["plain"]
    if len(claimed) == 1:
        return claimed[0]
    names = ", ".join(known.name for known in claimed or FORMATS.values())
    reason = "could be several formats" if claimed else "is of no format that is recognised"
    msg = f"{source.name} {reason}; say format= one of {names}"
    raise InvalidCurve(msg)
