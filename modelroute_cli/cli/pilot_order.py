"""What a pilot is of: its job, its folder, its design; found or made before anything is approved or sent."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec
from msgspec import structs

from modelroute_cli import __version__
from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.load import settings_digest
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.cli.flags_measured import PilotFlags
from modelroute_cli.cli.job_plan import index_job, plan_options
from modelroute_cli.cli.job_reading import JobReading, job_reading
from modelroute_cli.cli.run_order import Order, replayed
from modelroute_cli.cli.use_pilot import facts_of
from modelroute_cli.cli.workspace import PILOTS, Workspace
from modelroute_cli.execution.run_folder import RunFolder, RunMeta
from modelroute_cli.jobs.given import folder_of
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reading import AS_IT_STANDS
from modelroute_cli.pilot.asking import Ground, lines, plan_of, requests_in
from modelroute_cli.pilot.budget import ceiling
from modelroute_cli.pilot.design import Design, Wanted, make_design
from modelroute_cli.pilot.folder import PilotFacts, PilotFolder
from modelroute_cli.pilot.groups import regrouped
from modelroute_cli.pilot.scorers.choose import ScorerKind
from modelroute_cli.pilot.scoring import AUTO, ScorerChoice, scorer_choice
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.header import PlanOptions
from modelroute_cli.planning.measurable import measurable
from modelroute_cli.planning.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotOrder:
    """One pilot, ready to be approved."""

    folder: PilotFolder
    workspace: Workspace
    job: JobFile
    how: JobReading
    design: Design
    facts: PilotFacts
    options: PlanOptions
    emulated: bool
    continues: bool  # an earlier session of it was approved
    cap_pusd: PicoUSD

    @property
    def scorer(self) -> ScorerChoice:
        """Who says what answers are worth."""
        return scorer_choice(self.facts.scorer, self.facts.judge, self.workspace.settings.scoring)

    @property
    def is_judged(self) -> bool:
        """Whether a judge model may be asked."""
        return self.facts.scorer in {AUTO, ScorerKind.JUDGE} and self.scorer.settings.judge is not None


def make_pilot_order(flags: PilotFlags, workspace: Workspace) -> PilotOrder:
    """The pilot that the flags name; every error of files, settings or planning is met here."""
    how = job_reading(flags, workspace.settings, workspace.at)
    job = regrouped(index_job(flags.jobs, how))
    options = plan_options(workspace, flags)
    folder = PilotFolder(RunFolder(PILOTS, pilot_id(job, workspace, flags)))
    continues = folder.run.exists() and not flags.restart
    design = folder.design() if continues else _design(job, workspace, flags, options)
    return PilotOrder(
        folder=folder,
        workspace=workspace,
        job=job,
        how=how,
        design=design,
        facts=folder.facts() if continues else _facts(flags, workspace),
        options=options,
        emulated=flags.emulator or flags.emulator_url is not None,
        continues=continues,
        cap_pusd=design.ceiling_pusd,
    )


def pilot_id(job: JobFile, workspace: Workspace, flags: PilotFlags) -> str:
    """The same for the same command on the same bytes under the same settings; never of the money or the size."""
    asked = [
        job.digest,
        settings_digest(workspace.settings),
        workspace.settings.objective.baseline,
        flags.models,
        flags.exclude,
        flags.limit,
        flags.sample,
        flags.seed,
        flags.no_dedupe,
        flags.prices_as_of,
        flags.emulator or flags.emulator_url is not None,
        flags.scorer,
        flags.judge,
        workspace.settings.scoring,
        job.reading,
        *replayed(flags),
    ]
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:12]


def begin(order: PilotOrder) -> None:
    """Keep what is to be sent, its plan and its design, then the facts: a pilot that exists has all of it."""
    folder = order.folder
    folder.keep(order.design, order.facts)
    folder.keep_jobs(b"".join(_lines(order)))
    plan_file.write(_plan(order), folder.run.plan)
    folder.run.create(
        RunMeta(
            run_id=folder.pilot_id,
            source=order.job.source,
            job_digest=order.job.digest,
            plan_digest=plan_file.digest(folder.run.plan),
            emulated=order.emulated,
            created_at=SystemClock().now().isoformat(),
            tool_version=__version__,
        )
    )


def as_run(order: PilotOrder) -> Order:
    """The pilot as a run of its own job file, its ceiling as its hard cap."""
    return Order(
        folder=order.folder.run,
        workspace=replace(order.workspace, settings=alone(order.workspace.settings)),
        plan=plan_file.read(order.folder.run.plan),
        requests=order.folder.jobs,
        reviewed=True,
        continues=order.continues,
        emulated=order.emulated,
        cap_pusd=order.cap_pusd,
        results=order.folder.run.results,
        results_format="jsonl",
    )


def alone(settings: Settings) -> Settings:
    """The settings of a run whose requests each go to one model: no escalations, no hedges, nobody beside it."""
    hedge = structs.replace(settings.run.hedge, most=0.0)
    run = structs.replace(settings.run, max_escalations=0, hedge=hedge, control_share=0.0, drift="ignore")
    return replace(settings, run=run)


def _facts(flags: PilotFlags, workspace: Workspace) -> PilotFacts:
    """What is asked for; UsageError for a scorer that nothing names."""
    scorer_choice(flags.scorer, flags.judge, workspace.settings.scoring)
    return structs.replace(facts_of(flags, workspace, flags.scorer), judge=flags.judge)


def _design(job: JobFile, workspace: Workspace, flags: PilotFlags, options: PlanOptions) -> Design:
    """What a new pilot asks."""
    judge = judge_named(flags.scorer, flags.judge, workspace.settings)
    ground = measurable(job, workspace.catalog, workspace.settings, options, judge)
    most = ceiling(flags.pilot_budget, ground.bill_pusd)
    wanted = Wanted(ceiling_pusd=most, per_template=flags.pilot_per_template, seed=flags.seed)
    return make_design(ground, wanted)


def judge_named(scorer: str, judge: str | None, settings: Settings) -> str | None:
    """Who may be asked to score answers, and so reads the requests; None: nobody is."""
    own = None if settings.scoring.judge is None else settings.scoring.judge.model
    return judge or own if scorer in {AUTO, ScorerKind.JUDGE} else None


def _lines(order: PilotOrder) -> Iterator[bytes]:
    """The pilot's own job file."""
    return lines(order.design, requests_in(order.job, order.design).__getitem__)


def _plan(order: PilotOrder) -> Plan:
    """The plan of the pilot's own job file, its pictures where the job's are."""
    how = replace(order.how, reading=AS_IT_STANDS)
    found = index_job(str(order.folder.jobs), how, folder_of(order.job.source))
    ground = Ground(order.workspace.catalog, order.workspace.settings, order.options)
    return plan_of(found, order.design, order.job.source, ground)
