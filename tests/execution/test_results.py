"""The results file: every request, in input order, whole or not at all."""

import csv
import json
from pathlib import Path

import pytest
from support.fake_transport import Act, FakeProvider, always, answer, in_turn
from support.plans import CHEAP, Row
from support.runs import Job, Setup, run

from modelroute_cli.base.errors import StorageError, UsageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.results import check_writable, write_results
from modelroute_cli.providers.base import Call


def _read_jsonl(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_row_tells_everything(tmp_path: Path) -> None:
    """Model asked and served, tokens, exact money, attempts, verdict, plan, and that it was emulated."""
    job = Job.of([Row()], tmp_path)
    run(job, FakeProvider(in_turn(None, answer("Grüße"))))
    assert write_results(job.journal, job.plan, tmp_path / "out.jsonl", "jsonl") == 1
    assert _read_jsonl(tmp_path / "out.jsonl") == [
        {
            "custom_id": "r0",
            "status": "accepted",
            "output": "Grüße",
            "model": CHEAP,
            "model_served": "served-1",
            "service_tier": "standard",
            "input_tokens": 100,
            "output_tokens": 50,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
            "reasoning_tokens": 0,
            "cost_usd": "0.0000000006",
            "held_usd": "0.0000000021",
            "attempts": 2,
            "escalated": False,
            "verdict": "pass",
            "reason": "",
            "planned_model": CHEAP,
            "planned_cost_usd": "0.0000000006",
            "duplicate_of": None,
            "emulated": True,
            "tool_calls": [],
            "reasoning": None,
            "request_id": None,
            "pilot": False,
        }
    ]


def test_unsent_requests_are_in_it_too(tmp_path: Path) -> None:
    """A run that ended early still accounts for every row of the job file."""
    job = Job.of([Row(), Row(), Row(duplicate_of=1)], tmp_path)
    run(job, FakeProvider(always(answer())), Setup(cap=PicoUSD(2100), settings=RunSettings(concurrency=1)))
    write_results(job.journal, job.plan, tmp_path / "out.jsonl", "jsonl")
    rows = _read_jsonl(tmp_path / "out.jsonl")
    assert [(row["custom_id"], row["status"], row["output"]) for row in rows] == [
        ("r0", "accepted", "fine"),
        ("r1", "unsent", None),
        ("r2", "unsent", None),
    ]


def test_order_is_the_job_files_whatever_came_first(tmp_path: Path) -> None:
    """Answers that come in reverse are written in input order, as JSONL and as CSV."""
    job = Job.of([Row() for _ in range(12)], tmp_path)

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(answer(call.request.custom_id), after_s=20.0 - int(call.request.custom_id[1:]))

    run(job, FakeProvider(script))
    write_results(job.journal, job.plan, tmp_path / "out.jsonl", "jsonl")
    write_results(job.journal, job.plan, tmp_path / "out.csv", "csv")
    expected = [(f"r{number}", f"r{number}") for number in range(12)]
    assert [(row["custom_id"], row["output"]) for row in _read_jsonl(tmp_path / "out.jsonl")] == expected
    assert [(row["custom_id"], row["output"]) for row in _read_csv(tmp_path / "out.csv")] == expected


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_formulas_are_defused_in_csv_only(tmp_path: Path, text: str) -> None:
    """A spreadsheet must not run what a model wrote; JSONL stays exact."""
    job = Job.of([Row()], tmp_path)
    run(job, FakeProvider(always(answer(text))))
    write_results(job.journal, job.plan, tmp_path / "out.csv", "csv")
    write_results(job.journal, job.plan, tmp_path / "out.jsonl", "jsonl")
    assert _read_csv(tmp_path / "out.csv")[0]["output"] == f"'{text}"
    assert _read_jsonl(tmp_path / "out.jsonl")[0]["output"] == text


def test_csv_keeps_quotes_and_line_breaks(tmp_path: Path) -> None:
    """An e-mail with commas, quotes and lines comes back as it was; unknown is an empty cell."""
    text = 'Dear "Anna",\n\nhello; bye\n'
    job = Job.of([Row()], tmp_path)
    run(job, FakeProvider(always(answer(text))))
    write_results(job.journal, job.plan, tmp_path / "out.csv", "csv")
    [row] = _read_csv(tmp_path / "out.csv")
    assert (row["output"], row["duplicate_of"], row["escalated"], row["attempts"]) == (text, "", "false", "1")


def test_text_that_utf8_cannot_carry_does_not_lose_the_answer(tmp_path: Path) -> None:
    """A lone surrogate becomes a question mark before it reaches journal or file."""
    job = Job.of([Row()], tmp_path)
    run(job, FakeProvider(always(answer("half \ud83d a pair"))))
    write_results(job.journal, job.plan, tmp_path / "out.jsonl", "jsonl")
    assert _read_jsonl(tmp_path / "out.jsonl")[0]["output"] == "half ? a pair"


def test_old_results_stay_until_the_new_ones_are_complete(tmp_path: Path) -> None:
    """When writing fails, what was there before is untouched and nothing else is left behind."""
    job = Job.of([Row()], tmp_path)
    run(job, FakeProvider(always(answer())))
    target = tmp_path / "out"
    target.mkdir()
    (target / "kept").touch()
    with pytest.raises(StorageError) as caught:
        write_results(job.journal, job.plan, target, "jsonl")
    assert caught.value.message == f"results cannot be written to `{target}`: Is a directory"
    assert caught.value.hint == "free some space, or name another file with `-o`: nothing is sent again"
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == ["out"]


def test_a_place_that_cannot_be_written_is_refused_beforehand(tmp_path: Path) -> None:
    """Before anything is sent: a folder, or a file in a folder that is not there."""
    with pytest.raises(UsageError) as folder:
        check_writable(tmp_path)
    assert (folder.value.message, folder.value.hint) == (f"`{tmp_path}` is a folder", "name a file: `-o results.jsonl`")
    with pytest.raises(UsageError) as nowhere:
        check_writable(tmp_path / "none" / "out.jsonl")
    assert nowhere.value.message == f"there is no folder `{tmp_path / 'none'}` for the results"
    with pytest.raises(UsageError, match="results cannot be written to `/proc/out"):
        check_writable(Path("/proc/out.jsonl"))


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    """A place that can be written stays as it was."""
    (tmp_path / "out.jsonl").write_text("old")
    check_writable(tmp_path / "out.jsonl")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out.jsonl", "old")]
