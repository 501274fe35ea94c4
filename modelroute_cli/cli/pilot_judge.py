"""The judge of a pilot: its questions, sent through the engine under what is left of the pilot's ceiling."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.scoring import ScoringJudge
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.job_plan import index_job
from modelroute_cli.cli.pilot_order import PilotOrder, alone
from modelroute_cli.cli.run_keys import find_access
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.session import Session, execute_order
from modelroute_cli.execution.run_folder import RunFolder, write_whole
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.jobs.given import folder_of
from modelroute_cli.jobs.reading import AS_IT_STANDS
from modelroute_cli.pilot.folder import PilotFolder
from modelroute_cli.pilot.judging_folder import about_path, judging_folder, question_lines, questions_path, said_in
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer
from modelroute_cli.pilot.scorers.bench import JudgeFound, find_judge
from modelroute_cli.pilot.scorers.from_settings import rule_of
from modelroute_cli.pilot.scorers.judge import JudgePlan, Judging, judge_plan
from modelroute_cli.pilot.scorers.telling import judgement_lines
from modelroute_cli.pilot.scorers.verdicts import judged
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.asking import ungated
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.measurable import unbelieved
from modelroute_cli.planning.redaction import saying_so
from modelroute_cli.report.screen import plural


@dataclass(frozen=True, slots=True)
class JudgeWork:
    """Who judges a pilot and what it is asked through."""

    order: PilotOrder
    session: Session
    console: Console
    judge: ScoringJudge


@dataclass(frozen=True, slots=True)
class JudgeSaid:
    """The answers that were judged, and how asking ended."""

    observations: tuple[Observation, ...]
    status: RunStatus


def judge_of(order: PilotOrder, judge: ScoringJudge) -> JudgeFound:
    """The model that judges: none that is measured; SettingsError where nobody is left."""
    writers = sorted({each.model for part in order.design.parts for each in part.models})
    return find_judge(judge.model, order.workspace.catalog, writers, order.design.baseline)


def ask_judge(work: JudgeWork, answers: Sequence[Answer], requests: Mapping[str, Request], left: PicoUSD) -> JudgeSaid:
    """What the judge says of answers, for at most `left`; `requests` of the job by custom_id. StorageError."""
    order = work.order
    found = judge_of(order, work.judge)
    judging = Judging(
        judge=found.name, rule=rule_of(work.judge), baseline=order.design.baseline, seed=order.design.seed
    )
    requests = saying_so(requests, order.job, order.workspace.settings)
    plan = judge_plan(answers, requests.__getitem__, judging)
    if not plan.questions:
        return JudgeSaid(judged(plan, {}).observations, RunStatus.DONE)
    folder = _kept(work, plan, requests)
    work.console.note(f"Asking {found.name} about {plural(len(answers), 'answer')}")
    status = _send(work, folder, left)
    found_out = judged(plan, said_in(folder))
    for line in judgement_lines(found.name, found_out):
        work.console.note(line)
    return JudgeSaid(found_out.observations, status)


def _kept(work: JudgeWork, plan: JudgePlan, requests: Mapping[str, Request]) -> RunFolder:
    """The folder of the questions with their plan; StorageError."""
    content = question_lines(plan, requests)
    folder = judging_folder(work.order.folder, content)
    if not folder.plan.exists():
        PilotFolder(folder).make()
        about = [asked.about[0].custom_id for asked in plan.questions]
        write_whole(about_path(folder), msgspec.json.encode(about))
        write_whole(questions_path(folder), content)
        _plan(work.order, questions_path(folder), folder)
    return folder


def _plan(order: PilotOrder, path: Path, folder: RunFolder) -> None:
    """The plan of the questions: each names its judge."""
    job = index_job(str(path), replace(order.how, reading=AS_IT_STANDS), folder_of(order.job.source))
    settings = order.workspace.settings
    plain = replace(ungated(unbelieved(settings)), objective=Objective(baseline=order.design.baseline))
    options = replace(order.options, dedupe=False, limit=None, sample=None, models=None, exclude=(), measured=None)
    made = make_plan(replace(job, source=order.job.source), order.workspace.catalog, plain, options)
    plan_file.write(made, folder.plan)


def _send(work: JudgeWork, folder: RunFolder, left: PicoUSD) -> RunStatus:
    """Send what was not asked yet."""
    order, plan = work.order, plan_file.read(folder.plan)
    run = Order(
        folder=folder,
        workspace=replace(order.workspace, settings=alone(order.workspace.settings)),
        plan=plan,
        requests=questions_path(folder),
        reviewed=True,
        continues=True,
        emulated=order.emulated,
        cap_pusd=left,
        results=folder.results,
        results_format="jsonl",
    )
    access = find_access(plan, os.environ, emulated=order.emulated, real=work.session.real)
    return execute_order(run, replace(work.session, access=access, only=None), work.console).status
