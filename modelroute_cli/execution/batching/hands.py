"""The batches that a session has in hand: what they take of queues and money, and what is known of them."""

from collections.abc import Collection, Iterator
from datetime import datetime
from math import inf

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.batching.collecting import Checking
from modelroute_cli.execution.batching.in_hand import InHand, began_at, open_lines
from modelroute_cli.execution.batching.packing import Packed, Space
from modelroute_cli.execution.batching.ways import FOLDER, MOST_BYTES, MOST_REQUESTS, Way
from modelroute_cli.execution.budget import Reservation, reserve
from modelroute_cli.execution.journal_batches import batches
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.records import Batch, BatchStepKind, Intent
from modelroute_cli.execution.supply import load_of_rows
from modelroute_cli.execution.tickets import COLUMNS, Ticket
from modelroute_cli.execution.work import BatchProgress

_WORTH_A_BATCH = 0.1  # of what may wait: less than that waits for more room
_FEW_TOKENS = 2_000  # batches below that make no sense


class Hands:
    """Counts them; nothing here speaks to a provider."""

    def __init__(self, checking: Checking) -> None:
        self._with = checking
        self._work = checking.opening.work
        self._hands: dict[int, InHand] = {}
        self._names: set[str] = set()
        self._last = 0
        self._queue_limits: dict[Way, int] = {}
        self._kept_pusd = 0
        self._aside_pusd = 0
        self._counts: dict[Way, int] = {}
        self._tokens: dict[Way, int] = {}
        self.lines_handed_in = 0  # in this session
        self._began_at: datetime | None = None

    def taken_up(self) -> Iterator[InHand]:
        """Those that earlier sessions left open; their money is reserved again. StorageError."""
        for view in batches(self._work.journal.path):
            self._last = view.batch
            self._names.update([view.name] if view.name else [])
            if not view.is_settled:
                hand = InHand.again(view)
                self._keep(hand)
                self._reserve_again(hand)
                yield hand

    def began_at(self) -> datetime:
        """When the first session of this run began, UTC."""
        if self._began_at is None:
            self._began_at = began_at(self._work.journal.path) or self._work.clock.now()
        return self._began_at

    def names(self) -> Collection[str]:
        """What the batches of this run are called at their providers, as far as is known."""
        return self._names | {hand.name for hand in self._hands.values() if hand.name}

    def next_number(self) -> int:
        """A number that no batch of this run has had."""
        self._last += 1
        return self._last

    def space(self, way: Way) -> Space | None:
        """What a further batch of a way may take; None while there is no room for one."""
        terms = self._with.ways.terms_of(way)
        if terms.max_batches is not None and self._taken(way) >= terms.max_batches:
            return None
        limit = min(terms.queue_tokens or inf, self._queue_limits.get(way, inf))
        if limit == inf:
            return Space(terms.max_requests or MOST_REQUESTS, terms.max_bytes or MOST_BYTES, None)
        free = int(limit) - self._tokens.get(way, 0)
        if self._counts.get(way) and free < limit * _WORTH_A_BATCH:
            return None
        return Space(terms.max_requests or MOST_REQUESTS, terms.max_bytes or MOST_BYTES, max(free, 1))

    def set_aside(self, most_pusd: int) -> None:
        """Keep money for what is to be handed in, as far as others leave it: they begin while lines are written."""
        budget = self._with.purse.budget
        free = budget.free - self._with.claims.need_at_once_pusd()
        if budget.reserve(PicoUSD(max(0, min(most_pusd, free)))):
            self._aside_pusd = max(0, min(most_pusd, free))

    def give_back(self) -> None:
        """Nothing more is to be handed in: what was kept for it is free."""
        self._from_aside(self._aside_pusd)

    def aside_pusd(self) -> int:
        """What is kept for what is to be handed in."""
        return self._aside_pusd

    def _from_aside(self, pusd: int) -> None:
        taken = min(pusd, self._aside_pusd)
        self._aside_pusd -= taken
        self._with.purse.budget.settle(PicoUSD(taken), PicoUSD(0))

    def keep_for_others(self) -> None:
        """Look anew at what requests need that are sent by themselves: handing in leaves that alone."""
        self._kept_pusd = self._with.claims.need_at_once_pusd()

    def reserve(self, ticket: Ticket) -> Reservation | None:
        """The most that a line can cost, set aside; None while there is no room for it."""
        purse = self._with.purse
        if ticket.extra:
            return self._with.claims.spare(ticket, self._with.claims.unreserved_need_pusd())
        price = purse.price(ticket)
        if self._aside_pusd:
            self._from_aside(price)
            return reserve(purse.budgets_of(ticket), price)
        if not purse.budget.fits(PicoUSD(price + self._kept_pusd)):
            return None
        return reserve(purse.budgets_of(ticket), price)

    async def made(self, number: int, way: Way, packed: Packed, made_at: datetime) -> InHand:
        """A packed batch, durable with all its intents; StorageError."""
        at = made_at.isoformat(timespec="microseconds")
        due = None if packed.due is None else packed.due.isoformat(timespec="microseconds")
        batch = Batch(
            batch=number,
            provider=way.provider,
            service_tier=way.tier.value,
            model=way.model,
            requests=len(packed.lines),
            input_tokens=packed.tokens,
            bytes=packed.bytes,
            digest=packed.digest,
            tag=packed.tag,
            made_at=at,
            due_at=due,
        )
        await self._work.journal.write_all([batch, *_intents(packed, number, at)])
        for line in packed.lines:
            self._with.claims.flies(line.ticket, line.money.pusd, 1)
            self._with.purse.caps.expect(line.ticket, -1)
        hand = InHand(
            number=number,
            way=way,
            tag=packed.tag,
            requests=len(packed.lines),
            tokens=packed.tokens,
            digest=packed.digest,
            made_at=made_at,
            due=packed.due,
            day=self._with.purse.caps.day,
        )
        self._keep(hand)
        self.lines_handed_in += hand.requests
        return hand

    def _taken(self, way: Way) -> int:
        """How many batches its account has at its tier."""
        shared = (way.provider, way.tier)
        return sum(count for other, count in self._counts.items() if (other.provider, other.tier) == shared)

    def _keep(self, hand: InHand, sign: int = 1) -> None:
        self._counts[hand.way] = self._counts.get(hand.way, 0) + sign
        self._tokens[hand.way] = self._tokens.get(hand.way, 0) + sign * hand.tokens
        if sign > 0:
            self._hands[hand.number] = hand
        else:
            del self._hands[hand.number]

    def is_alone(self, hand: InHand) -> bool:
        """Whether nothing else of this run waits in its account."""
        return not any(
            other is not hand and other.name is not None and other.way.provider == hand.way.provider
            for other in self._hands.values()
        )

    def any_open(self) -> bool:
        """Whether any is in hand."""
        return bool(self._hands)

    def queue_holds_less(self, hand: InHand) -> bool:
        """Remember that an account's queue has no room for so much; whether smaller batches make sense."""
        self._queue_limits[hand.way] = hand.tokens // 2
        return hand.tokens // 2 >= _FEW_TOKENS

    def let_go(self, hand: InHand) -> None:
        """Nothing goes on with it now; one of which every line is checked off takes nothing any more."""
        if hand.step is BatchStepKind.SETTLED:
            self._names.update([hand.name] if hand.name else [])
            self._keep(hand, -1)

    def clear_files(self) -> None:
        """Take away lines and results that a crash left and nothing needs."""
        folder = self._work.journal.path.parent / FOLDER
        needed = {f"{hand.tag}.jsonl" for hand in self._hands.values()}
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.is_file() and path.name not in needed:
                path.unlink(missing_ok=True)

    def progress(self) -> tuple[BatchProgress, ...]:
        """What each provider has at each tier."""
        groups: dict[tuple[str, str], list[InHand]] = {}
        for hand in self._hands.values():
            groups.setdefault((hand.way.provider, hand.way.tier.value), []).append(hand)
        return tuple(_together(provider, tier, hands) for (provider, tier), hands in sorted(groups.items()))

    def _reserve_again(self, hand: InHand) -> None:
        """What was reserved for its open lines is not free, under every cap but that of a day, which counts it gone."""
        lines = open_lines(self._work.journal.path, hand.number)
        purse, assignments = self._with.purse, self._with.opening.plan.assignments
        firsts = {line.row: line for line in lines if not line.extra}
        wanted = pl.LazyFrame({"row": pl.Series(list({line.row for line in lines}), dtype=pl.Int64)})
        rows = assignments.select(COLUMNS).join(wanted, on="row", how="semi").collect()
        tenants = dict(rows.select("row", "tenant").iter_rows())
        for line in lines:
            purse.budget.reserved = PicoUSD(purse.budget.reserved + line.reserved_pusd)
            for room in purse.caps.rooms_on(tenants[line.row], line.model, None):
                room.reserved = PicoUSD(room.reserved + line.reserved_pusd)
                room.held = PicoUSD(room.held - line.reserved_pusd)
        extras = PicoUSD(sum(line.reserved_pusd for line in lines if line.extra))
        for part in rows.filter(pl.col("row").is_in(list(firsts))).partition_by("model"):
            self._with.claims.out_already(part["model"][0], load_of_rows(part), PicoUSD(0))
        if extras:
            self._with.claims.out_already("", Load(), extras)


def _intents(packed: Packed, number: int, at: str) -> Iterator[Intent]:
    for line in packed.lines:
        ticket = line.ticket
        yield Intent(
            attempt=line.attempt,
            row=ticket.assigned.row,
            kind=ticket.kind,
            model=ticket.model,
            service_tier=ticket.service_tier,
            reserved_pusd=line.money.pusd,
            max_tokens=ticket.max_tokens,
            started_at=at,
            batch=number,
            prompt_sha256=line.prompt_sha256,
        )


def _together(provider: str, tier: str, hands: list[InHand]) -> BatchProgress:
    """Some batches of one provider and tier; counts that it does not name are unknown."""
    done = [hand.done for hand in hands]
    dues = [hand.due for hand in hands if hand.due is not None]
    return BatchProgress(
        provider=provider,
        service_tier=tier,
        batches=len(hands),
        requests=sum(hand.requests for hand in hands),
        done=None if all(count is None for count in done) else sum(count or 0 for count in done),
        since=min(hand.submitted_at or hand.made_at for hand in hands).isoformat(timespec="seconds"),
        due_at=min(dues).isoformat(timespec="seconds") if dues else None,
        state=min((_state(hand) for hand in hands), key=_STATES.index),
    )


_STATES = ("handing in", "waiting", "running", "finalizing", "cancelling", "ended", "refused")


def _state(hand: InHand) -> str:
    if hand.name is None:
        return _STATES[0]
    return "waiting" if hand.status is None else hand.status.phase.value
