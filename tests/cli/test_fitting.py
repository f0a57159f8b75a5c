"""A table that is wider than the terminal loses no word, and none of its lines is wider."""

from hypothesis import given
from hypothesis import strategies as st

from vre_dm.cli.fitting import fitted
from vre_dm.lake.tables import Table

CELLS = st.lists(st.text("abc é:", max_size=9), max_size=9).map(" ".join)


def test_a_table_that_fits_is_as_it_is() -> None:
    table = Table("2 jobs", ("job", "state"), [("1f", "died"), ("2e", "finished")], "A note.")
    assert fitted(table, 80) == str(table)


def test_of_a_wider_one_each_row_is_a_paragraph_with_the_names_of_its_cells() -> None:
    rows = [("1f", "fetch xenon:s2only.limits", "", "died"), ("2e", "fetch a:b", "data", "running")]
    assert fitted(Table("2 jobs", ("job", "what", "to", ""), rows, "Run it again."), 30) == (
        "2 jobs\n"
        "job: 1f  what: fetch\n"
        "  xenon:s2only.limits  died\n"
        "job: 2e  what: fetch a:b\n"
        "  to: data  running\n"
        "Run it again."
    )


@given(CELLS, st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4), st.integers(20, 90))
def test_no_word_is_lost_and_no_line_is_wider(
    title: str, rows: list[tuple[str, str, str]], width: int
) -> None:
    said = fitted(Table(title, ("", "", ""), rows), width)
    assert said.split() == " ".join([title, *(cell for row in rows for cell in row)]).split()
    assert all(len(line) <= width for line in said.splitlines())
