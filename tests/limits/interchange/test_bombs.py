"""A small file that takes the square of its size to read gets an answer; before, these took hours."""

from pathlib import Path

import pytest

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import read

TABLE = "independent_variables: {}\ndependent_variables: []\n"
COLUMNS = 100_000
BOMBS = {
    "blank.csv": "m,a" + " " * 300_000 + "b\n1,2\n",
    "comments.txt": "#\n" * 1_000_000 + "1 2\n",
    "archive.txt": "# mass [GeV] [cm^2]\n# " + "a-" * 1_500_000 + "\n1 2\n",
    "brackets.txt": "# mass [GeV] [cm^2]\n# " + "[" * 2_000_000 + "\n1 2\n",
    "base60.yaml": TABLE.format("1" + ":1" * 1_500_000),
    "dotted.toml": "header = 1\n[a]\n" + "a." * 400_000 + "b = 1\n",
    "section.toml": "header = 1\n[" + "a." * 400_000 + "b]\n",
    "sections.toml": "header = 1\n[a]\n" + "".join(f"k{i}.{'a.' * 2400}b = 1\n" for i in range(700)),
    "blank.json": '{"headers": [{"name": "a' + " " * 500_000 + 'b"}], "values": []}',
    "wide.json": '{"headers": ['
    + ",".join(['{"name": "a"}'] * COLUMNS)
    + '], "qualifiers": {"x": ['
    + ",".join(['{"group": 1}'] * COLUMNS)
    + ']}, "values": []}',
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_made_to_keep_the_reader_busy_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(BOMBS[name])
    with pytest.raises(InvalidCurve, match=name) as refused:
        read(tmp_path / name)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 700


def test_a_submission_that_names_one_table_many_times_reads_none(tmp_path: Path) -> None:
    (tmp_path / "table.yaml").write_text(TABLE.format("[]"))
    (tmp_path / "submission.yaml").write_text("---\ndata_file: table.yaml\n" * 2)
    with pytest.raises(InvalidCurve, match=r"submission\.yaml names 'table\.yaml' more than once"):
        read(tmp_path)


def test_a_polygon_of_a_thousand_pieces_is_no_file_of_limits(tmp_path: Path) -> None:
    rows = "".join(f"{i} {1 if i % 3 == 0 else 1e-12}\n" for i in range(1, 3003))
    (tmp_path / "walls.txt").write_text(f"# mass [eV]\tg_ae [dimensionless]\n{rows}")
    with pytest.raises(InvalidCurve, match=r"walls\.txt holds 1001 curves, more than 500"):
        read(tmp_path / "walls.txt")
