"""Tests of modelroute_cli.providers.batches.gemini_jobs: the same facts in every form in which Google may say them."""

from typing import Any

import pytest

from modelroute_cli.providers.batch import BatchPhase
from modelroute_cli.providers.batches import gemini_jobs as jobs

WITHIN: dict[str, object] = {"inlinedResponses": {"inlinedResponses": [{"response": {}}]}}
FILE = {"responsesFile": "files/batch-1"}


def job(state: str | None, *, done: bool | None = None, **fields: object) -> dict[str, Any]:
    """An operation as the reference has it."""
    said = {} if done is None else {"done": done}
    return {"name": "batches/1", "metadata": {"state": state, "output": fields.pop("output", None)}, **said, **fields}


@pytest.mark.parametrize("prefix", ["BATCH_STATE_", "JOB_STATE_", ""])
@pytest.mark.parametrize(
    ("state", "phase"),
    [
        ("QUEUED", BatchPhase.WAITING),
        ("PENDING", BatchPhase.WAITING),
        ("PAUSED", BatchPhase.WAITING),
        ("RUNNING", BatchPhase.RUNNING),
        ("UPDATING", BatchPhase.RUNNING),
        ("UNSPECIFIED", BatchPhase.RUNNING),
        ("SOMETHING_NEW", BatchPhase.RUNNING),
        ("CANCELLING", BatchPhase.CANCELLING),
        ("CANCELLED", BatchPhase.ENDED),
        ("EXPIRED", BatchPhase.ENDED),
        ("FAILED", BatchPhase.ENDED),
        ("SUCCEEDED", BatchPhase.FINALIZING),
        ("PARTIALLY_SUCCEEDED", BatchPhase.FINALIZING),
    ],
)
def test_every_state_is_read_in_each_spelling(prefix: str, state: str, phase: BatchPhase) -> None:
    """A success whose answers are not there yet is not over; in `metadata` and at the top a state says the same."""
    assert jobs.phase(job(prefix + state)) is phase
    assert jobs.phase({"name": "batches/1", "state": prefix + state}) is phase


@pytest.mark.parametrize("state", ["SUCCEEDED", "RUNNING", "UNSPECIFIED", "CANCELLING", "CANCELLED", "EXPIRED"])
def test_what_is_done_is_over(state: str) -> None:
    """Whatever its state, even without answers; and a batch that says no state at all is at work until then."""
    assert jobs.phase(job(f"BATCH_STATE_{state}", done=True)) is BatchPhase.ENDED
    assert jobs.phase({"name": "batches/1", "done": True, "response": FILE}) is BatchPhase.ENDED
    assert jobs.phase({"name": "batches/1"}) is BatchPhase.RUNNING


@pytest.mark.parametrize(
    ("place", "outputs"),
    [
        ({"metadata": {"output": FILE}}, ("files/batch-1",)),
        ({"response": FILE}, ("files/batch-1",)),
        ({"output": FILE}, ("files/batch-1",)),
        ({"metadata": {"output": WITHIN}}, ("batches/1",)),
        ({"response": WITHIN}, ("batches/1",)),
        ({"response": {"inlinedResponses": [{"response": {}}]}}, ("batches/1",)),
        ({"metadata": {"output": FILE}, "response": FILE}, ("files/batch-1",)),
        ({"metadata": {"output": {}}, "response": {"responsesFile": ""}}, ()),
        ({"metadata": None, "response": "x"}, ()),
    ],
)
def test_answers_are_found_in_each_place(place: dict[str, object], outputs: tuple[str, ...]) -> None:
    """In a file or within, in `metadata`, in `response` or at the top, nested once or twice."""
    found = {"name": "batches/1", **place}
    assert jobs.outputs(found) == outputs
    if outputs:
        assert jobs.phase(found | {"state": "JOB_STATE_SUCCEEDED"}) in {BatchPhase.ENDED, BatchPhase.RUNNING}


def test_a_success_with_answers_is_over() -> None:
    """Also where the operation does not say that it is done."""
    assert jobs.phase(job("BATCH_STATE_SUCCEEDED", output=FILE)) is BatchPhase.ENDED


@pytest.mark.parametrize(
    ("code", "phase"),
    [
        (3, BatchPhase.REFUSED),
        (5, BatchPhase.REFUSED),
        (7, BatchPhase.REFUSED),
        (8, BatchPhase.REFUSED),
        (9, BatchPhase.REFUSED),
        (1, BatchPhase.ENDED),
        (2, BatchPhase.ENDED),
        (13, BatchPhase.ENDED),
        (14, BatchPhase.ENDED),
        ("3", BatchPhase.ENDED),
        (None, BatchPhase.ENDED),
    ],
)
def test_only_a_fault_of_ours_means_that_it_never_began(code: object, phase: BatchPhase) -> None:
    """What broke at Google may have been worked on and billed; so may be anything of which something succeeded."""
    error = {"code": code, "message": "no such model"}
    assert jobs.phase(job("BATCH_STATE_FAILED", done=True, error=error)) is phase
    assert jobs.phase({"name": "batches/1", "done": True, "error": error}) is phase
    begun = job("BATCH_STATE_FAILED", error=error)
    begun["metadata"]["batchStats"] = {"successfulRequestCount": "1"}
    assert jobs.phase(begun) is BatchPhase.ENDED
    assert jobs.phase(job("BATCH_STATE_FAILED", error=error, output=FILE)) is BatchPhase.ENDED
    assert jobs.message(begun) == "no such model"


def test_a_cancelled_operation_has_an_error_and_is_none() -> None:
    """Google gives it the code 1; it ended, and what was answered can be collected."""
    cancelled = job("BATCH_STATE_CANCELLED", done=True, error={"code": 1, "message": "The batch was cancelled."})
    assert jobs.phase(cancelled) is BatchPhase.ENDED
    assert jobs.message(cancelled) == "The batch was cancelled."
    assert jobs.message(job("JOB_STATE_CANCELLED")) == "it was cancelled"
    assert jobs.message(job("JOB_STATE_EXPIRED")) == "its time ran out"
    assert jobs.message(job("JOB_STATE_RUNNING")) == ""


@pytest.mark.parametrize(
    ("stats", "total", "done", "failures"),
    [
        ({"requestCount": "7", "pendingRequestCount": "3"}, 7, 4, None),
        ({"requestCount": 7, "pendingRequestCount": 0}, 7, 7, None),
        ({"requestCount": "7", "successfulRequestCount": "4", "failedRequestCount": "1"}, 7, 5, 1),
        ({"requestCount": "7", "successfulRequestCount": "7"}, 7, 7, 0),
        ({"requestCount": "7", "pendingRequestCount": "2", "successfulRequestCount": "4"}, 7, 5, 1),
        ({"requestCount": "7"}, 7, None, None),
        ({"requestCount": "7", "pendingRequestCount": "9"}, 7, None, None),
        ({"requestCount": "-7"}, None, None, None),
        ({"requestCount": "9" * 40}, None, None, None),
        ({"requestCount": "²"}, None, None, None),
        (None, None, None, None),
    ],
)
def test_counts_may_be_strings(stats: object, total: int | None, done: int | None, failures: int | None) -> None:
    """Google writes whole numbers of 64 bits so, and leaves out those of nothing; what is not said is not known."""
    found = {"metadata": {"batchStats": stats}}
    assert (jobs.count(found, "requestCount"), jobs.done(found), jobs.failed(found)) == (total, done, failures)


@pytest.mark.parametrize("data", [None, 7, "x", [], {}, {"metadata": 7}, {"metadata": {"state": 7}, "error": "x"}])
def test_nothing_that_comes_raises(data: object) -> None:
    """What says nothing is at work, has no answers and no counts."""
    assert jobs.phase(data) is BatchPhase.RUNNING
    assert (jobs.outputs(data), jobs.count(data, "requestCount"), jobs.done(data)) == ((), None, None)
    assert jobs.message(data) == ""
