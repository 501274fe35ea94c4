"""`plan --max-cost 20 --fail-above`: a plan is made as if no amount had been named, then held against it."""

from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.base.money import PicoUSD, format_usd, from_usd
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import PlanFlags, ShowFlags
from modelroute_cli.cli.workspace import Workspace, usd
from modelroute_cli.report.summary import BudgetCheck, PlanSummary

_NO_AMOUNT = "there is no amount that a plan could be above"


@dataclass(frozen=True, slots=True)
class BudgetGate:
    """The amount, and which cost is not to pass it."""

    budget_pusd: PicoUSD
    by: Literal["projected", "high"]


def gated(workspace: Workspace, flags: PlanFlags) -> tuple[Workspace, PlanFlags, BudgetGate | None]:
    """Workspace and flags without the amount, and the gate that it is for; as they are where no gate is asked for.

    UsageError where neither a flag nor a setting names an amount.
    """
    objective = workspace.settings.objective
    gate = _gate(flags, objective)
    if gate is None:
        return workspace, flags, None
    free = replace(workspace.settings, objective=msgspec.structs.replace(objective, max_cost=None))
    return replace(workspace, settings=free), replace(flags, max_cost=None), gate


def gate_of_plan(flags: ShowFlags, objective: Objective) -> BudgetGate | None:
    """The gate for a plan that was made before: by the flag's amount, else by that the plan was asked to keep."""
    amount = usd(flags.max_cost)
    if amount is not None and not (flags.fail_above or flags.fail_above_high):
        message = "--max-cost: a plan that is made already is only held against an amount"
        raise UsageError(message, hint="add `--fail-above`")
    return _gate(flags, objective if amount is None else msgspec.structs.replace(objective, max_cost=amount))


def _gate(flags: PlanFlags | ShowFlags, objective: Objective) -> BudgetGate | None:
    if not (flags.fail_above or flags.fail_above_high):
        return None
    if objective.max_cost is None:
        flag = "--fail-above" if flags.fail_above else "--fail-above-high"
        message = f"{flag}: {_NO_AMOUNT}"
        raise UsageError(message, hint="add `--max-cost 20`")
    return BudgetGate(from_usd(objective.max_cost), "high" if flags.fail_above_high else "projected")


def checked(summary: PlanSummary, gate: BudgetGate | None) -> PlanSummary:
    """The summary with what the gate says; at the amount exactly, a plan is not above it."""
    if gate is None:
        return summary
    totals = summary.totals
    cost = totals.cost_range_pusd if gate.by == "high" else totals.cost_pusd
    check = BudgetCheck(budget_pusd=gate.budget_pusd, by=gate.by, cost_pusd=cost)
    return msgspec.structs.replace(summary, budget=check, over_budget=cost > gate.budget_pusd)


def gate_code(summary: PlanSummary, console: Console) -> ExitCode:
    """0, or 3 for a plan above its budget, saying so."""
    check = summary.budget
    if check is None:
        return ExitCode.OK
    console.note(f"\n{gate_text(check, over=summary.over_budget is True)}", "error" if summary.over_budget else "")
    return ExitCode.INFEASIBLE if summary.over_budget else ExitCode.OK


def gate_text(check: BudgetCheck, *, over: bool) -> str:
    """`over budget: the plan is expected to cost ~$25.10, more than $20.000`."""
    cost, budget = format_usd(check.cost_pusd, estimate=True), format_usd(check.budget_pusd)
    costs = f"may cost up to {cost} (90% range)" if check.by == "high" else f"is expected to cost {cost}"
    return f"{'over' if over else 'within'} budget: the plan {costs}, {'more than' if over else 'at most'} {budget}"
