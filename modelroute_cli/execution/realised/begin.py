"""What a session knows of quality when it begins: what to watch, whom to compare with, and what came before."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import polars as pl

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.opening import Opening
from modelroute_cli.execution.realised.bars import bars_of
from modelroute_cli.execution.realised.controls import ControlDesk, Controls
from modelroute_cli.execution.realised.desk import Realised
from modelroute_cli.execution.realised.draw import drawn
from modelroute_cli.execution.realised.journaled import (
    control_spent,
    drifts,
    earlier_controls,
    pairs_frame,
    pairs_in_time,
    seen_frame,
    unpaired,
)
from modelroute_cli.execution.realised.scoring import GATES, Both, Score
from modelroute_cli.execution.realised.watching import ALPHA, Place, Watch
from modelroute_cli.execution.resume import said_again
from modelroute_cli.execution.steps import Later, Next
from modelroute_cli.execution.tickets import Assigned, Ticket, Unjudged
from modelroute_cli.execution.work import Patience
from modelroute_cli.planning.plan import Plan

Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """The control sample as it is begun: whom it asks, how many requests, and the money for it.

    `spare_pusd` is what the plan is expected to leave of the hard cap.
    """

    baseline: str
    requests: int
    budget_pusd: PicoUSD
    spare_pusd: PicoUSD

    @property
    def words(self) -> str:
        """`control sample: 20 requests are answered by `gpt-5` as well, for about $0.05 inside the hard cap`."""
        count = "1 request is" if self.requests == 1 else f"{self.requests:,} requests are"
        told = (
            f"control sample: {count} answered by `{self.baseline}` as well, for about {format_usd(self.budget_pusd)}"
        )
        if self.spare_pusd >= self.budget_pusd:
            return f"{told} inside the hard cap"
        spare = format_usd(PicoUSD(max(self.spare_pusd, 0)))
        return f"{told}; the hard cap leaves {spare} for it: what that does not reach for is not compared"


def realised_of(
    opening: Opening, closed: Callable[[ModelCard], str | None], tell: Callable[[Sample], None], notice: Notice
) -> Realised:
    """What this session learns quality with; `tell` is told of a sample, `notice` of one that cannot be drawn."""
    settings = opening.work.settings
    watches = settings.drift != "ignore"
    share = settings.control_share
    planned = _planned(opening.plan) if watches else {}
    bars, alpha = bars_of(opening.plan.header.measured, planned), ALPHA / 2 if share else ALPHA
    realised = Realised(
        grade=opening.work.grade,
        watch=Watch(planned, bars.answers, alpha),
        pairs=Watch(
            {place: round(count * share) for place, count in planned.items()} if share else {}, bars.pairs, alpha
        ),
        scorers=bars.scorers,
    )
    if share and opening.work.patience is not Patience.CANCEL:
        realised.controls = _controls(opening, closed, realised, notice)
    if realised.controls is not None:
        desk = realised.controls.desk
        realised.baseline = desk.baseline
        spare = opening.work.hard_cap_pusd - opening.plan.header.totals.cost_pusd
        tell(Sample(desk.baseline, len(realised.controls.drawn), desk.budget_pusd, PicoUSD(spare)))
    return realised


def recall(opening: Opening, realised: Realised) -> None:
    """Let the watch see what earlier sessions saw, in its order; StorageError."""
    if not opening.before.answered or not (len(realised.watch) or len(realised.pairs)):
        return
    path = opening.work.journal.path
    for drift in drifts(path):
        realised.leave(Place(drift.template, drift.model))
    templates = opening.plan.assignments.select("row", pl.col("template").cast(pl.String)).collect()
    for template, model, own, control, scorer in _with_template(pairs_in_time(path), templates).iter_rows():
        realised.see_pair(Place(template, model), Both(own, control, scorer))
    for template, model, passed, quality, scorer in _with(seen_frame(path), templates).iter_rows():
        score = Score(float(passed), GATES, passed) if quality is None else Score(quality, scorer, passed)
        realised.seen_before(Place(template, model), score)


def _with(seen: pl.DataFrame, templates: pl.DataFrame) -> pl.DataFrame:
    named = seen.join(templates, on="row", how="left", maintain_order="left")
    return named.select("template", "model", "passed", "quality", "scorer")


def _with_template(pairs: pl.DataFrame, templates: pl.DataFrame) -> pl.DataFrame:
    """Pairs of answers that were not escalated."""
    named = pairs.filter("first").join(templates, on="row", how="left", maintain_order="left")
    return named.select("template", "model", "quality", "control_quality", "scorer")


def _planned(plan: Plan) -> dict[Place, int]:
    """How many requests each model is to answer of each template."""
    sent = plan.assignments.filter(pl.col("duplicate_of").is_null())
    counts = sent.group_by(pl.col("template").cast(pl.String), "model").len().sort("template", "model").collect()
    return {Place(template, model): count for template, model, count in counts.iter_rows()}


def _controls(
    opening: Opening, closed: Callable[[ModelCard], str | None], realised: Realised, notice: Notice
) -> Controls | None:
    """The sample; None, and the reason told, where there is nobody to compare with."""
    plan, work, routes = opening.plan, opening.work, opening.routes
    baseline = next((base for base in plan.header.baselines if base.kind == "chosen" and base.model), None)
    name = None if baseline is None else baseline.model
    if baseline is None or name is None or name not in routes.rates:
        notice("no control sample: the plan has no baseline with a price")
        return None
    rules = control_rules(plan, name)
    if not rules:
        notice(f"no control sample: no rule of the plan lets `{name}` see a request")
        return None
    share, most = work.settings.control_share, work.settings.control_budget
    known = baseline.cost_pusd is not None  # its share of the bill is then as good as one of the requests
    chosen = drawn(plan.assignments, rules, min(share, most) if known else share, work.seed)
    desk = ControlDesk(
        baseline=name,
        routes=routes,
        request=work.request,
        closed=lambda model: closed(routes.models[model]),
        note=work.journal.note,
        compared=realised.compared,
        now=lambda: work.clock.now().isoformat(timespec="microseconds"),
        budget_pusd=_budget(plan, baseline.cost_pusd, most),
        spent_pusd=control_spent(work.journal.path),
        before=earlier_controls(work.journal.path),
        said=partial(said_again, work.journal.path),
    )
    return Controls(desk, _not_compared(opening, chosen))


def control_rules(plan: Plan, baseline: str) -> frozenset[str]:
    """The rules whose requests the baseline may be shown; a plan that does not say: those that it is routed to."""
    told = plan.header.control_rules
    if told is not None:
        return frozenset(told)
    return frozenset(rule for rule, models in plan.header.allowed.items() if baseline in models)


def _budget(plan: Plan, baseline_pusd: int | None, share: float) -> PicoUSD:
    """A share of what the baseline would cost for everything; of the plan's own cost where that is unknown."""
    whole = plan.header.totals.cost_pusd if baseline_pusd is None else baseline_pusd
    return PicoUSD(int(whole * share))


def _not_compared(opening: Opening, chosen: dict[int, Assigned]) -> dict[int, Assigned]:
    done = set(pairs_frame(opening.work.journal.path)["row"]) if opening.before.answered else set()
    return {row: assigned for row, assigned in chosen.items() if row not in done}


async def take_up_controls(
    opening: Opening,
    controls: Controls,
    again: Callable[[Unjudged], Awaitable[Next]],
    follow: Callable[[Next], None],
) -> None:
    """Go on with the comparisons that an earlier session left; what it may have paid for is not asked again."""
    if opening.goal <= opening.before.done:
        return
    for found in unpaired(opening.work.journal.path):
        if found.final.row not in controls.drawn:
            continue
        assert found.final.attempt is not None  # noqa: S101 - it was accepted
        controls.remember(found.final.row, found.final.attempt, found.own)
        match controls.at_end(found.final).asked:
            case Unjudged() as answer:
                follow(await again(answer))
            case Ticket() as ticket:
                follow(Later(ticket))
            case None:
                pass
