"""The table of proofs is true: each fault is there once, each test it names exists and plays what it says."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.faults.cases import HTTPS, LAKE, ROOT, WAYS, WEBDAV, Case, Proof
from tests.faults.matrix import FAULTS
from tests.faults.proofs import CASES, table

TESTS = Path(__file__).parents[1]
SURVEY = range(1, 37)
PROOFS = sorted({proof for case in CASES for proof in case.proofs}, key=str)


@cache
def functions_of(file: str) -> dict[str, ast.FunctionDef]:
    """Tests of a module by name, without importing it."""
    body = ast.parse((TESTS / file).read_text()).body if (TESTS / file).is_file() else []
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def found(proof: Proof) -> bool:
    """Whether there is such a test, and it is run."""
    test = functions_of(proof.file).get(proof.test)
    marks = [ast.unparse(mark) for mark in test.decorator_list] if test else []
    return test is not None and not any(
        mark == never or mark.startswith(f"{never}(")
        for mark in marks
        for never in ("pytest.mark.skip", "pytest.mark.xfail")
    )


def fixtures(proof: Proof) -> set[str]:
    return {argument.arg for argument in functions_of(proof.file)[proof.test].args.args}


def test_every_fault_of_the_survey_is_there_once_and_in_order():
    assert [case.number for case in CASES] == list(SURVEY)
    assert len({case.what for case in CASES}) == len(CASES)


def test_no_fault_is_without_a_proof():
    assert [case.number for case in CASES if not case.proofs] == []


@pytest.mark.parametrize("proof", PROOFS, ids=str)
def test_a_named_proof_is_a_test_that_is_run(proof: Proof):
    assert found(proof)


@pytest.mark.parametrize(
    ("file", "test"),
    [
        ("faults/test_nowhere.py", "test_x"),
        ("faults/test_proofs.py", "test_x"),
        ("faults/test_proofs.py", "fixtures_of_nothing"),
    ],
)
def test_a_proof_that_does_not_exist_would_be_noticed(file: str, test: str):
    assert not found(Proof((HTTPS,), file, test))


def test_a_fault_of_the_matrix_is_proved_by_it_and_no_other_claims_to_be():
    through = {
        case.number for case in CASES if any("the_next_replica_is_taken_after" in str(p) for p in case.proofs)
    }
    assert through == {fault.number for fault in FAULTS if fault.number in SURVEY}


@pytest.mark.parametrize("proof", PROOFS, ids=str)
def test_a_proof_plays_the_ways_it_says(proof: Proof):
    assert proof.ways
    assert set(proof.ways) <= WAYS.keys()
    text = (TESTS / proof.file).read_text()
    if HTTPS in proof.ways:
        assert "from tests.faults.server import" in text
    real = {
        "storage": {WEBDAV, ROOT},
        "webdav_server": {WEBDAV},
        "gateway": {WEBDAV},
        "liar": {ROOT},
        "root_server": {ROOT},
    }
    played = set().union(*(ways for name, ways in real.items() if name in fixtures(proof)))
    if proof.file.endswith("test_xrootd.py"):
        played = {ROOT}
    assert {WEBDAV, ROOT} & set(proof.ways) == played


def test_the_table_names_every_case_with_its_ways_and_proofs():
    rows = {line.split(" | ")[0]: line for line in table().splitlines()}
    for case in CASES:
        row = rows[f"| {case.number}"]
        assert row.count(" | ") == 4
        assert all(text in row for text in [case.what, case.lacks, *case.ways, *map(str, case.proofs)])


def test_the_ways_of_a_case_are_those_of_its_proofs_in_one_order():
    proofs = Proof((LAKE,), "a", "b"), Proof((ROOT, HTTPS), "a", "c")
    assert Case(0, "x", proofs).ways == [HTTPS, ROOT, LAKE]
    assert Case(0, "x", ()).ways == []
