"""What a fetch asks the catalogue before any byte moves."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from vre_dm.errors import Unreachable
from vre_dm.lake.connection import Connection
from vre_dm.lake.lake import Lake

Question = Callable[[Any], Any]


@pytest.fixture
def before_each(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], object]], None]:
    """Have something done before each question, told what it is about."""
    ask = Connection.ask

    def one(first: Callable[[str], object]) -> None:
        def asked(self: Connection, what: str, question: Question) -> Any:
            first(what)
            return ask(self, what, question)

        monkeypatch.setattr(Connection, "ask", asked)

    return one


def test_replicas_and_embargo_are_asked_beside_each_other(
    lake: Lake, before_each: Callable[..., None], tmp_path: Path
) -> None:
    both = Barrier(2)

    def meet(what: str) -> None:
        if what.startswith(("the replicas", "the embargoes")):
            both.wait(60)  # breaks where one waits for the answer to the other

    before_each(meet)
    assert lake.dataset("xenon:s2only.limits").fetch(tmp_path)


def test_nothing_is_placed_where_the_embargo_cannot_be_known(
    lake: Lake, before_each: Callable[..., None], tmp_path: Path
) -> None:
    def fail(what: str) -> None:
        if what.startswith("the embargoes"):
            raise Unreachable(what)

    before_each(fail)
    with pytest.raises(Unreachable, match="the embargoes in xenon"):
        lake.dataset("xenon:s2only.limits").fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []
