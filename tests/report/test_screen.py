"""Screens: aligned, never cut in the first column, safe to show."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.report.screen import Column, percent, plural, safe, safe_lines, still, table, tokens, width_of

COLUMNS = (
    Column("Model", right=False),
    Column("Tier", right=False, drop=2),
    Column("Requests", drop=1),
    Column("Cost"),
)
ROWS = [
    ("deepseek-flash", "standard", "941", "~$0.108"),
    ("best single model (claude-haiku-5-5) for all", "", "", "~$0.391"),
    ("gpt-5 for all", "", "1,010", "~$2.445"),
]


def test_table_aligns_numbers_right_and_lets_a_long_name_run_over_empty_cells() -> None:
    """Numbers end in one column; a name may use the empty cells after it."""
    assert table(COLUMNS, ROWS, None) == [
        "Model                     Tier      Requests     Cost",
        "deepseek-flash            standard       941  ~$0.108",
        "best single model (claude-haiku-5-5) for all  ~$0.391",
        "gpt-5 for all                          1,010  ~$2.445",
    ]


def test_table_drops_columns_in_order_when_the_width_is_short() -> None:
    """The column with the highest `drop` goes first."""
    assert table(COLUMNS, ROWS[:1], 38) == ["Model           Requests     Cost", "deepseek-flash       941  ~$0.108"]
    assert table(COLUMNS, ROWS[:1], 25) == ["Model              Cost", "deepseek-flash  ~$0.108"]


def test_table_never_cuts_the_first_column() -> None:
    """A model name is shown whole however narrow the terminal is."""
    assert table(COLUMNS, ROWS, 10)[2] == "best single model (claude-haiku-5-5) for all  ~$0.391"


@given(st.lists(st.tuples(st.text("abc-", min_size=1, max_size=30), st.text("0123", max_size=6)), min_size=1))
def test_table_ends_every_number_in_the_same_cell(rows: list[tuple[str, str]]) -> None:
    """All lines with a last cell are equally long, whatever the texts."""
    lines = table((Column("Name", right=False), Column("Number")), rows, None)
    with_number = [line for line, row in zip(lines[1:], rows, strict=True) if row[1]]
    assert len({len(line) for line in [*with_number, lines[0]]}) == 1


def test_wide_characters_count_as_two_cells() -> None:
    """Chinese, Japanese and Korean letters take two cells, combining marks none."""
    assert [width_of(text) for text in ("abc", "日本", "e\u0301", "ｶ")] == [3, 4, 1, 1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "?[31mred?[0m"),
        ("two\nlines\tand a tab\r", "two lines and a tab "),
        ("\u202egnp.exe", "?gnp.exe"),
        ("\x9b2J", "?2J"),
        ("\ud800", "?"),
    ],
)
def test_text_of_strangers_cannot_steer_the_terminal(text: str, shown: str) -> None:
    """Escapes, control characters, direction marks and surrogates are shown as `?`, line ends as blanks."""
    assert safe(text) == shown


@given(st.text())
def test_shown_text_has_no_control_characters_at_all(text: str) -> None:
    """Whatever a model answers, nothing invisible reaches the terminal."""
    assert not [char for char in safe(text) if unicodedata.category(char) in {"Cc", "Cf", "Cs"}]


def test_long_text_is_cut_with_a_mark() -> None:
    """What is shown of a stranger's text is bounded."""
    assert safe("x" * 20, most=5) == "xxxx…"
    assert safe("xxxxx", most=5) == "xxxxx"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (941, "941"),
        (2_310, "2.3 k"),
        (9_960, "10 k"),
        (171_400, "171 k"),
        (999_600, "1.0 M"),
        (1_234_000, "1.2 M"),
    ],
)
def test_token_counts_are_short(count: int, shown: str) -> None:
    """Three digits at most, with a unit."""
    assert tokens(count) == shown


def test_estimated_tokens_carry_a_mark() -> None:
    """An estimate is never shown as a fact."""
    assert tokens(201_000, estimate=True) == "~201 k"


@pytest.mark.parametrize(
    ("share", "shown"), [(0.907, "91%"), (0.996, "99.6%"), (0.004, "0.4%"), (1.0, "100%"), (0.0, "0%"), (-0.5, "-50%")]
)
def test_shares_keep_a_decimal_where_a_whole_number_would_hide_the_rest(share: float, shown: str) -> None:
    """99.6% saved is not 100%."""
    assert percent(share) == shown


def test_counts_agree_with_their_noun() -> None:
    """One request, two requests, no requests."""
    assert [plural(count, "request") for count in (0, 1, 1_010)] == ["0 requests", "1 request", "1,010 requests"]


def test_messages_of_several_lines_keep_them_and_nothing_else() -> None:
    """A job file's problems stand one a line; what is in them is harmless."""
    assert safe_lines("jobs.jsonl:1: `\x1b[2J`\njobs.jsonl:2: fine") == "jobs.jsonl:1: `?[2J`\njobs.jsonl:2: fine"


@given(st.text("\x00\x1b\x9b\x7f\r\n\t\u202e\u2066\u2028a\u200d\U0001f600", max_size=20))
def test_a_still_text_keeps_its_lines_and_moves_nothing(text: str) -> None:
    """Line ends, tabs and joined signs stay; each sign that is obeyed becomes a `?`."""
    shown = still(text)
    assert len(shown) == len(text)
    assert {now for then, now in zip(text, shown, strict=True) if now != then} <= {"?"}
    assert not set(shown) & set("\x00\x1b\x9b\x7f\r\u202e\u2066\u2028")
