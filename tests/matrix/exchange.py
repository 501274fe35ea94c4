"""One cell of the matrix: a call encoded, sent over HTTP to loopback, decoded, priced, judged."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from matrix.cells import Came, Case, Shapes, request_of
from msgspec.structs import replace
from support.scripted import Counterpart, Script, Scripted, Sent, counterpart

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.rates import RateCard
from modelroute_cli.execution.gates.answer import judge
from modelroute_cli.execution.retry import Decision, RetryPolicy, Trouble, decide
from modelroute_cli.execution.settle import Sold, bill, broken, said
from modelroute_cli.providers.base import Answer, Call, Failure, Reply, Transport, TransportError
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport

KEY = "sk-matrix-not-a-real-key"
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TIMEOUT_S, PATIENT_S = 0.15, 20.0
_POLICY = RetryPolicy(max_attempts=3)
_FOLLOWS = {
    "RetrySame": "again",
    "Elsewhere": "another model",
    "PauseModel": "this model waits",
    "SwitchTier": "another service tier",
    "Fallback": "another model",
    "GiveUp": "the request fails",
    "StopModel": "this model is left",
    "StopProvider": "this provider is left",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A provider as it is declared, one of its models, and what that costs."""

    provider: Provider
    card: ModelCard
    rates: RateCard


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What became of it, and what the provider was sent."""

    came: Came
    sent: Sent


def exchanges(account: Account, shapes: Shapes) -> Mapping[Case, Exchanged]:
    """Every case once, the whole way, over one transport to a server on loopback that sends these shapes."""
    with counterpart(lambda _: Scripted()) as behind:
        return asyncio.run(_all(account, shapes, behind))


async def _all(account: Account, shapes: Shapes, behind: Counterpart) -> Mapping[Case, Exchanged]:
    transport, done = make_transport(1), dict[Case, Exchanged]()
    try:
        for case, reply in shapes.items():
            behind.script = _saying(reply)
            call = _call(account, case, behind)
            found = await _reply(call, transport, TIMEOUT_S if reply.holds else PATIENT_S)
            done[case] = Exchanged(_came(account, call, found), behind.sent[-1])
    finally:
        await transport.close()
    return done


def _saying(reply: Scripted) -> Script:
    return lambda _: reply


def _call(account: Account, case: Case, behind: Counterpart) -> Call:
    """The provider's own path, on loopback."""
    provider = replace(account.provider, base_url=behind.url + urlsplit(account.provider.base_url).path)
    key = None if provider.auth == "none" else KEY
    return Call(
        request=request_of(case),
        card=account.card,
        provider=provider,
        max_tokens=700,
        key=key,
        secrets=dict.fromkeys(provider.key_headers, KEY),
        client_id="run-1-1",
    )


async def _reply(call: Call, transport: Transport, timeout_s: float) -> Reply:
    wire = format_for(call.provider)
    try:
        return wire.decode(await transport.send(wire.encode(call), timeout_s), call)
    except TransportError as error:
        return broken(error)


def _came(account: Account, call: Call, reply: Reply) -> Came:
    cost_pusd = bill(reply, Sold({ServiceTier.STANDARD.value: account.rates}, ServiceTier.STANDARD.value), AT)
    match reply:
        case Answer():
            verdict = judge(call.request, said(reply))
            follows = "accepted" if verdict.passed else "another model"
            tool = next((asked.name for asked in reply.tool_calls), None)
            return Came(
                verdict=verdict.gate,
                text=verdict.output,
                cost_pusd=cost_pusd,
                follows=follows,
                tool=tool,
                usage=reply.usage,
            )
        case Failure():
            decision = decide(Trouble(failure=reply, failures=1, jitter=0.0), _POLICY)
            return Came(
                verdict=reply.kind.value,
                text=reply.message.replace(_host(call), "HOST"),
                cost_pusd=cost_pusd,
                follows=_follows(decision, reply),
                status=reply.status,
            )


def _host(call: Call) -> str:
    return urlsplit(call.provider.base_url).netloc


def _follows(decision: Decision, failure: Failure) -> str:
    """What the run does next, in few words."""
    wait = f", after {failure.retry_after_s:g} s" if failure.retry_after_s else ""
    return _FOLLOWS[type(decision).__name__] + wait
