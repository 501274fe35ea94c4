"""What `certify` is about: the pilot, the ladder of plans it led to, and the hold-out that tests them."""

import hashlib
from dataclasses import dataclass, replace

import msgspec
from msgspec import structs

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.cli.flags_measured import CertifyFlags
from modelroute_cli.cli.job_plan import index_job, plan_options
from modelroute_cli.cli.job_reading import job_reading
from modelroute_cli.cli.ladder_plans import Making, plans
from modelroute_cli.cli.pilot_order import PilotOrder, judge_named
from modelroute_cli.cli.use_pilot import UsedPilot, facts_of, pilot_for
from modelroute_cli.cli.workspace import HOLD_OUTS, Workspace
from modelroute_cli.execution.journal_answers import ended_rows
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.pilot.budget import ceiling
from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.folder import PilotFolder
from modelroute_cli.pilot.groups import regrouped
from modelroute_cli.pilot.promise.expected import Terms
from modelroute_cli.pilot.promise.field import Asked, Field, design_of, hold_out_of, make_field
from modelroute_cli.pilot.promise.hold_out import HoldOut
from modelroute_cli.pilot.promise.kept import read_hold_out
from modelroute_cli.pilot.promise.rungs import LadderPlan, ladder
from modelroute_cli.pilot.promise.sizing import (
    Money,
    RungSize,
    drawn_count,
    expected_count,
    money_of,
    rung_sizes,
)
from modelroute_cli.planning.measurable import Measurable, measurable

_NO_PILOT = "there is no finished pilot of this job under these settings and flags: no plan to certify"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifyOrder:
    """A ladder with what it takes to test it; `held` and `sending` None: too small, nothing is to be sent."""

    source: str  # the job file, as typed
    used: UsedPilot
    asked: Asked
    field: Field
    sizes: tuple[RungSize, ...]
    money: Money
    bill_pusd: PicoUSD
    expected: int | None  # draws after which the cheapest rung within reach is likely certified
    held: HoldOut | None = None
    sending: PilotOrder | None = None  # the hold-out as a pilot of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """Everything that an order is made of."""

    flags: CertifyFlags
    making: Making
    used: UsedPilot
    asked: Asked
    measurable: Measurable
    field: Field


def promise_of(workspace: Workspace) -> Promise:
    """What is to be promised: `--baseline-share` with `--confidence`; UsageError where no share is asked for."""
    objective = workspace.settings.objective
    if not objective.baseline_share:
        message = "there is nothing to promise: no share of the baseline's quality is asked for"
        raise UsageError(message, hint="say which, as in `--baseline-share 0.97`")
    return Promise(objective.baseline_share, objective.confidence)


def make_certify_order(flags: CertifyFlags, workspace: Workspace) -> CertifyOrder:
    """The ladder and the hold-out that the flags name; every error of files, settings or planning is met here."""
    ground = _ground(flags, workspace)
    most = ceiling(flags.certify_budget, ground.measurable.bill_pusd, "--certify-budget")
    money = money_of(ground.field, flags.seed, most)
    allowed = min(money.most, len(ground.field.rows))
    terms = Terms(ground.asked.promise, ground.asked.method, allowed)
    sizes = rung_sizes(ground.field, ground.used.folder.measured(ground.field.baseline), terms)
    order = CertifyOrder(
        source=ground.making.job.source,
        used=ground.used,
        asked=ground.asked,
        field=ground.field,
        sizes=sizes,
        money=money,
        bill_pusd=ground.measurable.bill_pusd,
        expected=expected_count(sizes, allowed),
    )
    count = _count(order, flags, allowed)
    return order if not count or not ground.field.rungs else _with_hold_out(order, ground, count)


def _ground(flags: CertifyFlags, workspace: Workspace) -> _Ground:
    """The pilot, and what its plans leave to draw."""
    promise = promise_of(workspace)
    job = regrouped(index_job(flags.jobs, job_reading(flags, workspace.settings, workspace.at)))
    used = pilot_for(job, workspace, flags, emulated=is_emulated(flags))
    if used is None or used.measured is None:
        raise UsageError(_NO_PILOT, hint=f"measure first: `modelroute pilot {flags.jobs}` with the same flags")
    options = plan_options(workspace, flags)
    making = Making(job, workspace, replace(options, measured=used.measured))
    method = Method.FIXED if flags.fixed else Method.ANY_TIME
    asked = Asked(pilot_id=used.folder.pilot_id, promise=promise, method=method)
    measured = used.folder.facts()
    judge = judge_named(measured.scorer, measured.judge, workspace.settings)
    ground = measurable(job, workspace.catalog, workspace.settings, options, judge)
    rungs = _rungs(making, promise, ground)
    field = make_field(ground, rungs, _asked_rows(used))
    return _Ground(flags=flags, making=making, used=used, asked=asked, measurable=ground, field=field)


def is_emulated(flags: CertifyFlags) -> bool:
    """Whether nothing goes to a provider."""
    return flags.emulator or flags.emulator_url is not None


def _rungs(making: Making, promise: Promise, ground: Measurable) -> tuple[LadderPlan, ...]:
    return ladder(plans(making, promise.ratio), ground.bill_pusd)


def _asked_rows(used: UsedPilot) -> frozenset[int]:
    """The rows of the job that the pilot asked of anybody."""
    pairs = tuple(used.folder.design().pairs())
    return frozenset(pairs[own].row for own in ended_rows(used.folder.run.journal))


def _count(order: CertifyOrder, flags: CertifyFlags, allowed: int) -> int:
    """How many requests are drawn; 0 where what was asked for is out of reach. UsageError for --rows over the money."""
    if flags.rows is None:
        return 0 if order.expected is None else drawn_count(order.expected, order.asked.method, allowed)
    count = min(flags.rows, len(order.field.rows))
    if count > order.money.most:
        cost, budget = format_usd(order.money.of(count), estimate=True), format_usd(order.money.budget_pusd)
        message = f"--rows: {count:,} requests cost {cost}, too much for a budget of {budget}"
        raise UsageError(message, hint=f"ask {order.money.most:,} at most, or raise `--certify-budget`")
    return count


def _with_hold_out(order: CertifyOrder, ground: _Ground, count: int) -> CertifyOrder:
    """The order with what was drawn, now or when it was begun."""
    run = RunFolder(HOLD_OUTS, hold_out_id(order))
    folder, continues = PilotFolder(run), run.exists()
    places = ground.field.draw(count, ground.flags.seed)
    budget = order.money.budget_pusd
    flags, making, facts = ground.flags, ground.making, ground.used.folder.facts()
    design = folder.design() if continues else design_of(ground.field, places.rows.tolist(), ground.flags.seed, budget)
    sending = PilotOrder(
        folder=folder,
        workspace=making.workspace,
        job=making.job,
        how=job_reading(flags, making.workspace.settings, making.workspace.at),
        design=design,
        facts=structs.replace(facts_of(flags, making.workspace, facts.scorer), judge=facts.judge),
        options=replace(making.options, measured=None),
        emulated=is_emulated(flags),
        continues=continues,
        cap_pusd=design.ceiling_pusd,
    )
    held = read_hold_out(run.path) if continues else hold_out_of(ground.field, places, order.asked)
    return replace(order, held=held, sending=sending)


def hold_out_id(order: CertifyOrder) -> str:
    """One hold-out for one promise of one ladder: what was drawn cannot be drawn again until it comes out well."""
    promise = order.asked.promise
    named = [order.asked.pilot_id, promise.ratio, promise.confidence, [each.digest for each in order.field.rungs]]
    return hashlib.sha256(msgspec.json.encode(named)).hexdigest()[:12]
