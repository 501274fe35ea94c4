"""Plans that rest on a pilot: which finished one is of this job and these settings, and the plan made by it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl
from msgspec import structs

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.money import PicoUSD, from_usd, to_usd_string
from modelroute_cli.catalog.load import settings_digest
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.cli.flags import PlanningFlags
from modelroute_cli.cli.history_use import past
from modelroute_cli.cli.workspace import PILOTS, Workspace
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.pilot.adoption import adopted
from modelroute_cli.pilot.design import Design
from modelroute_cli.pilot.fitting import fitted
from modelroute_cli.pilot.folder import PilotFacts, PilotFolder, list_pilots
from modelroute_cli.pilot.gathered import gathered
from modelroute_cli.pilot.groups import regrouped
from modelroute_cli.pilot.history.recall import Question
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.planning.header import PlanOptions
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.measured import Measured
from modelroute_cli.planning.piloted import with_pilot
from modelroute_cli.planning.plan import Piloted, Plan
from modelroute_cli.report.screen import plural

NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedPilot:
    """A finished pilot of the job that is planned: what it measured, whose answers are results, what it took."""

    folder: PilotFolder
    measured: Measured | None  # None: no answer of the baseline was had
    adopted: pl.DataFrame  # ADOPTED
    taken: Piloted
    warning: str | None = None  # of the history, where it could not be read


def pilot_for(job: JobFile, workspace: Workspace, flags: PlanningFlags, *, emulated: bool) -> UsedPilot | None:
    """The pilot that a plan of the job rests on: the one --from-pilot names, else the latest finished one that fits.

    One fits that was made of the same bytes under the same settings and flags; one of emulated answers is for emulated
    runs only, unless it is named. UsageError for a name that is none of this job's.
    """
    if flags.from_pilot == NONE or flags.prices_as_of or flags.classify_with:
        return None
    if flags.from_pilot is not None:
        return _used(_named(flags.from_pilot, job), workspace)
    wanted = facts_of(flags, workspace, "")
    found = (each for each in list_pilots(PILOTS) if _fits(each, job, wanted, emulated=emulated))
    folder = next(found, None)
    return None if folder is None else _used(folder, workspace)


def plan_with(used: UsedPilot, job: JobFile, workspace: Workspace, options: PlanOptions) -> Plan:
    """The plan by what was measured, its answers taken in; what was spent is set aside from --max-cost first."""
    settings = workspace.settings
    short = _less(settings, PicoUSD(used.taken.spent_pusd + used.taken.held_pusd))
    plan = make_plan(regrouped(job), workspace.catalog, short, replace(options, measured=used.measured))
    if settings.objective.max_cost is not None:
        objective = structs.replace(plan.header.objective, max_cost=settings.objective.max_cost)
        cap = from_usd(settings.objective.max_cost)
        plan = replace(plan, header=structs.replace(plan.header, objective=objective, hard_cap_pusd=cap))
    return with_pilot(plan, used.adopted, used.taken)


def told(used: UsedPilot) -> str:
    """That a plan rests on a pilot."""
    taken = used.taken
    emulated = ", emulated" if taken.emulated else ""
    measured = f"{plural(taken.requests, 'request')} measured{emulated}"
    warned = "" if used.warning is None else f"\nwarning: {used.warning}"
    return f"Planned by pilot {taken.pilot_id} ({measured}); `--from-pilot none` leaves it out{warned}"


def _less(settings: Settings, gone: PicoUSD) -> Settings:
    """The settings with what is left of the money that may be spent; InfeasibleError's place is the plan."""
    asked = settings.objective.max_cost
    if asked is None:
        return settings
    left = PicoUSD(max(from_usd(asked) - gone, 0))
    return replace(settings, objective=structs.replace(settings.objective, max_cost=to_usd_string(left)))


def facts_of(flags: PlanningFlags, workspace: Workspace, scorer: str) -> PilotFacts:
    """What a pilot is of, by the flags; one made with the same facts fits a plan of the same job file."""
    return PilotFacts(
        settings_digest=settings_digest(workspace.settings),
        scorer=scorer,
        models=flags.models,
        exclude=flags.exclude,
        limit=flags.limit,
        sample=flags.sample,
        seed=flags.seed,
        no_dedupe=flags.no_dedupe,
        baseline=workspace.settings.objective.baseline,
    )


def _fits(folder: PilotFolder, job: JobFile, wanted: PilotFacts, *, emulated: bool) -> bool:
    meta = folder.run.meta()
    if (meta.job_digest, meta.emulated) != (job.digest, emulated) or folder.end() is None:
        return False
    return structs.replace(folder.facts(), scorer="", judge=None) == wanted


def _named(name: str, job: JobFile) -> PilotFolder:
    """The pilot of that name, finished and of this job."""
    folder = PilotFolder(RunFolder(PILOTS, name))
    if not folder.run.exists() or folder.end() is None:
        message = f"--from-pilot: there is no finished pilot `{name}` in `{PILOTS}`"
        raise UsageError(
            message, hint="`modelroute pilot JOBS` makes one; without --from-pilot the latest that fits is used"
        )
    if folder.run.meta().job_digest != job.digest:
        message = f"--from-pilot: pilot `{name}` is of another job file, `{folder.run.meta().source}`"
        raise UsageError(message, hint="measure this one with `modelroute pilot`")
    return folder


def _used(folder: PilotFolder, workspace: Workspace) -> UsedPilot:
    design, end = folder.design(), folder.end()
    seen = folder.measured(design.baseline)
    found = tuple(gathered(folder.run.journal, design))
    known = past(workspace.settings, _asked(folder, design, seen))
    return UsedPilot(
        folder=folder,
        measured=fitted(design, seen, workspace.catalog.models, workspace.settings.objective.confidence, known.before),
        adopted=adopted(found, seen, design.baseline),
        taken=Piloted(
            pilot_id=folder.pilot_id,
            requests=len({each.custom_id for each in seen}),
            calls=len(found),
            spent_pusd=PicoUSD(0 if end is None else end.spent_pusd),
            held_pusd=PicoUSD(0 if end is None else end.held_pusd),
            emulated=end is not None and end.emulated,
        ),
        warning=known.warning,
    )


def _asked(folder: PilotFolder, design: Design, seen: Sequence[Observation]) -> Question:
    """What the history is asked beside a pilot: by the same scorers, without the pilot itself."""
    return Question(
        templates=frozenset(part.template for part in design.measured),
        at=SystemClock().now(),
        baseline=design.baseline,
        emulated=any(each.emulated for each in seen),
        scorers=tuple(sorted({each.scorer for each in seen})),
        without_run=folder.pilot_id,
    )
