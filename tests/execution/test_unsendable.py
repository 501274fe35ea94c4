"""A request that a wire format cannot carry fails by itself: the run goes on and nothing is paid or held."""

from pathlib import Path

from support.fake_transport import FakeProvider, always, answer
from support.plans import Row
from support.runs import Job, run

from modelroute_cli.execution.journal_read import attempts_frame, finals_frame
from modelroute_cli.execution.results import result_rows
from modelroute_cli.providers.base import Call, UnsendableError, WireRequest


class _PickyProvider(FakeProvider):
    """Cannot carry `r1`."""

    def encode(self, call: Call) -> WireRequest:
        """As the real format refuses a local image."""
        if call.request.custom_id == "r1":
            message = "request `r1`: image `a.png` is a local file, which is not sent yet"
            raise UnsendableError(message)
        return super().encode(call)


def test_one_unsendable_request_fails_alone(tmp_path: Path) -> None:
    """The others are answered; its reason is told; no model is asked twice and no money stays held."""
    job = Job.of([Row() for _ in range(3)], tmp_path)

    outcome = run(job, _PickyProvider(always(answer())))

    assert [row.status for row in result_rows(job.journal, job.plan)] == ["accepted", "failed", "accepted"]
    assert (outcome.accepted, outcome.failed, outcome.held_pusd) == (2, 1, 0)
    assert "image `a.png` is a local file" in str(finals_frame(job.journal)["reason"].to_list())
    assert set(attempts_frame(job.journal).filter(outcome="failed")["failure"]) == {"request"}
