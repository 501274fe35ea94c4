import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from support.job_files import problems, read, read_bytes, refused, requests_in, spool_dir

from modelroute_cli.base.schema import GateRules, Message, Request
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.reading import Reading
from modelroute_cli.jobs.spool import file_digest


def _bytes(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _job(folder: Path, frame: pl.DataFrame, reading: Reading | None = None) -> JobFile:
    return read_bytes(folder, "a.parquet", _bytes(frame), reading or Reading())


def test_a_row_becomes_a_request(tmp_path: Path) -> None:
    """Numbers, lists and structs as they are; text that holds JSON as JSON; nulls and NaN are not given."""
    frame = pl.DataFrame({
        "custom_id": [17, None],
        "prompt": ["x", None],
        "system": ["", "Be kind"],
        "messages": [None, [{"role": "user", "content": "Hi"}]],
        "max_output_tokens": [700.0, float("nan")],
        "min_quality": [Decimal("0.5"), None],
        "gates": [{"max_words": 3, "min_words": None}, None],
        "response_schema": ['{"type":"object"}', None],
        "metadata.day": [date(2026, 1, 2), None],
        "expected": [{"label": "good", "score": None}, None],
    })  # fmt: skip
    job = _job(tmp_path, frame)
    assert (job.format, job.digest) == ("parquet", file_digest(tmp_path / "a.parquet"))
    assert job.requests.collect()["line"].to_list() == [1, 2]
    assert requests_in(job) == [
        Request(
            custom_id="17",
            prompt="x",
            max_output_tokens=700,
            min_quality=0.5,
            gates=GateRules(max_words=3),
            response_schema={"type": "object"},
            metadata={"day": "2026-01-02"},
            expected={"label": "good"},
        ),
        Request(custom_id="row-000002", system="Be kind", messages=(Message("user", "Hi"),)),
    ]


def test_problems_are_named_by_row_and_column(tmp_path: Path) -> None:
    """Rows are counted from 1."""
    frame = pl.DataFrame({"prompt": ["x", None, "y"], "importance": ["bulk", "bulk", "bluk"]})
    assert problems(tmp_path, "a.parquet", _bytes(frame)) == [
        "a.parquet:2: prompt: is missing",
        "hint: write the request into `prompt`, or the turns of a chat into `messages`",
        "a.parquet:3: importance: unknown value `bluk`",
        "hint: did you mean `bulk`?",
    ]


def test_columns_are_checked_as_those_of_a_csv(tmp_path: Path) -> None:
    """A slip in a name is met with the right one."""
    assert problems(tmp_path, "a.parquet", _bytes(pl.DataFrame({"promt": ["x"], "tenant": ["y"]}))) == [
        "a.parquet:1: prompt: there is no such column; the columns are `promt`, `tenant`",
        "hint: rename `promt` to `prompt`",
    ]


def test_rows_go_through_a_template(tmp_path: Path) -> None:
    """Any type of cell can be written into a prompt."""
    frame = pl.DataFrame({"day": [date(2026, 1, 2)], "n": [3], "gone": [None], "tags": [["a", "b"]]})
    job = _job(tmp_path, frame, Reading(prompt="{{ n }} on {{ day }}{{ gone }}: {{ tags | join('+') }}"))
    assert [request.prompt for request in requests_in(job)] == ["3 on 2026-01-02: a+b"]


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    """Cut or damaged bytes are no bug of ours."""
    error = refused(tmp_path, "a.parquet", _bytes(pl.DataFrame({"prompt": ["x"]}))[:-20])
    assert error.message == "`a.parquet` is broken Parquet: its bytes are damaged, or it ends too early"


def test_a_table_without_rows_holds_no_request(tmp_path: Path) -> None:
    """Columns alone ask nothing."""
    empty = _bytes(pl.DataFrame({"prompt": []}, schema={"prompt": pl.String}))
    assert refused(tmp_path, "a.parquet", empty).message == "`a.parquet` holds no request"


def test_many_rows_are_read_in_blocks_and_found_again(tmp_path: Path) -> None:
    """Nothing is lost between blocks, and a lost spool is made again."""
    count = 50_001
    frame = pl.DataFrame({"prompt": [f"p{number}" for number in range(count)]})
    frame.write_parquet(tmp_path / "a.parquet")
    job = read(tmp_path / "a.parquet")
    assert job.requests.collect().height == count
    assert job.requests.collect()["custom_id"][-1] == "row-050001"
    content = job.path.read_bytes()
    job.path.unlink()
    assert locate(job, spool_dir(job.source)).read_bytes() == content


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("max_output_tokens", [float("inf")], 'max_output_tokens: must be a whole number from 1, not `"inf"`'),
        ("max_output_tokens", [1.5], "max_output_tokens: must be a whole number from 1, not `1.5`"),
        ("max_output_tokens", [2**62], "max_output_tokens: is more than 10,000,000"),
        ("min_quality", [Decimal("1.9")], "min_quality: must be a number from 0 to 1, not `1.9`"),
        ("deadline", [date(2026, 1, 2)], 'deadline: must be a span of time like `24h`, not `"2026-01-02"`'),
        ("metadata", [datetime(2026, 1, 2)], 'metadata: must be an object, not `"2026-01-02T00:00:00"`'),  # noqa: DTZ001
        ("system", [["a"]], 'system: must be text, not `["a"]`'),
        ("system", [b"ok"], 'system: must be text, not `"b2s="`'),
        ("response_schema", [[1]], "response_schema: must be a JSON Schema: an object, not `[1]`"),
    ],
)
def test_values_of_other_types_are_told(column: str, values: list[object], told: str, tmp_path: Path) -> None:
    """Infinite numbers, dates, lists, bytes: each where a field wants something else."""
    frame = pl.DataFrame({"prompt": ["x"], column: values})
    assert problems(tmp_path, "a.parquet", _bytes(frame))[0] == f"a.parquet:1: {told}"


def test_dates_and_decimals_are_kept_where_anything_may_stand(tmp_path: Path) -> None:
    """Metadata and references: as JSON writes them."""
    frame = pl.DataFrame(
        {
            "prompt": ["x"],
            "expected": [Decimal("1.10")],
            "metadata": [{"day": date(2026, 1, 2), "tags": ["a"], "gone": None}],
            "metadata.at": [datetime(2026, 1, 2, 3, 4)],  # noqa: DTZ001 - a table without zones
        }
    )
    [request] = requests_in(_job(tmp_path, frame))
    assert request.expected == 1.1
    assert request.metadata == {"day": "2026-01-02", "tags": ["a"], "at": "2026-01-02T03:04:00"}
