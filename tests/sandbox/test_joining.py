"""A long answer leaves the lake's server in few pieces, a slow one is not held back."""

import itertools
from collections.abc import Iterator

from vre_dm.sandbox.services.joining import Joined


def rows(count: int) -> list[bytes]:
    return [f'{{"name": "row {number:06d}"}}\n'.encode() for number in range(count)]


def test_many_small_pieces_become_few_with_the_same_bytes() -> None:
    pieces = list(Joined(rows(10_000)))
    assert b"".join(pieces) == b"".join(rows(10_000))
    assert len(pieces) < 30


def test_a_piece_that_came_long_ago_is_sent_with_the_next() -> None:
    minutes = itertools.count()
    assert list(Joined(rows(3), clock=lambda: 60.0 * next(minutes))) == rows(3)


def test_an_answer_without_content_stays_so() -> None:
    assert list(Joined([])) == []


def test_the_application_is_told_when_the_client_is_gone() -> None:
    ended = []

    def answer() -> Iterator[bytes]:
        try:
            yield from rows(100_000)
        finally:
            ended.append(True)

    joined = Joined(answer())
    next(iter(joined))
    joined.close()
    assert ended == [True]
