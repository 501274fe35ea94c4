"""Every provider against the emulator's dialect of it: what our side pays is what the emulator's books say."""

import asyncio

import pytest
from matrix.accounts import Listed, tokens
from matrix.cells import Case, request_of
from matrix.exchange import AT, Account
from matrix.listing import EVERY
from support.calls import answered
from support.emulating import UNLIMITED

from modelroute_cli.emulator.ledger import Billed
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.emulator.server import start
from modelroute_cli.execution.gates import judge
from modelroute_cli.execution.settle import Sold, bill, said
from modelroute_cli.providers.base import Call, Reply
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport

NOT_PLAYED = frozenset({"openai_responses", "gemini"})
ROWS = {row.name: row for row in EVERY if row.account.provider.format not in NOT_PLAYED}
CASES = (Case.TEXT, Case.SCHEMA, Case.TOOLS, Case.IMAGE)


async def emulated(account: Account) -> tuple[dict[Case, tuple[Call, Reply]], Billed]:
    """Each case once, and the books of the model afterwards."""
    emulator, transport = await start(UNLIMITED), make_transport(1)
    try:
        replies = {}
        for case in CASES:
            call = call_of(account, case, emulator.url)
            wire = format_for(call.provider)
            replies[case] = call, wire.decode(await transport.send(wire.encode(call), 20), call)
        return replies, emulator.stats.books[account.card.model_id]
    finally:
        await transport.close()
        await emulator.stop()


def call_of(account: Account, case: Case, url: str) -> Call:
    """As a run with `--emulator` makes it."""
    return Call(
        request=request_of(case),
        card=account.card,
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


@pytest.mark.parametrize("name", ROWS)
def test_the_emulator_plays_every_provider(name: str) -> None:
    """Text, a schema, a tool and a picture are answered, pass the gates, and cost what the books say."""
    listed: Listed = ROWS[name]
    replies, books = asyncio.run(emulated(listed.account))
    for case, (call, reply) in replies.items():
        found = answered(reply)
        assert judge(call.request, said(found)).passed, (case, found)
        assert (found.emulated, bool(found.tool_calls)) == (True, case is Case.TOOLS)
    spent = sum(charged(listed.account, reply) for _, reply in replies.values())
    assert spent == in_books(books) or (listed.account.provider.reports_cost and spent > in_books(books))
