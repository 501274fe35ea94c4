"""Where a run stands, soon even for a million requests: from what its process tells, else by sums of its journal.

Nothing here reads an answer or makes an object of an attempt; the report does that, for runs that ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.in_doubt import Doubt, in_doubt
from modelroute_cli.execution.journal_batches import batches
from modelroute_cli.execution.journal_totals import (
    ModelSums,
    ended,
    ended_rows,
    failures,
    last_cap,
    model_sums,
    slim_attempts,
)
from modelroute_cli.execution.live import Live, read_live
from modelroute_cli.execution.realised.journaled import drifts
from modelroute_cli.execution.run_folder import Holder, RunFolder
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.handed_in import HandedIn, handed_in, reserved
from modelroute_cli.report.realised import FallLine, fall_lines
from modelroute_cli.report.run_summary import asked_first, question_line
from modelroute_cli.report.run_types import FailureLine, Projection, QuestionLine
from modelroute_cli.report.summary import PlanJob, plan_job
from modelroute_cli.report.usage import Expecting, projected

_IDS_SHOWN = 3


class StatusCounts(Struct, frozen=True, kw_only=True):
    """Requests of a run; all but `requests` and `duplicates` leave duplicates out."""

    requests: int
    duplicates: int
    accepted: int
    failed: int
    waiting: int  # those in flight among them


class StatusMoney(Struct, frozen=True, kw_only=True):
    """What the plan expects, what was spent, what may have been billed beyond it, and what never can be passed."""

    projected_pusd: PicoUSD
    spent_pusd: PicoUSD
    held_pusd: PicoUSD
    hard_cap_pusd: PicoUSD
    handed_in_pusd: PicoUSD = PicoUSD(0)  # reserved for what is handed in and not collected; no part of what is held


class RunStatus(Struct, frozen=True, kw_only=True):
    """Everything that is said of where a run stands."""

    kind: str
    run_id: str
    state: str  # running, unfinished, finished
    emulated: bool
    job: PlanJob
    counts: StatusCounts
    money: StatusMoney
    questions: QuestionLine | None
    projection: Projection | None  # None while it runs, and once nothing is open
    models: tuple[ModelSums, ...]  # empty while it runs: `live` has them
    doubt: tuple[Doubt, ...]  # what was in flight when it was cut off; empty while it runs
    failures: tuple[FailureLine, ...]
    holder: Holder | None  # the process that executes it
    live: Live | None  # what that process tells
    start_at: str | None = None  # when it was planned to begin, ISO, UTC; None: at once
    handed_in: tuple[HandedIn, ...] = ()  # what providers have, to be collected later
    falls: tuple[FallLine, ...] = ()  # models that did worse on a template; while it runs, what its process tells


@dataclass(frozen=True, slots=True)
class _Spent:
    """Money that is gone or may be."""

    spent_pusd: int
    held_pusd: int


def run_status(folder: RunFolder) -> RunStatus:
    """Where the run in `folder` stands; StorageError, PlanFileError."""
    plan, holder = plan_file.read(folder.plan), folder.holder()
    live = None if holder is None else _told_by(holder, folder)
    if live is not None and not live.asking:
        return _running(folder, plan, live, holder)
    return _resting(folder, plan, live, holder)


def _told_by(holder: Holder, folder: RunFolder) -> Live | None:
    """What this process told last; what one before it left behind when it was killed is nothing."""
    live = read_live(folder.live)
    if live is None or datetime.fromisoformat(live.at) < datetime.fromisoformat(holder.since):
        return None
    return live


def _running(folder: RunFolder, plan: Plan, live: Live, holder: Holder | None) -> RunStatus:
    """By what its process told last."""
    told = live.progress
    views = batches(folder.journal) if told.batches else ()
    return RunStatus(
        kind="run",
        run_id=folder.run_id,
        state="running",
        emulated=folder.meta().emulated,
        job=plan_job(plan.header),
        counts=_counts(plan, told.done - told.failed, told.failed),
        money=StatusMoney(
            projected_pusd=plan.header.totals.cost_pusd,
            spent_pusd=told.spent_pusd,
            held_pusd=told.held_pusd,
            hard_cap_pusd=told.cap_pusd,
            handed_in_pusd=reserved(views),
        ),
        questions=question_line(plan.header.questions),
        projection=None,
        models=(),
        doubt=(),
        failures=_failures(folder, plan) if told.failed else (),
        holder=holder,
        live=live,
        start_at=plan.header.start_at,
        handed_in=handed_in(views, plan.header),
    )


def _resting(folder: RunFolder, plan: Plan, live: Live | None, holder: Holder | None) -> RunStatus:
    """By its journal; one that has none was stopped while it asked about templates, or asks yet."""
    there = folder.journal.exists()
    views = batches(folder.journal) if there else ()
    models = model_sums(folder.journal) if there else ()
    done = ended(folder.journal) if there else None
    counts = _counts(plan, done.accepted if done else 0, done.failed if done else 0)
    questions = asked_first(folder, plan)
    before = _Spent(questions.spent_pusd, questions.held_pusd) if questions else _Spent(0, 0)
    spent = PicoUSD(before.spent_pusd + sum(sums.cost_pusd for sums in models))
    cap = last_cap(folder.journal) if there else None
    return RunStatus(
        kind="run",
        run_id=folder.run_id,
        state=_state(counts, holder),
        emulated=folder.meta().emulated,
        job=plan_job(plan.header),
        counts=counts,
        money=StatusMoney(
            projected_pusd=plan.header.totals.cost_pusd,
            spent_pusd=spent,
            held_pusd=PicoUSD(before.held_pusd + sum(sums.held_pusd for sums in models) - reserved(views)),
            hard_cap_pusd=plan.header.hard_cap_pusd if cap is None else cap,
            handed_in_pusd=reserved(views),
        ),
        questions=question_line(questions),
        projection=_projection(folder, plan, spent) if there and counts.waiting and holder is None else None,
        models=models,
        doubt=in_doubt(folder.journal) if there and holder is None else (),
        failures=_failures(folder, plan),
        holder=holder,
        live=live,
        start_at=plan.header.start_at,
        handed_in=handed_in(views, plan.header),
        falls=fall_lines(drifts(folder.journal)) if there else (),
    )


def _state(counts: StatusCounts, holder: Holder | None) -> str:
    if holder is not None:
        return "running"
    return "unfinished" if counts.waiting else "finished"


def _counts(plan: Plan, accepted: int, failed: int) -> StatusCounts:
    totals = plan.header.totals
    return StatusCounts(
        requests=totals.requests + totals.duplicates,
        duplicates=totals.duplicates,
        accepted=accepted,
        failed=failed,
        waiting=totals.requests - accepted - failed,
    )


def _projection(folder: RunFolder, plan: Plan, spent: PicoUSD) -> Projection | None:
    """What it comes to when every open request is sent once."""
    numbers = ("input_tokens", "output_tokens", "reasoning_tokens", "cost_pusd", "cost_low_pusd", "cost_range_pusd")
    assignments = plan.assignments.select("row", "model", "duplicate_of", *numbers).collect()
    attempts, done = slim_attempts(folder.journal), ended_rows(folder.journal)
    return projected(attempts, done, assignments, Expecting(plan.header.rate_cards, spent))


def _failures(folder: RunFolder, plan: Plan) -> tuple[FailureLine, ...]:
    """Why requests failed, with the first of each reason."""
    found = failures(folder.journal, _IDS_SHOWN) if folder.journal.exists() else ()
    ids = _ids(plan, [row for line in found for row in line.rows])
    return tuple(
        FailureLine(
            reason=line.reason or "not said", requests=line.requests, custom_ids=tuple(ids[row] for row in line.rows)
        )
        for line in found
    )


def _ids(plan: Plan, rows: list[int]) -> Mapping[int, str]:
    """The names of these requests."""
    if not rows:
        return {}
    named = plan.assignments.filter(pl.col("row").is_in(rows)).select("row", "custom_id").collect()
    return dict(named.iter_rows())
