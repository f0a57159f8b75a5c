"""Bands and variants beside a limit: some formats cannot hold them, so they are left out on request."""

from dataclasses import replace

from vre_dm.errors import InvalidCurve
from vre_dm.limits.curve import Curve


def require_none(curve: Curve, tool: str) -> None:
    """Refuse a curve with more than masses and one limit.

    Raises
    ------
    InvalidCurve
        With the columns that the tool cannot hold.
    """
    if len(curve.columns) != 2:
        names = ", ".join(column.name for column in curve.columns[2:])[:120]
        msg = (
            f"curve {curve.id}: {tool} holds masses and one limit, not {names}; write it without them "
            "(limit_only=True, in a terminal --limit-only) or choose another format"
        )
        raise InvalidCurve(msg)


def left_out(curve: Curve) -> Curve:
    """The same curve with its masses and its limit alone.

    Raises
    ------
    InvalidCurve
        It is a band or a grid, which is nothing without its other columns.
    """
    if curve.geometry in {"band", "grid"}:
        msg = f"curve {curve.id} is a {curve.geometry}: it needs all its columns; choose another format"
        raise InvalidCurve(msg)
    return replace(curve, columns=curve.columns[:2])
