"""Results as OpenAI writes those of a batch."""

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from support.fake_transport import Act, FakeProvider, always, answer, failure
from support.plans import CHEAP, Row
from support.runs import Job, Setup, run

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.batch_output import errors_path, output_lines, write_batch_output
from modelroute_cli.execution.results import write_results
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.base import FailureKind


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _asking(job: Job, urls: dict[str, str], folder: Path) -> Plan:
    """The plan of a job whose file is OpenAI's, with these addresses."""
    source = folder / "batch.jsonl"
    rows = ({"custom_id": name, "method": "POST", "url": url, "body": {}} for name, url in urls.items())
    source.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    ref = msgspec.structs.replace(job.plan.header.job, source=str(source), format="openai_batch")
    return replace(job.plan, header=msgspec.structs.replace(job.plan.header, job=ref))


def test_a_line_is_as_openai_writes_it(tmp_path: Path) -> None:
    """Its name, the custom_id, the response with its status, and no error."""
    job = Job.of([Row()], tmp_path)
    run(job, FakeProvider(always(answer("Grüße"))))
    assert write_results(job.journal, job.plan, tmp_path / "out.jsonl", "openai-batch") == 1
    [line] = _lines(tmp_path / "out.jsonl")
    response = line["response"]
    assert isinstance(response, dict)
    assert list(line) == ["id", "custom_id", "response", "error"]
    assert (line["custom_id"], line["error"], response["status_code"]) == ("r0", None, 200)
    assert response["body"]["choices"][0]["message"]["content"] == "Grüße"
    assert response["body"]["usage"]["total_tokens"] == 150
    assert str(line["id"]).startswith("batch_req_")
    assert not errors_path(tmp_path / "out.jsonl").exists()


def test_names_stay_and_differ(tmp_path: Path) -> None:
    """Whenever the results are written; two requests of one custom_id cannot be, two rows can."""
    job = Job.of([Row(), Row()], tmp_path)
    run(job, FakeProvider(always(answer())))
    first, second = (list(output_lines(job.journal, job.plan)) for _ in range(2))
    assert first == second
    assert len({line.id for line in first}) == 2


def test_each_line_is_answered_in_the_form_of_its_own_address(tmp_path: Path) -> None:
    """A response for `/v1/responses`, a chat completion for the others."""
    job = Job.of([Row(), Row()], tmp_path)
    run(job, FakeProvider(always(answer())))
    plan = _asking(job, {"r0": "/v1/responses", "r1": "/v1/chat/completions"}, tmp_path)
    bodies = [line.response.body["object"] for line in output_lines(job.journal, plan) if line.response]
    assert bodies == ["response", "chat.completion"]


def test_what_failed_has_an_error_and_stands_in_the_file_of_errors_too(tmp_path: Path) -> None:
    """In input order, with the reason; OpenAI writes such a file beside the output."""
    requests = [Request(custom_id="good", prompt="a"), Request(custom_id="bad", prompt="b")]
    job = Job.of([Row(request=request) for request in requests], tmp_path)
    no = failure(FailureKind.REQUEST, status=400)
    refusing = FakeProvider(lambda call, _: Act(answer() if call.request.custom_id == "good" else no))
    run(job, refusing)
    assert write_batch_output(job.journal, job.plan, tmp_path / "out.jsonl") == 2
    good, bad = _lines(tmp_path / "out.jsonl")
    assert (good["custom_id"], good["error"]) == ("good", None)
    assert (bad["custom_id"], bad["response"]) == ("bad", None)
    error = bad["error"]
    assert isinstance(error, dict)
    assert error["code"] == "request_failed"
    assert error["message"]
    assert _lines(tmp_path / "out.errors.jsonl") == [bad]


def test_a_file_of_errors_of_an_earlier_session_goes_when_none_are_left(tmp_path: Path) -> None:
    """Nobody takes old errors for new ones."""
    job = Job.of([Row()], tmp_path)
    run(job, FakeProvider(always(answer())))
    errors_path(tmp_path / "out.jsonl").write_text("old\n")
    write_batch_output(job.journal, job.plan, tmp_path / "out.jsonl")
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.jsonl"]


def test_what_was_not_sent_says_so_and_duplicates_have_the_answer_of_their_first(tmp_path: Path) -> None:
    """A run that ended early accounts for every request."""
    job = Job.of([Row(), Row(), Row(duplicate_of=0), Row(duplicate_of=1)], tmp_path)
    run(job, FakeProvider(always(answer())), Setup(cap=PicoUSD(2100), settings=RunSettings(concurrency=1)))
    lines = list(output_lines(job.journal, job.plan))
    assert [(line.custom_id, line.error.code if line.error else None) for line in lines] == [
        ("r0", None),
        ("r1", "request_unsent"),
        ("r2", None),
        ("r3", "request_unsent"),
    ]
    assert lines[0].id != lines[2].id
    assert lines[1].error is not None
    assert lines[1].error.message == "the request has no answer yet: the run is not finished"


def test_a_disk_that_refuses_is_a_storage_error(tmp_path: Path) -> None:
    """Nothing half stands there."""
    job = Job.of([Row()], tmp_path)
    run(job, FakeProvider(always(answer())))
    with pytest.raises(StorageError, match="results cannot be written"):
        write_batch_output(job.journal, job.plan, tmp_path / "none" / "out.jsonl")


@pytest.mark.parametrize(
    ("name", "beside"), [("out.jsonl", "out.errors.jsonl"), ("out", "out.errors.jsonl"), ("a.b.txt", "a.b.errors.txt")]
)
def test_the_file_of_errors_is_named_after_the_results(name: str, beside: str) -> None:
    """In the same folder."""
    assert errors_path(Path("folder") / name) == Path("folder") / beside


def test_the_model_is_the_one_that_answered(tmp_path: Path) -> None:
    """As the provider calls it; the plan's own name where it does not say."""
    job = Job.of([Row()], tmp_path)
    run(job, FakeProvider(always(answer())))
    [line] = output_lines(job.journal, job.plan)
    assert line.response is not None
    assert line.response.body["model"] in {"served-1", CHEAP}
