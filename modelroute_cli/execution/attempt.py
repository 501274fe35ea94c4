"""One attempt, from the reserved money to what comes next; nothing is sent before its intent is durable."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.execution.audit.prompt import prompt_sha256
from modelroute_cli.execution.dispatch import Start
from modelroute_cli.execution.health import Health
from modelroute_cli.execution.hedger import Heard, Hedger, Leg
from modelroute_cli.execution.judging.weighing import Weighing
from modelroute_cli.execution.keys import Credentials
from modelroute_cli.execution.price_limits import price_limits
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.records import AttemptKind, Intent, Redacted
from modelroute_cli.execution.redaction import SealedCall, sealed_call
from modelroute_cli.execution.retry import Setting, StopProvider, SwitchTier, describe, uses_up_a_try
from modelroute_cli.execution.run_log import LogEvent, LogLine
from modelroute_cli.execution.secrets import secrets_of, without_secrets
from modelroute_cli.execution.settle import (
    Sold,
    bill,
    broken,
    learn,
    priced,
    record,
    said,
    storable,
    unreadable,
    unsendable,
    visible_tokens,
)
from modelroute_cli.execution.steps import Next, Steps, counted
from modelroute_cli.execution.tickets import Ticket, Unjudged
from modelroute_cli.execution.work import RunWork
from modelroute_cli.jobs.media_forms import carries_any
from modelroute_cli.providers.base import Answer, Call, Failure, Reply, TransportError, UnsendableError

_NO_CREDENTIALS = Credentials()
_FLEX_TIMEOUT_S = 900.0  # developers.openai.com, guides/flex-processing, 2026-11: 15 minutes is advised


@dataclass(frozen=True, slots=True)
class Ended:
    """What an attempt led to; `refused` when it ends a request because its account refused the key."""

    next: Next
    refused: bool = False
    answered: bool = False
    cost_pusd: PicoUSD | None = None  # what it was billed; None while nobody knows


class Sender:
    """Makes attempts: keeps journal, budget and lanes in step with what comes back."""

    def __init__(
        self, work: RunWork, steps: Steps, health: Health, weighing: Weighing, notice: Callable[[str], None]
    ) -> None:
        self._work = work
        self._steps = steps
        self._health = health
        self._weighing = weighing
        self._notice = notice
        self._secrets = secrets_of(work.credentials)
        self._price_limits = price_limits(steps.routes, work.providers)
        self._told_tiers: set[tuple[str, str]] = set()

    async def attempt(self, start: Start, purse: Purse, hedger: Hedger) -> Ended:
        """Send one request, a slow one twice, and settle it; StorageError when the journal cannot take it."""
        request = self._weighing.request(start.ticket)
        run = partial(self._run, purse, hedger)
        leg = Leg(start, request, self._work.journal.next_attempt(), _about(start.ticket))
        heard = await hedger.heard(leg, run) if hedger.hedges(start.ticket) else await run(leg)
        if isinstance(heard.reply, Answer):
            answer = Unjudged(start.ticket, heard.number, said(heard.reply), visible_tokens(heard.reply))
            following = await self._weighing.answered(answer, request)
            return Ended(following, answered=True, cost_pusd=heard.cost_pusd)
        return replace(self._failed(start, request, heard.reply, heard.setting), cost_pusd=heard.cost_pusd)

    async def _run(self, purse: Purse, hedger: Hedger, leg: Leg) -> Heard:
        """Journal, send, journal, settle."""
        work, start = self._work, leg.start
        sealed = self._sealed(leg)
        await work.journal.write(self._intent(leg, sealed))
        began = work.clock.monotonic()
        reply, redacted = await self._exchange(leg, sealed)
        now = work.clock.monotonic()
        hedger.came(leg, reply, now - began)
        setting = self._health.heard(start, reply)
        sold, ended = self._sold(start.ticket), work.clock.now()
        cost_pusd = bill(reply, sold, ended)
        outcome = record(leg.number, reply, cost_pusd, now - began, priced(reply, sold, ended))
        await work.journal.write_all([outcome] if redacted is None else [outcome, redacted])
        self._settle(start, cost_pusd, purse)
        learn(start.ticket, reply, cost_pusd, purse)
        self._weighing.paid(start.ticket, cost_pusd)
        if isinstance(reply, Failure):
            self._log(start.ticket, reply, leg.number)
        return Heard(leg.number, reply, setting, cost_pusd)

    def _log(self, ticket: Ticket, failure: Failure, number: int) -> None:
        if self._work.log is not None:
            line = LogLine(LogEvent.FAILURE, describe(failure), ticket.assigned.custom_id, ticket.model, number)
            self._work.log.write(self._work.clock.now(), line)

    def _intent(self, leg: Leg, sealed: SealedCall | JobFileError) -> Intent:
        ticket = leg.start.ticket
        sent = leg.request if isinstance(sealed, JobFileError) else sealed.call.request
        return Intent(
            attempt=leg.number,
            row=ticket.assigned.row,
            kind=ticket.kind,
            model=ticket.model,
            service_tier=ticket.service_tier,
            reserved_pusd=leg.start.reserved_pusd,
            max_tokens=ticket.max_tokens,
            started_at=self._work.clock.now().isoformat(timespec="microseconds"),
            about=leg.about,
            prompt_sha256=prompt_sha256(sent),
        )

    def _sold(self, ticket: Ticket) -> Sold:
        return Sold(self._steps.routes.rates[ticket.model], ticket.service_tier)

    def _call(self, start: Start, request: Request, number: int) -> Call:
        card = self._steps.routes.models[start.ticket.model]
        credentials = self._work.credentials.get(card.provider, _NO_CREDENTIALS)
        return Call(
            request=request,
            card=card,
            provider=self._work.providers[card.provider],
            max_tokens=start.ticket.max_tokens,
            service_tier=start.ticket.service_tier,
            key=credentials.key,
            secrets=credentials.secrets,
            client_id=f"{self._work.run_id}-{start.ticket.assigned.row}-{number}",
            prefix=start.ticket.assigned.prefix,
            prefix_chars=start.ticket.assigned.prefix_chars,
            price_limit=self._price_limits.get(card.name),
        )

    async def _exchange(self, leg: Leg, sealed: SealedCall | JobFileError) -> tuple[Reply, Redacted | None]:
        """Send and decode, with what was replaced on the way out; a broken exchange is a failure like any other."""
        if isinstance(sealed, JobFileError):
            return unreadable(sealed), None
        try:
            call, wire = await self._inlined(sealed.call), self._work.formats(sealed.call.provider)
            response = await self._work.transport.send(wire.encode(call), self._patience_s(call))
        except JobFileError as error:
            return unreadable(error), None
        except UnsendableError as error:
            return unsendable(error), None
        except TransportError as error:
            return broken(error), None
        back = sealed.opened(without_secrets(storable(wire.decode(response, call)), self._secrets))
        return back.reply, sealed.record(leg.number, back)

    def _sealed(self, leg: Leg) -> SealedCall | JobFileError:
        """The call as it leaves the machine, or why it may not."""
        ticket, call = leg.start.ticket, self._call(leg.start, leg.request, leg.number)
        try:
            own = leg.request if ticket.examined is None else self._work.request(ticket.assigned)
            return sealed_call(call, ticket, self._steps.routes.redactor, own)
        except JobFileError as error:
            return error

    def _patience_s(self, call: Call) -> float:
        """Seconds that an answer may take: the slower tier's are given a quarter of an hour at least."""
        patience_s = self._work.settings.timeout_s
        return max(patience_s, _FLEX_TIMEOUT_S) if call.service_tier == ServiceTier.FLEX else patience_s

    async def _inlined(self, call: Call) -> Call:
        """The call with what its request carries; files are read in a thread, so that a slow disk holds nobody up."""
        if not carries_any(call.request):
            return call
        fetched = await self._work.fetch(call.request, call.provider)
        return replace(call, request=await asyncio.to_thread(self._work.inline, fetched))

    def _settle(self, start: Start, cost_pusd: PicoUSD | None, purse: Purse) -> None:
        start.money.settle(cost_pusd)
        if cost_pusd is not None and purse.margins.observe(start.ticket.model, start.reserved_pusd, cost_pusd):
            self._notice(
                f"`{start.ticket.model}` billed {format_usd(cost_pusd)} for a request that could cost at most "
                f"{format_usd(start.reserved_pusd)} by its prices and limits; later reservations are raised by as much"
            )

    def _failed(self, start: Start, request: Request, failure: Failure, setting: Setting) -> Ended:
        decision = self._steps.decide(start.ticket, failure, setting)
        self._health.obey(start.ticket.model, decision)
        if isinstance(decision, SwitchTier):
            self._tell_switch(start.ticket, decision.reason)
        ticket = counted(start.ticket, failure, setting) if uses_up_a_try(decision) else start.ticket
        if ticket.kind is AttemptKind.CONTROL:
            return Ended(self._weighing.control_failed(ticket, decision))
        if ticket.examined is not None:
            return Ended(self._weighing.failed(ticket.examined, ticket, decision))
        following = self._steps.after_failure(ticket, decision, request)
        return Ended(following, refused=isinstance(decision, StopProvider))

    def _tell_switch(self, ticket: Ticket, reason: str) -> None:
        """Say once for each model that its tier is not to be had."""
        if (ticket.model, ticket.service_tier) not in self._told_tiers:
            self._told_tiers.add((ticket.model, ticket.service_tier))
            self._notice(f"`{ticket.model}` at {ticket.service_tier} goes at the standard tier instead: {reason}")


def _about(ticket: Ticket) -> int | None:
    """The attempt that a judge is asked about."""
    return None if ticket.examined is None else ticket.examined.answer.attempt
