"""Spans and moments in words."""

from datetime import UTC, datetime, timedelta
from numbers import Real

from vre_dm.lake.tables import clean

DAY = 86_400
LONGEST = 100 * 365
"""Days that a rule can be kept at most; for ever is no number of days."""
_UNITS = (("d", DAY), ("h", 3600), ("min", 60), ("s", 1))


def is_lifetime(days: object) -> bool:
    """Whether a rule can be kept for so many days; also asked of what is no number."""
    return isinstance(days, Real) and 0 < float(days) <= LONGEST


def days_text(days: object) -> str:
    """Days as they were typed, ``3`` and not ``3.0``; what is no number as it is."""
    return clean(f"{float(days):g}" if isinstance(days, Real) else days)


def duration(span: timedelta) -> str:
    """Time span in its two largest units: ``2 h 5 min``."""
    seconds = max(1, round(span.total_seconds()))
    parts = []
    for unit, length in _UNITS:
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def rough(span: timedelta) -> str:
    """Time span as well as an estimate is known, in one unit: ``40 min``, ``2 h``."""
    seconds = max(1.0, span.total_seconds())
    unit, length = next((entry for entry in _UNITS if seconds >= 1.5 * entry[1]), _UNITS[-1])
    return f"{seconds / length:.0f} {unit}"


def stamp(when: datetime) -> str:
    """Moment for programs: ``2026-01-31T12:00:00Z``."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def moment(when: datetime) -> str:
    """Moment to the minute: ``2026-01-31 12:00 UTC``."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
