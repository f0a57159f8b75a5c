"""A package that comes with an extra and is not here is named with what to install, not by a stack trace."""

import subprocess
import sys

import pytest

from vre_dm.extras import missing_extra

WITHOUT_SCIPY = "import sys; sys.modules['scipy'] = None; "


def test_the_extra_that_has_a_package_is_named() -> None:
    error = missing_extra(ModuleNotFoundError("No module named 'scipy.special'", name="scipy.special"))
    assert str(error) == "this needs scipy, which is not installed: pip install 'vre-dm[physics]'"


@pytest.mark.parametrize("name", [None, "vre_dm.nothing"])
def test_a_package_that_no_extra_has_is_no_such_case(name: str | None) -> None:
    assert missing_extra(ModuleNotFoundError(name=name)) is None


@pytest.mark.parametrize(
    "how",
    [
        "import vre_dm; vre_dm.HaloSliders",
        f"from vre_dm.cli import main; sys.argv = ['vre-dm', 'combine', {__file__!r}, {__file__!r}]; main()",
    ],
)
def test_who_meets_it_reads_one_line(how: str) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_SCIPY + how], capture_output=True, text=True)
    assert done.returncode != 0
    assert "pip install 'vre-dm[physics]'" in done.stderr.splitlines()[-1]
