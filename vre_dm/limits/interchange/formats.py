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
        Makes files of one curve, or ``None``.
    write_all
        Makes files that hold several curves together, or ``None``.
    """

    name: str
    description: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Found]
    write: Callable[[Curve], Files] | None = None
    write_all: Callable[[Sequence[Curve]], Files] | None = None

    @property
    def writes(self) -> bool:
        """Whether curves can be written in it."""
        return self.write is not None or self.write_all is not None


FORMATS = {
    known.name: known
    for known in (
        Format(
            "hepdata", "HEPData: submission.yaml, a table's YAML, or the site's JSON",
            hepdata.recognises, hepdata.read, write_all=hepdata.write,
        ),
        Format(
            "dd_limit_plot", "kdund/dd_limit_plot: CSV files and one TOML",
            dd_limit_plot.recognises, dd_limit_plot.read, write_all=dd_limit_plot.write,
        ),
        Format(
            "dmtools", "DMTools: XML with rescaled axes",
            dmtools.recognises, dmtools.read, dmtools.write,
        ),
        Format("dmbounds", "moritzhuetten/dmbounds: ECSV", dmbounds.recognises, dmbounds.read),
        Format(
            "axionlimits", "cajohare/AxionLimits, DirectDetectionPlots: text in two columns",
            axionlimits.recognises, axionlimits.read, axionlimits.write,
        ),
        Format(
            "darkmatterlive", "DarkMatterLive: JSON and CSV",
            darkmatterlive.recognises, darkmatterlive.read, darkmatterlive.write,
        ),
        Format("darkplotter", "odadoun/DarkPlotter: JSON", darkplotter.recognises, darkplotter.read),
        Format("plain", "CSV or white space, any source", plain.recognises, plain.read, plain.write),
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
