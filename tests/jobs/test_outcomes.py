import io
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.errors import OutcomesError
from modelroute_cli.jobs.outcomes import OUTCOMES, read_outcomes

_UNKNOWN = {"cost_pusd": None, "input_tokens": None, "output_tokens": None, "answer": None}


def _parquet(folder: Path, columns: Mapping[str, Sequence[object]]) -> Path:
    buffer = io.BytesIO()
    pl.DataFrame(columns, strict=False).write_parquet(buffer)
    return _file(folder, "o.parquet", buffer.getvalue())


def _file(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _rows(path: Path) -> list[dict[str, object]]:
    return read_outcomes(path).rows(named=True)


def _refused(path: Path, models: Sequence[str] | None = None) -> tuple[str, str | None]:
    """Message and hint, without the folder."""
    with pytest.raises(OutcomesError) as caught:
        read_outcomes(path, models)
    hint = caught.value.hint
    return caught.value.message.replace(f"{path.parent}/", ""), hint and hint.replace(f"{path.parent}/", "")


def _told(path: Path, models: Sequence[str] | None = None) -> list[str]:
    """The lines below the head of the refusal."""
    return _refused(path, models)[0].split("\n")[1:]


def test_a_parquet_table_is_read_by_its_columns(tmp_path: Path) -> None:
    """`prompt_id` is another name of `custom_id`; a NaN is unknown; what else stands there is passed over."""
    path = _parquet(
        tmp_path,
        {
            "prompt_id": ["a", "a"],
            "model": ["gpt-6", "gpt-5"],
            "quality": [1.0, 0.25],
            "cost_usd": [0.0000348, float("nan")],
            "cost_kind": ["list", "?"],
            "input_tokens": [12, None],
            "output_tokens": [float("nan"), 3.0],
            "answer": ["Yes", None],
        },
    )
    table = read_outcomes(path)
    assert dict(table.schema) == OUTCOMES
    assert table.rows() == [
        ("a", "gpt-6", 1.0, 34_800_000, 12, None, "Yes"),
        ("a", "gpt-5", 0.25, None, None, 3, None),
    ]


def test_lines_of_json_are_read(tmp_path: Path) -> None:
    """Amounts as numbers or text, ids as numbers or text, an answer of any kind; blank lines are passed over."""
    path = _file(
        tmp_path,
        "o.jsonl",
        '\ufeff{"custom_id": 7, "model": "m", "quality": 1, "cost_usd": "0.5", "answer": {"a": 1}}\n\n'
        '{"custom_id": "8", "model": "m", "quality": 0.5, "cost_usd": 0.25, "output_tokens": 2, "note": "x"}',
    )
    assert _rows(path) == [
        _UNKNOWN | {"custom_id": "7", "model": "m", "quality": 1.0, "cost_pusd": 500_000_000_000, "answer": '{"a":1}'},
        _UNKNOWN | {"custom_id": "8", "model": "m", "quality": 0.5, "cost_pusd": 250_000_000_000, "output_tokens": 2},
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_is_read_by_its_header(delimiter: str, tmp_path: Path) -> None:
    """Whatever its delimiter; empty cells and `nan` are unknown, a cell in quotes may hold a line break."""
    text = (
        'quality,custom_id,model,answer,cost_usd,why\n1,a," m ","two\nlines",,"x"\n\n0.5,b,m,,nan,\n'
        "0,c,m,no,1e-12,\n".replace(",", delimiter)
    ).replace(",", delimiter)
    assert read_outcomes(_file(tmp_path, "o.csv", text)).rows() == [
        ("a", "m", 1.0, None, None, None, "two\nlines"),
        ("b", "m", 0.5, None, None, None, ""),
        ("c", "m", 0.0, 1, None, None, "no"),
    ]


def test_ids_that_a_table_holds_as_numbers_are_text(tmp_path: Path) -> None:
    """Whole numbers, also where a gap made floats of them."""
    path = _parquet(tmp_path, {"custom_id": [17.0, 18.0], "model": ["m", "m"], "quality": [1, 0]})
    assert read_outcomes(path)["custom_id"].to_list() == ["17", "18"]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.decimals(min_value=0, max_value=1000, places=15, allow_nan=False), min_size=20, max_size=200))
def test_an_amount_is_rounded_up_as_it_is_written(
    tmp_path_factory: pytest.TempPathFactory, amounts: list[Decimal]
) -> None:
    """To whole pico-dollars, without the noise of binary fractions: exact up to the 15 digits that floats hold."""
    written = [Decimal(repr(float(amount))) for amount in amounts]
    rows = "".join(f"{number},m,1,{amount}\n" for number, amount in enumerate(written))
    path = _file(tmp_path_factory.mktemp("o"), "o.csv", f"custom_id,model,quality,cost_usd\n{rows}")
    for amount, found in zip(written, read_outcomes(path)["cost_pusd"], strict=True):
        exact = int((amount * 10**12).to_integral_value(ROUND_CEILING))
        assert abs(found - exact) <= (exact > 2**46)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1,m,1.2,,", ["quality: must be a number from 0 to 1, not `1.2`"]),
        ("1,m,-1,,", ["quality: must be a number from 0 to 1, not `-1`"]),
        ("1,m,inf,,", ["quality: must be a number from 0 to 1, not `inf`"]),
        ("1,m,good,,", ["quality: must be a number from 0 to 1, not `good`"]),
        ('1,m,"0,5",,', ["quality: must be a number from 0 to 1, not `0,5`", "hint: write `0.5`"]),
        ("1,m,,,", ["quality: is missing", "hint: leave out the rows whose quality is not known"]),
        (
            "1,m,nan,,",
            [
                "quality: must be a number from 0 to 1, not `nan`",
                "hint: leave out the rows whose quality is not known",
            ],
        ),
        ("1,m,1,-0.1,", ["cost_usd: must be an amount of dollars from 0 to 100,000, not `-0.1`"]),
        ("1,m,1,free,", ["cost_usd: must be an amount of dollars from 0 to 100,000, not `free`"]),
        ("1,m,1,inf,", ["cost_usd: must be an amount of dollars from 0 to 100,000, not `inf`"]),
        ("1,m,1,,1.5", ["output_tokens: must be a whole number from 0 to 10,000,000, not `1.5`"]),
        ("1,m,1,,99999999", ["output_tokens: must be a whole number from 0 to 10,000,000, not `99999999`"]),
        (" ,m,1,,", ["custom_id: is missing"]),
        ("1,,1,,", ["model: is missing"]),
        (
            "1,m,1,",
            [
                "has 4 cells, the header has 5",
                'hint: put cells that hold the delimiter, a quote or a line break into "double quotes"',
            ],
        ),
    ],
)
def test_a_bad_cell_is_told_by_line_and_field(row: str, told: list[str], tmp_path: Path) -> None:
    """With what stands there, and what to write instead where it is known."""
    path = _file(tmp_path, "o.csv", f"custom_id,model,quality,cost_usd,output_tokens\n0,m,1,,\n{row}\n")
    assert _told(path) == [f"o.csv:3: {told[0]}", *told[1:]]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"custom_id": "1", "model": "m"}', ["quality: is missing"]),
        ('{"custom_id": "1", "model": "m", "quality": NaN}', ["holds a number that JSON does not have, in"]),
        ('{"custom_id": "1", "model": "m", "quality": "1"}', ["quality: expected `float | null`, got `str`, in"]),
        ('{"custom_id": "1", "model": 3, "quality": 1}', ["model: expected `str | null`, got `int`, in"]),
        ("[1]", ["is no JSON object: `[1]`"]),
        ('{"custom_id": ', ["broken JSON: Input data was truncated, in"]),
    ],
)
def test_a_bad_line_of_json_is_told(line: str, told: list[str], tmp_path: Path) -> None:
    """By the line of the file, blank ones counted."""
    path = _file(tmp_path, "o.jsonl", f'{{"custom_id": "0", "model": "m", "quality": 1}}\n\n{line}\n')
    assert _told(path)[0].startswith(f"o.jsonl:3: {told[0]}")


def test_a_column_of_another_kind_is_told_by_row(tmp_path: Path) -> None:
    """A Parquet file has rows in place of lines; lists and truth values are no numbers."""
    path = _parquet(tmp_path, {"custom_id": ["1"], "model": ["m"], "quality": [True], "cost_usd": [[0.5]]})
    assert _told(path) == [
        "o.parquet:1: quality: must be a number from 0 to 1, not `True`",
        "o.parquet:1: cost_usd: must be an amount of dollars from 0 to 100,000, not `[0.5]`",
    ]


def test_a_second_outcome_of_a_model_for_a_request_is_refused(tmp_path: Path) -> None:
    """Each later one, with the line of the first."""
    rows = "a,m,1\na,n,1\na,m,0\nb,m,1\na,m,1\n"
    path = _file(tmp_path, "o.csv", f"custom_id,model,quality\n{rows}")
    assert _told(path) == [
        "o.csv:4: `a` has an outcome of `m` already, on line 2",
        "hint: keep one, or their mean",
        "o.csv:6: `a` has an outcome of `m` already, on line 2",
        "hint: keep one, or their mean",
    ]


def test_a_model_that_is_not_known_is_refused_where_the_models_are_given(tmp_path: Path) -> None:
    """With the nearest name, or how a model of one's own is named; without a list every name will do."""
    path = _file(tmp_path, "o.csv", "custom_id,model,quality\na,gpt5,1\na,gpt-5,1\na,Yi-34B,0\n")
    assert _told(path, ["gpt-5", "o9"]) == [
        "o.csv:2: model: unknown model `gpt5`",
        "hint: did you mean `gpt-5`?",
        "o.csv:4: model: unknown model `Yi-34B`",
        "hint: name it in the settings, under `models`, with its prices",
    ]
    assert read_outcomes(path).height == 3


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("custom_id,model,score", "`o.csv` has no column `quality`"),
        ("id,model,quality", "`o.csv` has no column `custom_id`"),
        ("a,b", "`o.csv` has no column `custom_id` and no column `model` and no column `quality`"),
    ],
)
def test_a_missing_column_is_named(header: str, message: str, tmp_path: Path) -> None:
    """With the names that it needs."""
    cells = ",".join("1" for _ in header.split(","))
    hint = "its columns must be `custom_id` (or `prompt_id`), `model` and `quality`"
    assert _refused(_file(tmp_path, "o.csv", f"{header}\n{cells}\n")) == (message, hint)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("o.csv", b"", "`o.csv` is empty"),
        ("o.csv", b"\n \n", "`o.csv` is empty"),
        ("o.csv", b"custom_id,model,quality\n", "`o.csv` holds no outcome"),
        (
            "o.parquet",
            b"PAR1 and no more",
            "`o.parquet` is broken Parquet: its bytes are damaged, or it ends too early",
        ),
        ("o.csv.gz", b"\x1f\x8b\x08 and more", "`o.csv.gz` is packed (gzip), which is not read here"),
        ("o.json", b' [{"custom_id": 1}]', "`o.json` is a JSON list; outcomes stand one a line"),
        ("o.csv", b"a,\0", "`o.csv` is a binary file: it holds NUL bytes"),
        ("o.csv", b"custom_id,model,quality\n\xff,m,1\n", "`o.csv` is not UTF-8 text: byte `0xff`"),
        ("o.csv", b'custom_id,model,quality\n"a,m,1\n', "`o.csv` is broken CSV: unexpected end of data"),
    ],
)
def test_a_file_that_is_no_table_is_refused_for_what_it_is(
    name: str, content: bytes, told: str, tmp_path: Path
) -> None:
    """With what to do about it."""
    message, hint = _refused(_file(tmp_path, name, content))
    assert (message, hint is not None) == (told, True)


def test_a_file_that_is_not_there_is_met_with_the_one_beside_it(tmp_path: Path) -> None:
    """A folder is no file either."""
    _file(tmp_path, "outcomes.csv", "x")
    assert _refused(tmp_path / "outcome.csv") == ("no such file: `outcome.csv`", "did you mean `outcomes.csv`?")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert _refused(folder)[0] == "cannot read `folder`: Is a directory"


def test_twenty_problems_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    """The first by line, whatever they are."""
    rows = "".join(f"{number},m,{2 if number % 2 else ''}\n" for number in range(50))
    message, _ = _refused(_file(tmp_path, "o.csv", f"custom_id,model,quality\n{rows}"))
    assert message.split("\n")[0] == "`o.csv` has 50 problems; nothing was planned or sent"
    assert message.split("\n")[-1] == "... and 30 more problems"
    assert "o.csv:21: " in message
    assert "o.csv:22: " not in message
