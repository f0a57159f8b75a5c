"""Values of Python as JSON says them: times in UTC, numbers that JSON lacks as text."""

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from vre_dm.lake.filters import in_utc
from vre_dm.lake.spans import stamp


def plain(value: Any) -> Any:
    """Value that JSON can hold, whatever a lake's metadata are."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        return stamp(in_utc(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)
