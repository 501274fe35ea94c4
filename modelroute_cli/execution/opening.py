"""What a session of a run begins with: the plan, what the engine acts through, and what was done and spent before."""

from dataclasses import dataclass, replace

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_read import RunState, read_state
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.work import RunWork
from modelroute_cli.planning.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A session before anything is sent."""

    plan: Plan
    work: RunWork
    routes: Routes
    before: RunState  # see `state_of`
    chosen: pl.LazyFrame  # the ASSIGNMENTS that this session may send

    @classmethod
    def of(cls, plan: Plan, work: RunWork) -> "Opening":
        """The opening of the next session; StorageError when the journal cannot be read."""
        return cls(plan=plan, work=work, routes=Routes.of(plan), before=state_of(work), chosen=_chosen(plan, work))

    @property
    def goal(self) -> int:
        """How many requests will have ended when this session has done all that it may."""
        only = self.work.only
        return self.plan.header.totals.requests if only is None else self.before.done + len(only)


def state_of(work: RunWork) -> RunState:
    """What the journal knows, with what was spent before under the same cap; StorageError."""
    state, before = read_state(work.journal.path), work.before
    spent, held = state.spent_pusd + before.spent_pusd, state.held_pusd + before.held_pusd
    return replace(state, spent_pusd=PicoUSD(spent), held_pusd=PicoUSD(held))


def _chosen(plan: Plan, work: RunWork) -> pl.LazyFrame:
    return plan.assignments if work.only is None else plan.assignments.filter(pl.col("row").is_in(work.only))
