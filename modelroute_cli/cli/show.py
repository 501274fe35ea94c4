"""`modelroute show`: a plan again, or one of its requests."""

from datetime import datetime
from difflib import get_close_matches

import polars as pl

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.cli.budget_gate import checked, gate_code, gate_of_plan
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import ShowFlags
from modelroute_cli.cli.job_plan import index_job
from modelroute_cli.cli.job_reading import JobReading, wanted_by_rules
from modelroute_cli.cli.workspace import SPOOL, open_workspace
from modelroute_cli.features.classify import Classifier
from modelroute_cli.jobs.given import folder_of
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.jobs.reading import Reading
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.explain import explain
from modelroute_cli.planning.plan import Plan
from modelroute_cli.planning.redaction import as_planned, redacted_in
from modelroute_cli.planning.uncertain import answered
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.plan_screen import plan_screen
from modelroute_cli.report.request_screen import RequestSummary, request_screen, request_summary
from modelroute_cli.report.summary import plan_summary

_SEARCHED = 100_000  # ids that are searched for a near one


def show(flags: ShowFlags, console: Console) -> ExitCode:
    """Show a plan file, or why one request of it got its model."""
    plan = plan_file.read(flags.plan)
    if flags.request is None:
        summary = checked(plan_summary(plan), gate_of_plan(flags, plan.header.objective))
        if flags.as_json:
            console.say(to_json(summary))
        else:
            console.show(plan_screen(summary, console.width))
        return gate_code(summary, console)
    about = _explained(plan, _assigned(plan, flags.request), flags)
    if flags.as_json:
        console.say(to_json(about))
    else:
        console.show(request_screen(about, console.width))
    return ExitCode.OK


def _assigned(plan: Plan, custom_id: str) -> pl.DataFrame:
    """The assignment of one request; UsageError with the nearest id when the plan has none."""
    found = plan.assignments.filter(pl.col("custom_id") == custom_id).collect()
    if found.height:
        return found
    near = get_close_matches(
        custom_id, plan.assignments.select("custom_id").head(_SEARCHED).collect()["custom_id"].to_list(), n=1
    )
    message = f"--request: the plan has no request `{custom_id}`"
    raise UsageError(message, hint=f"did you mean `{near[0]}`?" if near else "type a `custom_id` of the job file")


def _explained(plan: Plan, assigned: pl.DataFrame, flags: ShowFlags) -> RequestSummary:
    """The request read and described again, with what every allowed model would cost it."""
    space = open_workspace(flags.config, None, {})
    path = locate(plan.header.job, SPOOL)
    reading = Reading(ignore_models=plan.header.job.reading.ignore_models)
    wanted = wanted_by_rules(space.settings)
    at = datetime.fromisoformat(plan.header.prices_at)
    how = JobReading(
        reading=reading,
        images=None,
        max_side=plan.header.job.max_side,
        privacy=space.settings.privacy,
        wanted=wanted,
        at=at,
    )
    job = index_job(str(path), how, folder_of(plan.header.job.source))
    questions = plan.header.questions
    known = answered(job.requests, questions.answers or {} if questions else {})
    described = known.filter(pl.col("custom_id") == assigned["custom_id"][0]).collect()
    with RequestReader(path, ignore_models=reading.ignore_models) as reader:
        request = reader.at(assigned["offset"][0], assigned["length"][0])
    guessed = described["task_source"][0] == "classifier"
    evidence = Classifier.load().classify(request).evidence if guessed else ()
    rule, order = assigned["rule"][0], plan.header.redaction
    described = as_planned(described, request, rule, order)
    about = explain(described, plan.header, space.catalog, space.settings, at)
    redacted = redacted_in(request, rule, order)
    return request_summary(about, assigned, evidence, questions, redacted)
