"""The page of checks is written only when every number holds."""

import sys
from pathlib import Path

import pytest

from builders import validation


def test_a_number_that_is_outside_leaves_the_page_and_says_so_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, command = tmp_path / "analyses.md", tmp_path / "python"
    page.write_text("<!-- validation: begin -->\nas it was\n<!-- validation: end -->\n")
    command.write_text("#!/bin/sh\necho dwarfs\necho 3 numbers, 1 outside its tolerance\nexit 1\n")
    command.chmod(0o755)
    monkeypatch.setattr(validation, "PAGE", page)
    monkeypatch.setattr(sys, "executable", str(command))
    with pytest.raises(SystemExit, match=r"analyses\.md stays as it is: 3 numbers, 1 outside its tolerance"):
        validation.main()
    assert "as it was" in page.read_text()
