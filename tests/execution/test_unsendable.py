"""A request that cannot be sent fails by itself: the run goes on and nothing is paid or held."""

from pathlib import Path

import msgspec
from support.fake_transport import FakeProvider, always, answer
from support.plans import Row
from support.runs import Job, Setup, run

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame
from modelroute_cli.execution.results import result_rows
from modelroute_cli.providers.base import Call, UnsendableError, WireRequest


class _PickyProvider(FakeProvider):
    """Cannot carry `r1`."""

    def encode(self, call: Call) -> WireRequest:
        """As the real format refuses a local image."""
        if call.request.custom_id == "r1":
            message = "request `r1`: image `a.png` is a local file whose content was not read"
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


def _picture() -> Row:
    return Row(request=Request(custom_id="r1", prompt="What is it?", images=("a.png",)))


def _changed(request: Request) -> Request:
    if request.images:
        message = "image `a.png` changed after the plan was made"
        raise JobFileError(message)
    return request


def test_a_changed_picture_fails_its_request_before_it_is_sent(tmp_path: Path) -> None:
    """No other model is tried: none could be sent what was planned."""
    job = Job.of([Row(), _picture(), Row()], tmp_path)
    provider = FakeProvider(always(answer()))

    outcome = run(job, provider, Setup(inline=_changed))

    assert [row.status for row in result_rows(job.journal, job.plan)] == ["accepted", "failed", "accepted"]
    assert (outcome.accepted, outcome.failed, outcome.held_pusd) == (2, 1, 0)
    assert finals_frame(job.journal)["reason"].to_list()[1] == "request: image `a.png` changed after the plan was made"
    assert attempts_frame(job.journal).filter(outcome="failed")["cost_pusd"].to_list() == [0]
    assert sorted(sent.request.custom_id for sent in provider.sent) == ["r0", "r2"]


def _inlined(request: Request) -> Request:
    return msgspec.structs.replace(request, images=("data:image/png;base64,AAAA",))


def test_what_is_sent_holds_the_content_of_its_pictures(tmp_path: Path) -> None:
    """The wire format gets the request as it was inlined, the gates the request as it stands in the file."""
    job = Job.of([_picture()], tmp_path)
    provider = FakeProvider(always(answer()))

    run(job, provider, Setup(inline=_inlined))

    assert [call.request.images for call in provider.sent] == [("data:image/png;base64,AAAA",)]
