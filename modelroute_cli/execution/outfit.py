"""What a session of a run is made of: every part made once, from the plan and what the engine acts through."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.attempt import Sender
from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.batching.collecting import Checking
from modelroute_cli.execution.batching.depot import Depot, DepotParts
from modelroute_cli.execution.batching.in_hand import began_at
from modelroute_cli.execution.batching.waiting import Waiting
from modelroute_cli.execution.batching.ways import Ways
from modelroute_cli.execution.budget import Budget, Margins
from modelroute_cli.execution.caps import Caps
from modelroute_cli.execution.cheap_hours import CheapHours
from modelroute_cli.execution.climbing import Climbing, Doors, Standing
from modelroute_cli.execution.dispatch import Dispatcher
from modelroute_cli.execution.earlier import Earlier
from modelroute_cli.execution.gatekeeper import Gatekeeper
from modelroute_cli.execution.health import Health
from modelroute_cli.execution.journal_totals import totals_by_model
from modelroute_cli.execution.judging.commands import Commands
from modelroute_cli.execution.judging.judges import Judges
from modelroute_cli.execution.judging.weighing import Weighing
from modelroute_cli.execution.limits import Lanes, Pass
from modelroute_cli.execution.meter import Meter
from modelroute_cli.execution.observed import Learned
from modelroute_cli.execution.opening import Opening
from modelroute_cli.execution.pacer import Pacer
from modelroute_cli.execution.progress import Instruments, Reporter, Tally
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.realised.begin import Sample, realised_of
from modelroute_cli.execution.realised.desk import Realised
from modelroute_cli.execution.realised.falling import FallDesk
from modelroute_cli.execution.records import EventKind
from modelroute_cli.execution.replanning import Desk, Replanner
from modelroute_cli.execution.retry import RetryPolicy
from modelroute_cli.execution.sharing import limit_drawn_on, sharing
from modelroute_cli.execution.sizing import Sizing
from modelroute_cli.execution.steps import Next, Steps
from modelroute_cli.execution.supply import Supply
from modelroute_cli.execution.teller import Teller
from modelroute_cli.execution.warmth import Warmth, reads_cache
from modelroute_cli.execution.work import Observer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What decides what is sent when: money, pace, health, order."""

    purse: Purse
    lanes: Lanes
    health: Health
    dispatcher: Dispatcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What decides where a request goes next, after an answer, a failure or a closed model."""

    climbing: Climbing | None  # None: the plan does not say what else it allows
    steps: Steps
    gatekeeper: Gatekeeper
    weighing: Weighing
    replanner: Replanner
    realised: Realised
    after_falls: FallDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """All parts of a session, and what it began with."""

    opening: Opening
    teller: Teller
    sending: Sending
    following: Following
    sender: Sender
    tally: Tally
    meter: Meter
    reporter: Reporter
    pacer: Pacer
    ways: Ways


def fit_out(opening: Opening, supply: Supply, observer: Observer) -> Outfit:
    """The parts of a session that sends the requests of `supply` for the first time; StorageError."""
    work, before = opening.work, opening.before
    teller = Teller(work, observer)
    sending = _sending(opening, supply, teller)
    following = _following(opening, sending, teller)
    tally = Tally(opening.goal, before.accepted, before.failed)
    meter = Meter.going_on(totals_by_model(work.journal.path) if before.attempts else {})
    return Outfit(
        opening=opening,
        teller=teller,
        sending=sending,
        following=following,
        sender=Sender(work, following.steps, sending.health, following.weighing, teller.notice),
        tally=tally,
        meter=meter,
        reporter=Reporter(observer, work.clock, _instruments(opening, sending, tally, meter, following.realised)),
        pacer=Pacer(work, sending.lanes, teller.notice),
        ways=Ways.of(work, opening.routes),
    )


def _sending(opening: Opening, supply: Supply, teller: Teller) -> Sending:
    work, routes, purse, lanes = opening.work, opening.routes, _purse(opening), Lanes()
    health = Health(lanes, routes, _policy(work.settings), work.clock, teller.happened)
    dispatcher = Dispatcher(
        purse,
        partial(_passage, opening, lanes),
        partial(_closing, opening, health),
        Warmth(partial(reads_cache, opening.plan.header)),
        Backlog(supply, sharing(opening.plan.assignments, work.weights, partial(_limit_of, opening))),
    )
    if work.keeps_hours:
        began = began_at(work.journal.path) or work.clock.now()
        dispatcher.keep_hours(CheapHours.of(opening.plan.header, work.clock, began, teller.notice))
    return Sending(purse=purse, lanes=lanes, health=health, dispatcher=dispatcher)


def depot_of(outfit: Outfit, waiting: Waiting, follow: Callable[[Next], None], wake: Callable[[], None]) -> Depot:
    """What hands requests in and collects their answers."""
    sending, following = outfit.sending, outfit.following
    checking = Checking(
        opening=outfit.opening,
        ways=outfit.ways,
        purse=sending.purse,
        claims=sending.dispatcher.claims,
        meter=outfit.meter,
        steps=following.steps,
        weighing=following.weighing,
        follow=follow,
    )
    sending.dispatcher.claims.to_hand_in = lambda: waiting.loads
    parts = DepotParts(
        checking=checking, waiting=waiting, teller=outfit.teller, park=sending.dispatcher.out.park, wake=wake
    )
    depot = Depot(parts)
    sending.dispatcher.claims.set_aside = depot.hands.aside_pusd
    outfit.reporter.show(depot.progress)
    return depot


def _purse(opening: Opening) -> Purse:
    """The money of a session: what earlier ones spent is gone from the hard cap."""
    work, before, routes = opening.work, opening.before, opening.routes
    return Purse(
        Budget(work.hard_cap_pusd, before.spent_pusd, before.held_pusd),
        Margins(),
        Learned.of(opening.plan.header.rate_cards),
        Caps(work.caps, routes.provider_of, work.clock.now().date().isoformat()),
        Sizing(cache(routes.sized)) if work.settings.fit_output_limits else Sizing(),
    )


def _policy(settings: RunSettings) -> RetryPolicy:
    """How patient the user wants a run to be."""
    return RetryPolicy(
        max_attempts=settings.max_attempts, max_unknown=settings.max_unknown, patience_s=settings.patience_s
    )


def _passage(opening: Opening, lanes: Lanes, model: str) -> Pass:
    card = opening.routes.models[model]
    return lanes.passage(card, opening.work.providers[card.provider])


def _limit_of(opening: Opening, model: str) -> str:
    card = opening.routes.models[model]
    return limit_drawn_on(card, opening.work.providers[card.provider])


def _closing(opening: Opening, health: Health, model: str) -> int:
    """The number of the closing that keeps requests from a model; 0 when it is open."""
    closing = health.closing(opening.routes.models[model])
    return 0 if closing is None else closing.number


def _following(opening: Opening, sending: Sending, teller: Teller) -> Following:
    climbing = _climbing(opening, sending)
    steps = _steps(opening, sending, climbing)
    gatekeeper = _gatekeeper(opening, sending.health, teller.program)
    realised = realised_of(opening, sending.health.closed, partial(_tell_sample, teller), teller.notice)
    weighing = Weighing(opening.work, steps, gatekeeper, teller.notice, realised)
    return Following(
        climbing=climbing,
        steps=steps,
        gatekeeper=gatekeeper,
        weighing=weighing,
        replanner=Replanner(_desk(opening, sending, steps, weighing)),
        realised=realised,
        after_falls=_after_falls(opening, sending, realised, teller),
    )


def _climbing(opening: Opening, sending: Sending) -> Climbing | None:
    routes, most_steps = opening.routes, opening.work.settings.max_escalations
    if routes.reach is None:
        return None
    doors = Doors(sending.health.closed, sending.lanes.gone)
    return Climbing(routes, sending.purse.learned, doors, partial(_standing, sending), most_steps)


def _standing(sending: Sending) -> Standing:
    claims = sending.dispatcher.claims
    return Standing(claims.spare_pusd(), claims.unjudged, sending.purse.budget.left)


def _steps(opening: Opening, sending: Sending, climbing: Climbing | None) -> Steps:
    work = opening.work
    return Steps(
        routes=opening.routes,
        policy=_policy(work.settings),
        max_escalations=work.settings.max_escalations,
        seed=work.seed,
        closed=sending.health.closed,
        gone=sending.lanes.gone,
        ladder=climbing,
    )


def _gatekeeper(opening: Opening, health: Health, log_program: Callable[[str], None]) -> Gatekeeper:
    work, header = opening.work, opening.plan.header
    judges = Judges(
        routes=opening.routes, models=header.judges, terms=header.judge_terms, seed=work.seed, closed=health.closed
    )
    commands = Commands(work.program_env, log_program, {})
    earlier = Earlier(work.journal.path, opening.plan.assignments)
    return Gatekeeper(judges, commands, earlier, default_gates=work.settings.default_gates)


def _desk(opening: Opening, sending: Sending, steps: Steps, weighing: Weighing) -> Desk:
    """What re-plans act on."""
    return Desk(
        steps=steps,
        closing=sending.health.closing,
        read=opening.work.read,
        examined=weighing.stranded,
        dropped=weighing.control_dropped,
        money=sending.dispatcher.claims.spare_pusd,
        by_quality=opening.plan.header.asked_quality is not None,
    )


def _tell_sample(teller: Teller, sample: Sample) -> None:
    """Say that a control sample is drawn, where anything is."""
    if sample.requests:
        teller.happened(EventKind.CONTROL, sample.baseline, sample.words)


def _replans(opening: Opening) -> bool:
    """Whether requests are taken from a model that got worse.

    Beside the run's own first answers later requests may only be harder: without a pilot or pairs that is told alone.
    """
    run = opening.work.settings
    sure = opening.plan.header.measured is not None or run.control_share > 0
    return run.drift == "replan" or (run.drift == "auto" and sure)


def _after_falls(opening: Opening, sending: Sending, realised: Realised, teller: Teller) -> FallDesk:
    """What follows a model that got worse."""
    work, models = opening.work, opening.routes.models
    return FallDesk(
        routes=opening.routes,
        queue=sending.dispatcher,
        read=work.read,
        money=sending.dispatcher.claims.spare_pusd,
        closed=lambda: frozenset(name for name, card in models.items() if sending.health.closed(card) is not None),
        by_quality=opening.plan.header.asked_quality is not None,
        tell=teller.happened,
        note=work.journal.note,
        now=lambda: work.clock.now().isoformat(timespec="microseconds"),
        expect=realised.watch.expect,
        told=realised.told,
        replans=_replans(opening),
    )


def _instruments(opening: Opening, sending: Sending, tally: Tally, meter: Meter, realised: Realised) -> Instruments:
    return Instruments(
        tally,
        sending.dispatcher,
        meter,
        opening.routes,
        opening.work.pace,
        opening.plan.header.totals.cost_pusd,
        sending.lanes.closed,
        opening.work.stop,
        falls=realised.told,
    )
