"""Parts of a session that was not driven yet, on the running loop."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from support.fake_transport import FakeProvider, always, answer
from support.plans import CHEAP, MAX_TOKENS, WORST
from support.runs import DIGEST, Job, Setup, work_of
from support.virtual import START, run_virtual

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.engine import pending
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_read import tried_rows
from modelroute_cli.execution.opening import Opening
from modelroute_cli.execution.outfit import Outfit, fit_out
from modelroute_cli.execution.records import AttemptKind, Intent, Outcome, OutcomeKind


@asynccontextmanager
async def outfit_of(job: Job, setup: Setup) -> AsyncIterator[Outfit]:
    """What the next session of a job would be made of."""
    journal = setup.open_journal(job.journal, DIGEST)
    try:
        setup.before(journal)
        opening = Opening.of(job.plan, work_of(job, FakeProvider(always(answer())), setup, journal))
        supply = pending(opening.chosen, tried_rows(job.journal), opening.routes.planned)
        yield fit_out(opening, supply, setup.watcher)
    finally:
        await journal.close()


def with_outfit(job: Job, setup: Setup, act: Callable[[Outfit], object]) -> None:
    """Do something with it, in virtual time."""

    async def acted() -> None:
        async with outfit_of(job, setup) as outfit:
            act(outfit)

    run_virtual(acted())


def sent(attempt: int, row: int) -> Intent:
    """The first attempt of a request, on the cheap model."""
    at = START.isoformat(timespec="microseconds")
    return Intent(attempt, row, AttemptKind.FIRST, CHEAP, "standard", WORST[CHEAP], MAX_TOKENS, at)


def answered(attempt: int, cost_pusd: int, text: str = "paid") -> Outcome:
    """Its answer, which nobody has judged yet."""
    return Outcome(
        attempt=attempt,
        outcome=OutcomeKind.ANSWERED,
        text=text,
        finish_reason="stop",
        input_tokens=100,
        output_tokens=50,
        cost_pusd=PicoUSD(cost_pusd),
    )


def left_behind(job: Job, *records: Intent | Outcome) -> None:
    """A session that wrote these records, and was cut off then."""

    async def written() -> None:
        journal = Journal.open(job.journal, DIGEST)
        for record in records:
            journal.note(record)
        await journal.close()

    run_virtual(written())
