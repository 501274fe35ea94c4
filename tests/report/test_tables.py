"""Tables as lines, with the sentences that stand for them."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.report.screen import Column, Line, width_of
from modelroute_cli.report.tables import spoken_row, table_screen

COLUMNS = (
    Column("Model", right=False),
    Column("Tier", right=False, drop=2),
    Column("Requests", drop=1),
    Column("RPM", drop=3),
    Column("Cost"),
)
ROW = ("gemini-2.5-flash-lite", "standard", "982", "-", "~$0.108")
SAID = "gemini-2.5-flash-lite, standard: requests 982, RPM not known, cost ~$0.108"


def test_each_row_has_its_sentence_and_titles_have_none() -> None:
    """A dash is said as not known; no column is left out, whatever the width."""
    assert table_screen(COLUMNS, [ROW], None) == (
        Line("Model                  Tier      Requests  RPM     Cost", "bold", plain=""),
        Line("gemini-2.5-flash-lite  standard       982    -  ~$0.108", plain=SAID),
    )
    narrow = table_screen(COLUMNS, [ROW], 32, title="")
    assert narrow == (
        Line("Model                     Cost", plain=""),
        Line("gemini-2.5-flash-lite  ~$0.108", plain=SAID),
    )


def test_a_table_that_cannot_be_narrow_enough_becomes_sentences() -> None:
    """No name is cut, and nothing runs over the edge in columns."""
    assert table_screen(COLUMNS, [ROW], 20) == (Line(SAID),)


def test_empty_cells_are_not_said() -> None:
    """Nor is a title of which nothing follows."""
    assert spoken_row(COLUMNS, ("Total", "", "", "", "")) == "Total"
    assert spoken_row(COLUMNS, ("", "", "982", "", "")) == "requests 982"
    assert spoken_row(COLUMNS, ("", "", "", "", "")) == ""


def test_a_note_without_a_title_is_said_as_it_is() -> None:
    """And single letters stay as they are."""
    columns = (Column("", right=False), Column("A"), Column("", right=False))
    assert spoken_row(columns, ("  Cost", "$0.2", "inside the range")) == "Cost: A $0.2, inside the range"


def test_the_first_cell_is_the_name_even_where_it_is_a_number() -> None:
    """As on the curve."""
    assert spoken_row((Column("Cost"), Column("Quality")), ("$1", "0.9")) == "$1: quality 0.9"


CELLS = st.text("ab -", max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=4), st.integers(1, 60))
def test_every_cell_is_said_at_any_width(rows: list[tuple[str, ...]], width: int) -> None:
    """And what is laid out fits, or is no table any more."""
    lines = table_screen(COLUMNS, rows, width)
    said = [line.text if line.plain is None else line.plain for line in lines][-len(rows) :]
    for row, text in zip(rows, said, strict=True):
        assert all(cell.strip() in text for cell in row[:2])
        assert all(cell.strip() in text for cell in row[2:] if cell != "-")
    assert all(line.plain is None or width_of(line.text) <= width for line in lines)
