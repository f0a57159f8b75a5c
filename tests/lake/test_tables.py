"""Tables show hostile text as text, in a terminal and in a notebook, and cut nothing silently."""

from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from vre_dm.lake.tables import Table, clean, plural, size_text

OURS = {"div", "strong", "table", "thead", "tbody", "tr", "th", "td"}
TEXTS = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "&lt;b&gt;",
        "a\x1b[31mb",
        "a\nb",
        "\u202eabc",
    ]
) | st.text(max_size=20)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}


@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS | st.integers() | st.none()), max_size=4), TEXTS)
def test_no_text_becomes_html(title: str, rows: list[tuple[object, ...]], note: str) -> None:
    tags = Tags()
    tags.feed(Table(title, ("key", title), rows, note).html())
    assert tags.seen <= OURS
    assert tags.attributes <= {"style"}


@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=4), TEXTS)
def test_no_text_breaks_a_line_or_moves_the_cursor(
    title: str, rows: list[tuple[object, ...]], note: str
) -> None:
    text = str(Table(title, ("key", title), rows, note))  # heads may come from a file too
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.count("\n") == (1 + len(rows) if rows else 0) + bool(note)


def test_a_long_cell_is_cut_visibly() -> None:
    assert clean("x" * 200).endswith("…")
    assert len(clean("x" * 200)) == 80
    assert clean("x" * 200, None) == "x" * 200


def test_columns_line_up_and_numbers_stand_right() -> None:
    table = Table("T", ("name", "files"), [("a", 5), ("long name", 1000)])
    assert str(table).splitlines() == ["T", "name       files", "a              5", "long name   1000"]
    assert "text-align:right" in table.html()


def test_a_table_without_headings_has_no_heading_line() -> None:
    assert str(Table("T", ("", ""), [("a", True)])) == "T\na  True"


def test_times_are_shown_to_the_minute() -> None:
    assert clean(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02 03:04"


def test_sizes_have_three_figures_and_never_a_wrong_unit() -> None:
    sizes = [None, 0, 999, 1000, 1234, 999_499, 999_500, 999_999, 1_234_567, 5e15, 5e18]
    shown = ["", "0 B", "999 B", "1 kB", "1.23 kB", "999 kB", "1 MB", "1 MB", "1.23 MB", "5 PB", "5e+03 PB"]
    assert [size_text(size) for size in sizes] == shown


def test_nouns_agree_with_their_count() -> None:
    assert [plural(n, "file") for n in (0, 1, 2)] == ["no files", "1 file", "2 files"]
