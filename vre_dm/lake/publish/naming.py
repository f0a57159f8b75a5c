"""What the lake's own schema says of names and values, in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from rucio.common.exception import InvalidObject

from vre_dm.errors import Declined
from vre_dm.lake.failures import one_line


@contextmanager
def judged() -> Iterator[None]:
    """Turn a complaint of the server's schema into its first sentence; the rest is the schema itself.

    Raises
    ------
    Declined
        A name or a value does not fit.
    """
    try:
        yield
    except InvalidObject as error:
        said = one_line(error).partition(" Failed validating")[0]
        msg = f"the lake does not take a name or a value: {said}; change it and run again"
        raise Declined(msg) from error
