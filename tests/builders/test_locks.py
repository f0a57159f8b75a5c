"""What is locked, and whether a lock follows it."""

import pytest

from builders import locks


def test_an_environment_that_was_never_solved_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = locks.Environment("locks/no-such.txt", ("-",))
    monkeypatch.setattr(locks, "environments", lambda: iter([missing]))
    assert locks.stale() == [missing]
