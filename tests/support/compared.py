"""Runs and plans to set side by side, by hand."""

from functools import cache

from msgspec import structs
from support.report_plans import facts, learned, plan

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.comparison_types import Told
from modelroute_cli.report.realised import Realised, Within
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.summary import PlanSummary, plan_summary

QUALITY = Within(value=0.91, low=0.88, high=0.94)


@cache
def _plan() -> PlanSummary:
    return plan_summary(plan())


@cache
def _run() -> RunSummary:
    return summarise(facts())


@cache
def _learned() -> RunSummary:
    return summarise(learned())


def planned(**changed: object) -> Told:
    """The plan by hand, as a plan file."""
    return told(_plan(), None, "a.plan", **changed)


def ran(**changed: object) -> Told:
    """Its run, of which some fields may be another's; it came to 4,510 for two requests, 5,300 were planned."""
    return told(_plan(), structs.replace(_run(), emulated=False, **changed), "latest")


def made_up(run_id: str) -> Told:
    """The same of the emulator's answers."""
    return told(_plan(), structs.replace(_run(), run_id=run_id), "latest")


def unfinished() -> Told:
    """A run of 22 requests that has answered 20."""
    return told(_plan(), structs.replace(_learned(), emulated=False), "jobs/mails.jsonl")


def told(plan_of: PlanSummary, run: RunSummary | None, name: str, **changed: object) -> Told:
    """One of them, with some other fields in its plan's summary."""
    return Told(
        name=name,
        plan=structs.replace(plan_of, **changed),
        run=run,
        settings_digest="sha256:0123456789",
        rates_digest="sha256:abcdef0123",
    )


def measured(value: float = 0.91, scorers: tuple[str, ...] = ("expected",)) -> Realised:
    """Realised quality of both requests."""
    return Realised(
        requests=2,
        measured=2,
        scorers=scorers,
        quality=structs.replace(QUALITY, value=value),
        covered=2,
        pairs=0,
        pair_scorers=(),
        ratio=None,
        control=None,
        planned=0.85,
        planned_by="unmeasured: prior only",
        templates=(),
        falls=(),
    )


def other_job(source: str, digest: str) -> Told:
    """The same plan of another file."""
    job = structs.replace(_plan().job, source=source, digest=digest)
    return planned(job=job)


def dear(cost: int) -> Told:
    """The plan at another cost."""
    return planned(totals=structs.replace(_plan().totals, cost_pusd=PicoUSD(cost)))
