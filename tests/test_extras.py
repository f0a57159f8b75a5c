"""A package that comes with an extra and is not here is named with what to install, not by a stack trace."""

import subprocess
import sys

import pytest

from vre_dm.extras import missing_extra

WITHOUT = "import sys; sys.modules[{!r}] = None; "


def test_the_extra_that_has_a_package_is_named() -> None:
    error = missing_extra(ModuleNotFoundError("No module named 'scipy.special'", name="scipy.special"))
    assert str(error) == "this needs scipy, which is not installed: pip install 'vre-dm[physics]'"


@pytest.mark.parametrize("name", [None, "vre_dm.nothing"])
def test_a_package_that_no_extra_has_is_no_such_case(name: str | None) -> None:
    assert missing_extra(ModuleNotFoundError(name=name)) is None


@pytest.mark.parametrize(
    ("package", "extra", "how"),
    [
        ("scipy", "physics", "import vre_dm; vre_dm.HaloSliders"),
        ("scipy", "physics", f"from vre_dm.cli import main; main(['combine', {__file__!r}, {__file__!r}])"),
        ("psutil", "sandbox", "from vre_dm.cli import main; main(['lake', 'status'])"),
        ("psutil", "sandbox", "from vre_dm.lake import instances; instances.embedded(print)"),
    ],
)
def test_who_meets_it_reads_one_line(package: str, extra: str, how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(package) + how], capture_output=True, text=True
    )
    assert done.returncode != 0
    assert f"pip install 'vre-dm[{extra}]'" in done.stderr.splitlines()[-1]
