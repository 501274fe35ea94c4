"""Questions before a run: sent through the same engine, under the same hard cap, then the job is planned again."""

import os
from dataclasses import replace

import msgspec

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD, format_usd, round_up, to_decimal
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import RunFlags
from modelroute_cli.cli.job_plan import plan_options
from modelroute_cli.cli.run_keys import find_access
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.session import Session, execute_order
from modelroute_cli.execution.question_folder import asked, questions_path
from modelroute_cli.execution.work import RunOutcome
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning.asking import Asking
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.plan import Plan, Questions
from modelroute_cli.planning.uncertain import answered
from modelroute_cli.report.screen import plural


def ask(order: Order, asking: Asking, session: Session, console: Console) -> RunOutcome:
    """Send the questions that are not answered yet; their journal lies in the run's folder."""
    questions = asking.questions
    console.note(
        f"Asking {questions.model} about {plural(questions.templates, 'template')} first "
        f"({plural(questions.requests, 'request')} whose task type is a guess)"
    )
    folder = order.folder.questions()
    settings = order.workspace.settings
    unwatched = msgspec.structs.replace(settings.run, control_share=0.0, drift="ignore")
    alone = replace(
        order,
        folder=folder,
        workspace=replace(order.workspace, settings=replace(settings, run=unwatched)),
        plan=asking.plan,
        requests=questions_path(order.folder),
        cap_pusd=PicoUSD(min(order.cap_pusd, questions.cost_high_pusd)),
        results=folder.results,
        results_format="jsonl",
    )
    access = find_access(asking.plan, os.environ, emulated=order.emulated, real=session.real)
    return execute_order(alone, replace(session, access=access, again_failed=False), console)


def with_answers(order: Order, job: JobFile, asking: Asking, flags: RunFlags, console: Console) -> Order:
    """The order with the job planned again by the answers, under the cap that was accepted and for the same objective.

    InfeasibleError when no such plan meets what was asked.
    """
    questions = asked(order.folder, asking.plan, asking.questions)
    plan = _planned(order, job, questions, flags, order.cap_pusd)
    console.note(_told(questions, order.plan))
    return replace(order, plan=plan, asking=None)


def with_own_cap(order: Order, job: JobFile, flags: RunFlags) -> Order:
    """The same under the cap that follows from the new plan's own cost, for somebody to accept."""
    questions = order.plan.header.questions
    if questions is None:
        return order
    plan = _planned(order, job, questions, flags, None)
    return replace(order, plan=plan, cap_pusd=plan.header.hard_cap_pusd)


def too_dear(order: Order, dearer: Order) -> InfeasibleError:
    """By the answers, the job costs more than what was accepted; `dearer` has the cap it would need."""
    cost, cap = format_usd(order.plan.header.totals.cost_pusd, estimate=True), format_usd(order.cap_pusd)
    message = (
        f"by the answers, the whole job is expected to cost {cost}, more than the hard cap of {cap}; "
        "only the questions were sent"
    )
    needed = f"{round_up(to_decimal(dearer.cap_pusd)):f}"
    hint = f"type the same command with `--max-cost {needed}`: nothing is asked twice"
    return InfeasibleError(message, hint=hint)


def _planned(order: Order, job: JobFile, questions: Questions, flags: RunFlags, cap: PicoUSD | None) -> Plan:
    """The plan by the answers, for the objective of the plan that was accepted."""
    workspace, objective = order.workspace, order.plan.header.objective
    if objective.max_cost is not None and flags.max_cost is not None:
        objective = msgspec.structs.replace(objective, max_cost=flags.max_cost)
    settings = replace(workspace.settings, objective=objective)
    options = replace(plan_options(workspace, flags), questions=questions, accepted_cap_pusd=cap)
    known = replace(job, requests=answered(job.requests, questions.answers or {}))
    return make_plan(known, workspace.catalog, settings, options)


def _told(questions: Questions, before: Plan) -> str:
    """How many answers there are and what they cost."""
    said = questions.answers or {}
    cost = format_usd(questions.spent_pusd)
    rest = questions.templates - len(said)
    left = f"; {plural(rest, 'template')} without a usable answer stay as guessed" if rest else ""
    projected = format_usd(before.header.totals.cost_pusd, estimate=True)
    return f"{plural(len(said), 'answer')} for {cost}{left}. Planning again (guessed types: {projected})"
