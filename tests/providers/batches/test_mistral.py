"""Tests of modelroute_cli.providers.batches.mistral."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.batch_objects import mistral_job as job
from support.batch_wire import CREATED, SINCE, account, collected, done, fails, jsonl, parcel, said
from support.calls import OPENAI, make_call, make_card

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.base import FailureKind, UnsendableError
from modelroute_cli.providers.batch import BatchPhase, BatchStatus, LineEnd
from modelroute_cli.providers.batches.mistral import MistralJobs

API = MistralJobs()
MISTRAL = Provider(name="mistral", base_url="https://api.mistral.ai/v1", seed_field="random_seed")


def status_of(folder: Path, **fields: object) -> BatchStatus:
    """How a job object is read."""
    made, _ = account(MISTRAL, folder, said(job(**fields)))
    found = done(API.status(made, "job-1"))
    assert found is not None
    return found


def test_a_line_leaves_the_model_to_the_job() -> None:
    """As Mistral's own examples do."""
    card = make_card("mistral-small-latest")
    assert json.loads(API.line("r-1", make_call(provider=MISTRAL, card=card))) == {
        "custom_id": "r-1",
        "body": {"messages": [{"role": "user", "content": "Write one headline."}], "max_tokens": 700},
    }


def test_another_wire_format_is_refused() -> None:
    """Jobs carry chat completions."""
    with pytest.raises(UnsendableError, match="no batch carries the wire format `gemini` there"):
        API.line("r-1", make_call(provider=replace(MISTRAL, format="gemini")))


def test_a_job_is_submitted_with_its_model_and_tag(tmp_path: Path) -> None:
    """The file is uploaded as everywhere."""
    made, script = account(MISTRAL, tmp_path, said({"id": "file-1"}), said(job(status="QUEUED")))
    sent = parcel(tmp_path, b"{}", model="mistral-small-latest")
    assert done(API.upload(made, sent)) == "file-1"
    status = done(API.submit(made, sent, "file-1"))
    assert [(asked.method, asked.path) for asked in script.asked] == [("POST", "/files"), ("POST", "/batch/jobs")]
    assert script.asked[1].json == {
        "input_files": ["file-1"],
        "endpoint": "/v1/chat/completions",
        "model": "mistral-small-latest",
        "metadata": {"modelroute": "run-1-batch-1"},
        "timeout_hours": 24,
    }
    assert (status.name, status.phase, status.tag) == ("job-1", BatchPhase.WAITING, "run-1-batch-1")


@pytest.mark.parametrize(
    ("word", "phase", "message"),
    [
        ("QUEUED", BatchPhase.WAITING, ""),
        ("RUNNING", BatchPhase.RUNNING, ""),
        ("CANCELLATION_REQUESTED", BatchPhase.CANCELLING, ""),
        ("SUCCESS", BatchPhase.ENDED, ""),
        ("TIMEOUT_EXCEEDED", BatchPhase.ENDED, "its time ran out"),
        ("CANCELLED", BatchPhase.ENDED, "it was cancelled"),
        ("A_NEW_WORD", BatchPhase.RUNNING, ""),
        (None, BatchPhase.RUNNING, ""),
    ],
)
def test_each_word_is_a_phase(tmp_path: Path, word: str | None, phase: BatchPhase, message: str) -> None:
    """An unknown one is asked about again."""
    status = status_of(tmp_path, status=word)
    assert (status.phase, status.message) == (phase, message)


def test_a_job_says_how_far_it_is(tmp_path: Path) -> None:
    """The completed ones are those that came to some end."""
    status = status_of(tmp_path)
    assert (status.requests, status.done, status.failed) == (5, 3, 1)
    assert status.created_at is not None
    assert int(status.created_at.timestamp()) == CREATED


def test_a_failed_job_was_refused_unless_it_did_something(tmp_path: Path) -> None:
    """Its errors say why."""
    errors = [{"message": "line 3 is no JSON", "count": 1}, {"message": "and more"}, "garbage"]
    refused = status_of(tmp_path, status="FAILED", completed_requests=0, errors=errors)
    assert (refused.phase, refused.message) == (BatchPhase.REFUSED, "line 3 is no JSON; and more")
    assert status_of(tmp_path, status="FAILED").phase is BatchPhase.ENDED
    assert status_of(tmp_path, status="FAILED", completed_requests=0, output_file="o").phase is BatchPhase.ENDED


def test_an_ended_job_has_its_files(tmp_path: Path) -> None:
    """Whichever there are."""
    assert status_of(tmp_path, status="SUCCESS", output_file="o", error_file="e").results == ("o", "e")
    assert status_of(tmp_path, status="SUCCESS", error_file="e").results == ("e",)


def test_a_job_of_a_tag_is_found_over_pages(tmp_path: Path) -> None:
    """Pages are numbered from 0; a page that is not full is the last."""
    full = [job(id=f"j-{number}", metadata=None) for number in range(100)]
    made, script = account(
        MISTRAL,
        tmp_path,
        said({"object": "list", "total": 101, "data": full}),
        said({"object": "list", "total": 101, "data": [job(id="j-100")]}),
    )
    (found,) = done(API.find(made, "run-1-batch-1", SINCE, 3))
    assert found.name == "j-100"
    assert [asked.path for asked in script.asked] == [
        "/batch/jobs?page=0&page_size=100",
        "/batch/jobs?page=1&page_size=100",
    ]


def test_an_account_without_jobs_has_none(tmp_path: Path) -> None:
    """The list may leave its data out."""
    made, _ = account(MISTRAL, tmp_path, said({"object": "list", "total": 0}))
    assert done(API.find(made, "run-1-batch-1", SINCE, 3)) == ()


def test_a_cancel_is_a_post(tmp_path: Path) -> None:
    """One that comes late is harmless."""
    made, script = account(MISTRAL, tmp_path, said(job(status="CANCELLATION_REQUESTED")))
    status = done(API.cancel(made, "job-1"))
    assert status is not None
    assert (script.asked[0].method, script.asked[0].path) == ("POST", "/batch/jobs/job-1/cancel")
    late, _ = account(MISTRAL, tmp_path, said({"detail": "already finished"}, 422), said(job(status="SUCCESS")))
    status = done(API.cancel(late, "job-1"))
    assert status is not None
    assert status.phase is BatchPhase.ENDED


def test_a_job_that_is_gone_is_none(tmp_path: Path) -> None:
    """For a look and for a cancel; another failure is an error."""
    gone = said({"detail": "Job not found"}, 404)
    made, _ = account(MISTRAL, tmp_path, gone, gone, said({"message": "no key"}, 401))
    assert done(API.status(made, "job-1")) is None
    assert done(API.cancel(made, "job-1")) is None
    assert fails(API.cancel(made, "job-1")).failure.kind is FailureKind.ACCOUNT


def test_a_submit_with_a_bad_form_says_why(tmp_path: Path) -> None:
    """FastAPI's shape."""
    reply = said({"detail": [{"loc": ["body", "model"], "msg": "field required", "type": "missing"}]}, 422)
    made, _ = account(MISTRAL, tmp_path, reply)
    error = fails(API.submit(made, parcel(tmp_path, b"{}"), "file-1"))
    assert (error.failure.message, error.taken) == ("field required", False)


@pytest.mark.parametrize("reply", [said({"object": "batch"}), said({"id": ""}), said("garbage")])
def test_a_submit_without_an_answer_may_have_been_taken(tmp_path: Path, reply: Any) -> None:  # noqa: ANN401 - a reply
    """The job is looked for before it is submitted again."""
    made, _ = account(MISTRAL, tmp_path, reply)
    assert fails(API.submit(made, parcel(tmp_path, b"{}"), "file-1")).taken is True


def test_results_are_lines_as_openai_has_them(tmp_path: Path) -> None:
    """Mistral's own batch client reads the same fields; errors may be mere sentences."""
    rows = [
        {"id": "x", "custom_id": "r1", "response": {"status_code": 200, "body": {"choices": []}}, "error": None},
        {"id": "y", "custom_id": "r2", "response": {"status_code": 422, "body": {"detail": "bad"}}, "error": "bad"},
        {"id": "z", "custom_id": "r3", "response": None, "error": "it failed"},
    ]
    made, _ = account(MISTRAL, tmp_path, said(jsonl(rows)))
    lines = collected(API.results(made, BatchStatus(name="job-1", phase=BatchPhase.ENDED, results=("o",))))
    assert [(line.custom_id, line.end) for line in lines] == [(f"r{n}", LineEnd.SERVED) for n in (1, 2, 3)]
    assert [line.response.status for line in lines if line.response] == [200, 422, 200]


SHAPES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([name for name in job() if name != "id"]), SHAPES))
def test_no_shape_of_a_job_is_an_exception(tmp_path: Path, fields: dict[str, Any]) -> None:
    """What is not understood is unknown."""
    assert status_of(tmp_path, **fields).name == "job-1"


def test_the_body_is_that_of_the_wire_format() -> None:
    """Nothing but the model is taken out for Mistral."""
    body = json.loads(API.line("r", make_call(provider=OPENAI)))["body"]
    assert set(body) == {"messages", "max_completion_tokens"}
