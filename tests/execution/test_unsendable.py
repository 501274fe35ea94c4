"""A request that cannot be sent fails by itself: the run goes on and nothing is paid or held."""

from pathlib import Path

import msgspec
from support.fake_transport import FakeProvider, always, answer
from support.plans import Row
from support.runs import Job, Setup, run

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame
from modelroute_cli.execution.results import result_rows
from modelroute_cli.providers.base import Call, TransportError, UnsendableError, WireRequest


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


def _linked() -> Row:
    return Row(request=Request(custom_id="r0", prompt="What is it?", images=("https://example.invalid/a.png", "b.png")))


async def _fetched(request: Request, provider: Provider) -> Request:
    assert provider.name == "cheap"
    return msgspec.structs.replace(request, images=("data:image/png;base64,BBBB", *request.images[1:]))


def _read(request: Request) -> Request:
    assert request.images == ("data:image/png;base64,BBBB", "b.png")
    return _inlined(request)


def test_addresses_are_read_for_their_provider_before_files(tmp_path: Path) -> None:
    """So that what came from an address is scaled down like a file."""
    provider = FakeProvider(always(answer()))
    run(Job.of([_linked()], tmp_path), provider, Setup(fetch=_fetched, inline=_read))
    assert [call.request.images for call in provider.sent] == [("data:image/png;base64,AAAA",)]


async def _forbidden(request: Request, provider: Provider) -> Request:
    del request, provider
    message = "`https://example.invalid/a.png` leads to an address that is not public"
    raise UnsendableError(message)


def test_an_address_that_may_not_be_read_costs_nothing(tmp_path: Path) -> None:
    """The request fails with the reason; nothing was sent."""
    job, provider = Job.of([_linked()], tmp_path), FakeProvider(always(answer()))
    outcome = run(job, provider, Setup(fetch=_forbidden))
    assert (outcome.accepted, outcome.failed, outcome.spent_pusd, outcome.held_pusd) == (0, 1, 0, 0)
    assert provider.sent == []
    assert "leads to an address that is not public" in str(finals_frame(job.journal)["reason"].to_list())


def test_an_address_that_is_slow_is_tried_again(tmp_path: Path) -> None:
    """Like a provider that cannot be reached: nothing was sent."""
    asked: list[str] = []

    async def slow_once(request: Request, provider: Provider) -> Request:
        asked.append(provider.name)
        if len(asked) == 1:
            message = "`https://example.invalid/a.png` took longer than 60 s"
            raise TransportError(message, sent=False)
        return request

    job, provider = Job.of([_linked()], tmp_path), FakeProvider(always(answer()))
    outcome = run(job, provider, Setup(fetch=slow_once, inline=_inlined))
    assert (outcome.accepted, outcome.held_pusd, asked) == (1, 0, ["cheap", "cheap"])
