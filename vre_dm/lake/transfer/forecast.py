"""How long a fetch will take, by what earlier ones from the same place took; unknown where none did."""

import json
import math
import secrets
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from vre_dm.lake.transfer.plan import Plan

_BIG, _SMALL = 10_000_000, 1_000_000  # mean bytes a file: above, the line counts; below, the number of files
_WORTH = 0.5  # seconds under which a fetch says nothing about the next
_WEIGHT = 0.3  # of the newest measurement


class Forecast:
    """Rates of earlier fetches: bytes per second of big files, files per second of small ones, by place.

    Parameters
    ----------
    file
        Where they are kept; None to know nothing and keep nothing.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def seconds(self, plan: Plan) -> float | None:
        """Give the seconds that the plan will take; None where a rate that it needs was not measured."""
        if not plan.coming:
            return 0.0
        if any(item.expected.size is None for item in plan.coming):
            return None
        known = self._read().get(_place(plan), {})
        big, small = known.get("bytes"), known.get("files")
        kind = _kind(plan)
        by_bytes = None if big is None else plan.bytes_coming / big
        by_files = None if small is None else len(plan.coming) / small
        if kind is not None:
            return by_bytes if kind == "bytes" else by_files
        return None if by_bytes is None or by_files is None else by_bytes + by_files

    def learn(self, plan: Plan, seconds: float) -> None:
        """Take in what the plan took, all its files having been moved."""
        kind = _kind(plan)
        if self._file is None or kind is None or seconds < _WORTH or not plan.coming:
            return
        rate = (plan.bytes_coming if kind == "bytes" else len(plan.coming)) / seconds
        rates = self._read()
        of_place = rates.setdefault(_place(plan), {})
        of_place[kind] = rate * _WEIGHT + of_place.get(kind, rate) * (1 - _WEIGHT)
        self._write(self._file, rates)

    def _read(self) -> dict[str, dict[str, float]]:
        """Rates on disk; what is garbled is not known."""
        try:
            said = json.loads(self._file.read_bytes()) if self._file is not None else {}
            return {str(place): _rates(rates) for place, rates in said.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def _write(self, file: Path, rates: dict[str, dict[str, float]]) -> None:
        fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        with suppress(OSError):  # a forecast is not worth an error
            try:
                fresh.touch(0o600, exist_ok=False)
                fresh.write_text(json.dumps(rates))
                fresh.replace(file)
            finally:
                fresh.unlink(missing_ok=True)


def _rates(said: dict[str, Any]) -> dict[str, float]:
    rates = {kind: float(said[kind]) for kind in ("bytes", "files") if kind in said}
    return {kind: rate for kind, rate in rates.items() if math.isfinite(rate) and rate > 0}


def _kind(plan: Plan) -> str | None:
    """What decides the time: the bytes, the number of files, or (None) both or nothing known."""
    mean = plan.bytes_coming / len(plan.coming) if plan.coming else _BIG
    if any(item.expected.size is None for item in plan.coming) or _SMALL <= mean < _BIG:
        return None
    return "bytes" if mean >= _BIG else "files"


def _place(plan: Plan) -> str:
    """Where most files come from."""
    places = Counter(item.sources[0].place for item in plan.coming if item.sources)
    return places.most_common(1)[0][0] if places else ""
