"""Several runs and plans side by side: what is told of each, how it differs from the first, and what forbids that."""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.realised import Within
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.summary import PlanJob, PlanSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One of them, as the user named it: its plan, and its run where it is one."""

    name: str
    plan: PlanSummary
    run: RunSummary | None
    settings_digest: str  # of rules, aliases, prices and assumptions
    rates_digest: str  # of the prices of its models


class BaselineSide(Struct, frozen=True, kw_only=True):
    """One model for everything; of a run what its answers would have cost there (an estimate), else as projected."""

    kind: str  # chosen, best_single
    model: str
    cost_pusd: PicoUSD | None  # None: unknown
    saved_share: float | None


class ModelShare(Struct, frozen=True, kw_only=True):
    """One model's part: of the accepted requests of a run, of the requests of a plan; duplicates left out."""

    model: str
    requests: int
    share: float
    cost_pusd: PicoUSD


class Side(Struct, frozen=True, kw_only=True):
    """One run or plan; money includes judges, questions and attempts that were not accepted."""

    mark: str  # A, B, ...
    name: str
    kind: str  # run, plan
    run_id: str | None
    state: str  # planned, unfinished, finished
    emulated: bool
    historic: bool
    job: PlanJob
    began_at: str | None  # ISO, UTC
    cost_pusd: PicoUSD  # spent by a finished run, projected at the end of an unfinished one, planned
    cost_is: str  # spent, expected at the end, planned
    per_request_pusd: PicoUSD | None  # spent for each accepted request, or planned for each; None: none was accepted
    projected_pusd: PicoUSD
    held_pusd: PicoUSD  # possibly billed beyond it
    hard_cap_pusd: PicoUSD
    accepted: int | None  # None: a plan
    failed: int | None
    waiting: int | None
    escalated: int | None
    quality_planned: float
    quality_realised: Within | None  # None: not measured
    realised_by: tuple[str, ...]
    quality_source: str
    baselines: tuple[BaselineSide, ...]
    models: tuple[ModelShare, ...]  # those with most requests first
    settings: Mapping[str, str]  # what the plan rests on, in words


class Difference(Struct, frozen=True, kw_only=True):
    """One of the others against the first; shares are of the first's, unknown where that is 0 or unknown."""

    mark: str
    cost_pusd: PicoUSD  # above 0: it costs more
    cost_share: float | None
    per_request_pusd: PicoUSD | None
    per_request_share: float | None
    quality_planned: float
    quality_realised: float | None  # None where not both were measured


class Comparison(Struct, frozen=True, kw_only=True):
    """All of them; the first is what the others are held against."""

    kind: str
    sides: tuple[Side, ...]
    differences: tuple[Difference, ...]  # one for each but the first
    cautions: tuple[str, ...]  # what makes them not comparable, the gravest first
    settings_that_differ: tuple[str, ...]
