"""An overlay as Python that draws it again: a script with checksums and citations, or a notebook's cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.display import plain
from vre_dm.limits.plot.view import View
from vre_dm.limits.sidecar import to_record

USAGE = '''\
"""Draw a plot of limit curves again; needs vre-dm. Usage: python this.py [limits.html|.pdf|.png|.svg]"""

import json
import sys
'''
BODY = """
import vre_dm as dm
from vre_dm.limits.sidecar import from_record

# Curves of the catalogue with the SHA-256 of the numbers that were drawn.
PUBLISHED = {{
{published}}}
# Curves that are not in the catalogue: what they mean and their numbers.
OWN = {{
{own}}}
ORDER = {order}


def curve(name):
    if name in OWN:
        record, numbers, checksum = OWN[name]
        found = from_record(json.loads(record), numbers, name)
    else:
        (found,), checksum = dm.curves(name), PUBLISHED[name]
    if found.sha256 != checksum:
        raise SystemExit(f"{{name}}: these are not the numbers that the plot was made of")
    return found


plot = dm.overlay(
    [curve(name) for name in ORDER],
{options})
"""
MAIN = """
if __name__ == "__main__":
    print(plot.save(sys.argv[1] if len(sys.argv) > 1 else "limits.html"))
"""
CELL = """\
import vre_dm as dm

plot = dm.overlay(
    dm.curves(
{published}    ),
{options})
plot
"""


def script(curves: CurveSet, view: View, assume: Mapping[str, float], catalogue: CurveSet) -> str:
    """Write the script.

    Parameters
    ----------
    curves
        As they were given to the overlay.
    view, assume
        How they are shown, and what is assumed.
    catalogue
        Curves that need no copy, as whoever runs the script has them.
    """
    return USAGE + _body(curves, view, assume, catalogue) + MAIN


def cell(curves: CurveSet, view: View, assume: Mapping[str, float], catalogue: CurveSet) -> str:
    """Write what a notebook's cell holds; parameters as `script`.

    Curves of the catalogue are named, to be edited; with any other it is the script, which holds its numbers.
    """
    if set(curves) <= set(catalogue):
        return CELL.format(
            published="".join(f"        {c.id!r},{_cited(c)}\n" for c in curves),
            options=_arguments(view, assume),
        )
    return "import json\n" + _body(curves, view, assume, catalogue) + "\nplot\n"


def _body(curves: CurveSet, view: View, assume: Mapping[str, float], catalogue: CurveSet) -> str:
    shipped = {curve.id: curve for curve in catalogue}
    published = [curve for curve in curves if shipped.get(curve.id) == curve]
    own = [curve for curve in curves if shipped.get(curve.id) != curve]
    return BODY.format(
        published="".join(f"  {_cited(c)}\n    {c.id!r}: {c.sha256!r},\n" for c in published),
        own="".join(f"  {_cited(c)}\n{_copy(c)}" for c in own),
        order=repr(curves.ids),
        options=_arguments(view, assume),
    )


def _cited(curve: Curve) -> str:
    """Write a comment; made of printable characters alone, it cannot end its line."""
    doi = f", doi:{curve.reference.doi}" if curve.reference.doi not in curve.reference.text else ""
    return f"  # {plain(curve.label)}: {plain(curve.reference.text)}{plain(doi)}"


def _copy(curve: Curve) -> str:
    parts = (json.dumps(to_record(curve)), curve.csv, curve.sha256)
    lines = "".join(f"        {part!r},\n" for part in parts)
    return f"    {curve.id!r}: (\n{lines}    ),\n"


def _arguments(view: View, assume: Mapping[str, float]) -> str:
    return "".join(f"    {name}={value!r},\n" for name, value in _options(view, assume).items())


def _options(view: View, assume: Mapping[str, float]) -> dict[str, Any]:
    """Arguments of `vre_dm.overlay` that are not the default."""
    usual = View()
    chosen = {name: getattr(view, name) for name in View.__dataclass_fields__}
    chosen = {name: value for name, value in chosen.items() if value != getattr(usual, name)}
    return {**chosen, **({"assume": dict(assume)} if assume else {})}
