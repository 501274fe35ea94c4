"""Plans of a job by its pilot, each for another share of the baseline's quality; and the baseline's own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from msgspec import structs

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.cli.workspace import Workspace
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.pilot.promise.rungs import LadderPlan, plan_digest, targets
from modelroute_cli.planning.header import PlanOptions
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class Making:
    """What all plans of a ladder are made of; `options` hold what was measured."""

    job: JobFile
    workspace: Workspace
    options: PlanOptions


def plans(making: Making, asked: float) -> Iterator[LadderPlan]:
    """A plan for each target that can be reached, the safest first."""
    for target in targets(asked):
        try:
            plan = plan_for(making, target)
        except InfeasibleError:
            continue
        yield LadderPlan(target, plan, plan_digest(plan))


def plan_for(making: Making, target: float) -> Plan:
    """The cheapest plan that keeps `target` times the baseline's quality; InfeasibleError."""
    objective = structs.replace(making.workspace.settings.objective, baseline_share=target, max_cost=None)
    return _made(making, objective, making.options)


def plan_of_baseline(making: Making) -> Plan:
    """Every request to the baseline; InfeasibleError or SettingsError where rules keep one from it."""
    asked = making.workspace.settings.objective
    objective = structs.replace(asked, baseline_share=None, min_quality=0.0, max_cost=None)
    return _made(making, objective, replace(making.options, models=(asked.baseline,)))


def _made(making: Making, objective: Objective, options: PlanOptions) -> Plan:
    settings = replace(making.workspace.settings, objective=objective)
    return make_plan(making.job, making.workspace.catalog, settings, options)
