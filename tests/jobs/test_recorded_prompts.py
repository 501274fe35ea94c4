"""Tables of prompts that call their key `prompt_id`, read as job files."""

import json
from pathlib import Path

import polars as pl
import pytest

from modelroute_cli.base.errors import OutcomesError
from modelroute_cli.jobs.recorded_prompts import as_job_file

ROWS = pl.DataFrame({"prompt_id": ["a/1", "b/2"], "source": ["x", "y"], "prompt": ["Add 1 and 2", "Sort, please"]})
MADE = [{"custom_id": "a/1", "prompt": "Add 1 and 2"}, {"custom_id": "b/2", "prompt": "Sort, please"}]


def lines(path: str) -> list[object]:
    """What was written."""
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_each_kind_of_table_becomes_a_job_file(tmp_path: Path, ending: str) -> None:
    """Columns that no request has are left out."""
    path = tmp_path / f"set.prompts.{ending}"
    if ending == "parquet":
        ROWS.write_parquet(path)
    elif ending == "csv":
        ROWS.write_csv(path)
    else:
        ROWS.write_ndjson(path)
    made = as_job_file(str(path), tmp_path / "spool")
    assert made == str(tmp_path / "spool" / "set.prompts.jsonl")
    assert lines(made) == MADE


def test_a_job_file_stays_as_it_is(tmp_path: Path) -> None:
    """One with custom_id, one that is no table, one that is not there."""
    path = tmp_path / "jobs.jsonl"
    path.write_text('{"custom_id": "a", "prompt_id": "b", "prompt": "c"}\n')
    assert as_job_file(str(path), tmp_path) == str(path)
    path.write_text("no JSON\n")
    assert as_job_file(str(path), tmp_path) == str(path)
    assert as_job_file("missing.jsonl", tmp_path) == "missing.jsonl"
    assert as_job_file("-", tmp_path) == "-"


def test_a_table_without_prompts_is_refused(tmp_path: Path) -> None:
    """With what it needs."""
    path = tmp_path / "ids.parquet"
    ROWS.select("prompt_id").write_parquet(path)
    with pytest.raises(OutcomesError) as told:
        as_job_file(str(path), tmp_path)
    assert told.value.message == f"`{path}` has `prompt_id` and no `prompt`"
    assert told.value.hint == "give each prompt's text in a column `prompt`"


def test_what_a_row_expects_goes_with_it(tmp_path: Path) -> None:
    """`expected` and `system` are a request's; empty cells are left out."""
    path = tmp_path / "e.jsonl"
    path.write_text(
        '{"prompt_id": 7, "prompt": "2+2", "expected": 4}\n{"prompt_id": 8, "prompt": "x", "system": "s"}\n'
    )
    made = lines(as_job_file(str(path), tmp_path / "s"))
    assert made[0] == {"custom_id": "7", "prompt": "2+2", "expected": 4}
