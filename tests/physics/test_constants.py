"""The constants: each is used by a formula."""

import re
from pathlib import Path

import pytest

from vre_dm.physics import constants

PACKAGE = Path(constants.__file__).parent


@pytest.mark.parametrize("name", [name for name in vars(constants) if name.isupper()])
def test_every_constant_is_used_somewhere(name: str) -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert len(re.findall(rf"\b{name}\b", source)) > 1
