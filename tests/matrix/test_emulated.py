"""Every provider against the emulator's dialect of it: what our side pays is what the emulator's books say."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from matrix.accounts import tokens
from matrix.cells import Case, request_of
from matrix.exchange import AT, Account
from matrix.listing import EVERY
from msgspec.structs import replace
from support.calls import answered
from support.emulating import UNLIMITED

from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.ledger import Billed, Stats
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.emulator.server import start
from modelroute_cli.execution.gates.answer import judge
from modelroute_cli.execution.settle import Sold, bill, said
from modelroute_cli.providers.base import Call, Failure, Reply
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport


@dataclass(frozen=True, slots=True)
class Told:
    """One exchange with the emulator."""

    case: Case
    call: Call
    reply: Reply


ROWS = {row.name: row for row in EVERY}
CASES = (Case.TEXT, Case.SCHEMA, Case.TOOLS, Case.IMAGE)


FAULTS = {
    "empty": "empty",
    "truncated": "truncated",
    "refusal": "refusal",
    "rate_limited": "rate_limited",
    "server_error": "transient",
    "malformed": "malformed",
}


async def emulated(account: Account, faults: EmulatorFaults, cases: Sequence[Case]) -> tuple[Sequence[Told], Stats]:
    """Each case once, and the other side's books afterwards."""
    emulator, transport = await start(replace(UNLIMITED, faults=faults)), make_transport(1)
    try:
        told = []
        for case in cases:
            call = call_of(account, case, emulator.url)
            wire = format_for(call.provider)
            told.append(Told(case, call, wire.decode(await transport.send(wire.encode(call), 20), call)))
        return told, emulator.stats
    finally:
        await transport.close()
        await emulator.stop()


def call_of(account: Account, case: Case, url: str) -> Call:
    """As a run with `--emulator` makes it; the model of the matrix is none that the emulator knows to think."""
    return Call(
        request=request_of(case),
        card=replace(account.card, effort=None),
        provider=rewire(account.provider, url),
        max_tokens=700,
        key=None,
        secrets={},
        client_id=f"run-1-{case}",
    )


def charged(account: Account, reply: Reply) -> int:
    """What a run would count."""
    return bill(reply, Sold({"standard": account.rates}, "standard"), AT) or 0


def in_books(books: Billed) -> int:
    """The same, from the other side."""
    fresh = books.input_tokens - books.cached_tokens - books.cache_write_tokens
    return tokens(fresh=fresh, read=books.cached_tokens, written=books.cache_write_tokens, made=books.output_tokens)


def verdict(told: Told) -> str:
    """The gate that spoke, or the kind of the failure."""
    if isinstance(told.reply, Failure):
        return told.reply.kind.value
    return judge(told.call.request, said(told.reply)).gate


@pytest.mark.parametrize("name", ROWS)
def test_the_emulator_plays_every_provider(name: str) -> None:
    """Text, a schema, a tool and a picture are answered, pass the gates, and cost what the books say."""
    account = ROWS[name].account
    every, books = asyncio.run(emulated(account, EmulatorFaults(), CASES))
    for told in every:
        found = answered(told.reply)
        assert (verdict(told), found.emulated, bool(found.tool_calls)) == ("pass", True, told.case is Case.TOOLS)
    spent, owed = sum(charged(account, told.reply) for told in every), in_books(books.books[account.card.model_id])
    assert spent == owed or (account.provider.reports_cost and spent > owed)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ROWS)
def test_the_emulator_fails_as_every_provider_does(name: str, fault: str) -> None:
    """In the dialect's own words, and read as what it is."""
    every, _ = asyncio.run(emulated(ROWS[name].account, EmulatorFaults(**{fault: 1.0}), (Case.TEXT,)))
    assert verdict(every[0]) == FAULTS[fault]
