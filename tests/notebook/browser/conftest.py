"""The embedded lake, with datasets of one's own."""

from tests.lake.conftest import lake, make, rucio  # noqa: F401  as fixtures
