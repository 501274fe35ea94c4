"""A history as a file."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.measured import About, observations, observed, part

from modelroute_cli.base.errors import UsageError
from modelroute_cli.pilot.history.files import form_of, read
from modelroute_cli.pilot.history.forms import FIELDS, FORMS
from modelroute_cli.pilot.history.sums import summed
from modelroute_cli.pilot.observation import Observation

ROWS = summed(
    [*observed("gpt-5", [1.0, 0.25]), *observed("gpt-6-luna", [0.1, 0.2], About(served='a "quoted", name'))], part()
)
HINT = "give a file that `modelroute history export` wrote"


def line(**changes: object) -> bytes:
    """A row as JSON, with other values; None takes a column away."""
    values = json.loads(FORMS[".jsonl"].write(ROWS).splitlines()[1]) | changes
    return json.dumps({name: value for name, value in values.items() if value is not ...}).encode() + b"\n"


def refused(content: bytes, name: str = "old.jsonl") -> str:
    """What is said of a file that cannot be imported."""
    with pytest.raises(UsageError) as caught:
        read(content, name)
    assert caught.value.hint == HINT
    return caught.value.message


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".parquet"])
@settings(max_examples=20)
@given(measured=observations(), served=st.text(max_size=5))
def test_what_is_written_is_read_back(ending: str, measured: list[Observation], served: str) -> None:
    """Exactly, in each form; a provider may call its model anything."""
    rows = summed([*measured, *observed("gpt-5", [0.3], About(served=served.strip()), first=50)], part())
    assert read(FORMS[ending].write(rows), f"history{ending}") == rows


def test_a_csv_row_is_plain() -> None:
    """Columns by their names, money in dollars, nothing for what is not known."""
    head, first, *_ = FORMS[".csv"].write(ROWS).decode().splitlines()
    assert head == ",".join(FIELDS)
    assert first == (
        "k3f9,pilot,email-en-1234abcd,email,en,gpt-5,,gpt-5,expected,2026-11-23,false,"
        "2,1.25,1.0625,0,0.0,0.0,2,200,20000.0,2,0.0002"
    )


@pytest.mark.parametrize("name", ["history.txt", "history", "history.json"])
def test_the_ending_says_the_form(name: str) -> None:
    """There are three."""
    with pytest.raises(UsageError) as caught:
        form_of(name)
    assert caught.value.message == f"`{name}`: a history is written as .jsonl, .csv or .parquet"
    assert caught.value.hint == "give the file one of these endings"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"n": "many"}, "`n`: expected `int`, got `str`"),
        ({"n": 0}, "`n`: expected `int` >= 1"),
        ({"task_type": "poetry"}, "`task_type`: invalid enum value 'poetry'"),
        ({"day": "yesterday"}, "`day`: invalid RFC3339 encoded date"),
        ({"source": "hearsay"}, "`source`: invalid enum value 'hearsay'"),
        ({"model": ""}, "`model`: expected `str` of length >= 1"),
        ({"emulated": "no"}, "`emulated`: expected `bool`, got `str`"),
        ({"cost_usd": 0.5}, "`cost_usd` is no amount of dollars, written as text such as `0.0125`"),
        ({"cost_usd": "-1"}, "`cost_usd` is no amount of dollars, written as text such as `0.0125`"),
        ({"quality_sum": 3.0}, "`quality_sum` is above `n`, 2: qualities are at most 1"),
        ({"baseline": ...}, "`baseline` is missing"),
        ({"prompt": "Write to Ann"}, "`prompt` is no column of a history; leave it out"),
        ({"langauge": "en"}, "`langauge` is no column of a history; did you mean `language`?"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_field(changes: dict[str, object], told: str) -> None:
    """And nothing of the file is taken."""
    assert refused(line() + line(**changes)) == f"`old.jsonl` cannot be imported:\n  line 2: {told}"


def test_a_row_that_stands_twice_is_refused() -> None:
    """Which of them holds is not known."""
    assert refused(line() + b"\n" + line()) == (
        "`old.jsonl` cannot be imported:\n  line 3: is of the same run, template, model and day as line 1"
    )


def test_the_first_problems_are_told_and_the_rest_counted() -> None:
    """Twenty are enough to see what is wrong."""
    told = refused(b"".join(line(n=-1, run=f"run-{number}") for number in range(1_021))).splitlines()
    assert (len(told), told[-1]) == (22, "  and 1,001 more")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("old.jsonl", b"[1]\n", "line 1: is no JSON object: Expected `object`, got `array`"),
        ("old.jsonl", b"{\n", "line 1: is no JSON object: Input data was truncated"),
        ("old.csv", b"run,source\none\n", "line 2: has not as many cells as the header"),
        ("old.csv", b"run,source\none,pilot,more\n", "line 2: has not as many cells as the header"),
        ("old.csv", b'run\n"one"two\n', "line 2: is no CSV: ',' expected after '\"'"),
        ("old.parquet", b"no parquet at all", "line 1: is no Parquet: "),
    ],
)
def test_a_file_of_another_form_is_told(name: str, content: bytes, told: str) -> None:
    """With the line."""
    assert refused(content, name).startswith(f"`{name}` cannot be imported:\n  {told}")


@pytest.mark.parametrize("name", ["old.jsonl", "old.csv"])
def test_text_of_another_encoding_is_told(name: str) -> None:
    """It was saved by something else."""
    told = refused(b'{"run": "\xff"}\n', name)
    assert told == f"`{name}` is not UTF-8 text" or "is no JSON object" in told


def test_a_spreadsheet_may_have_saved_it() -> None:
    """A byte order mark and its own line ends are no harm."""
    content = b"\xef\xbb\xbf" + FORMS[".csv"].write(ROWS).replace(b"\r\n", b"\n")
    assert read(content, "HISTORY.CSV") == ROWS


@given(st.binary(max_size=200), st.sampled_from(["a.jsonl", "a.csv", "a.parquet"]))
def test_no_file_makes_it_fail_in_another_way(content: bytes, name: str) -> None:
    """Any bytes are read, or refused with words."""
    with suppress(UsageError):
        assert read(content, name) == ()


def test_nothing_but_sums_leaves_the_house() -> None:
    """No custom_id, no text: the columns say it."""
    assert {"custom_id", "prompt", "output", "expected"} & set(FIELDS) == set()
