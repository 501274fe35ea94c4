"""A provider made of a script: transport and wire format in one, with a ledger of what it really billed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from support.plans import INPUT_TOKENS, PRICES

from modelroute_cli.base.schema import Usage
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.base import (
    Answer,
    Call,
    Failure,
    FailureKind,
    RateSignal,
    Reply,
    TransportError,
    WireRequest,
    WireResponse,
)

NO_SIGNAL = RateSignal()


@dataclass(frozen=True, slots=True)
class Act:
    """What the provider does with one call: after `after_s`, reply, break, or (with None) never come back."""

    reply: Reply | TransportError | None
    after_s: float = 1.0


Script = Callable[[Call, int], Act]
"""What to do with a call; the int counts the calls of the same request, from 1."""


def answer(
    text: str = "fine", *, output_tokens: int = 50, finish_reason: str = "stop", emulated: bool = True
) -> Answer:
    """An answer that was billed by its usage."""
    return Answer(
        text=text,
        finish_reason=finish_reason,
        refusal=None,
        usage=Usage(input_tokens=INPUT_TOKENS, output_tokens=output_tokens),
        model_served="served-1",
        reported_cost_pusd=None,
        emulated=emulated,
        rate=NO_SIGNAL,
    )


def failure(
    kind: FailureKind, status: int | None = None, *, retry_after_s: float | None = None, message: str = "no"
) -> Failure:
    """A failure of one kind."""
    return Failure(kind=kind, status=status, message=message, retry_after_s=retry_after_s, rate=NO_SIGNAL)


def always(reply: Reply | TransportError | None, after_s: float = 1.0) -> Script:
    """The same for every call."""
    return lambda call, nth: Act(reply, after_s)  # noqa: ARG005 - a script takes both


def in_turn(*replies: Reply | TransportError | None) -> Script:
    """One reply after the other for each request; the last one for all further calls."""
    return lambda call, nth: Act(replies[min(nth, len(replies)) - 1])  # noqa: ARG005 - a script takes both


@dataclass
class FakeProvider:
    """Answers by its script; `sent` and `billed_pusd` are what really happened."""

    script: Script
    sent: list[Call] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # when each call came
    billed_pusd: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    _calls: dict[str, Call] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _replies: dict[bytes, Reply] = field(default_factory=dict)

    def format_for(self, provider: Provider) -> "FakeProvider":
        """Itself, whatever the provider."""
        del provider
        return self

    def reached(self, provider: Provider) -> Provider:
        """As it is."""
        return provider

    def encode(self, call: Call) -> WireRequest:
        """The name of the call."""
        self._calls[call.client_id] = call
        return WireRequest(url=call.provider.base_url, headers={}, body=call.client_id.encode())

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Act as the script says."""
        call = self._calls[request.body.decode()]
        nth = self._counts[call.request.custom_id] = self._counts.get(call.request.custom_id, 0) + 1
        self._came(call)
        act = self.script(call, nth)
        self._bill(call, act.reply)
        try:
            await asyncio.sleep(min(act.after_s, timeout_s) if act.reply is not None else timeout_s)
        finally:
            self.in_flight -= 1
        return self._sent_back(request, act, timeout_s)

    async def close(self) -> None:
        """Nothing to close."""

    def decode(self, response: WireResponse, call: Call) -> Reply:
        """What the script said."""
        del call
        return self._replies[response.body]

    def _came(self, call: Call) -> None:
        self.sent.append(call)
        self.times.append(asyncio.get_running_loop().time())
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def _bill(self, call: Call, reply: Reply | TransportError | None) -> None:
        """An answer costs its tokens; a call that never came back costs all it could."""
        input_pusd, output_pusd = PRICES[call.card.name]
        match reply:
            case Answer(usage=Usage() as usage):
                cost = usage.input_tokens * input_pusd + usage.output_tokens * output_pusd
            case None | Answer() | TransportError(sent=True):
                cost = INPUT_TOKENS * input_pusd + call.max_tokens * output_pusd
            case _:
                cost = 0
        self.billed_pusd += cost

    def _sent_back(self, request: WireRequest, act: Act, timeout_s: float) -> WireResponse:
        if isinstance(act.reply, TransportError):
            raise act.reply
        if act.reply is None or act.after_s > timeout_s:
            msg = f"no answer within {timeout_s:.0f} s"
            raise TransportError(msg, sent=True)
        self._replies[request.body] = act.reply
        return WireResponse(status=200, headers={}, body=request.body)
