"""What is asked inside of a container, with a program in the place of vre-dm."""

import json
from pathlib import Path

from builders.images.inside import lacking
from tests.images.programs import program


def doctor(path: Path, *findings: tuple[str, str]) -> None:
    """Let a program print what the doctor of a hub prints, and end as it does where something is wrong."""
    said = [{"what": what, "state": state, "text": "said so", "step": ""} for what, state in findings]
    program(path, "vre-dm", f"[ \"$*\" = 'doctor --hub --json' ] && echo '{json.dumps(said)}'; exit 1")


def test_that_there_is_no_hub_is_no_fault_of_an_image(path: Path) -> None:
    doctor(path, ("hub", "FAIL"), ("instance", "warn"), ("kernels", "ok"), ("gateway", "ok"))
    assert lacking() == []


def test_a_folder_of_kernels_that_is_not_there_and_a_missing_dask_are_faults_of_an_image(path: Path) -> None:
    doctor(path, ("hub", "FAIL"), ("kernels", "FAIL"), ("gateway", "warn"))
    assert lacking() == ["kernels: said so", "gateway: said so"]
