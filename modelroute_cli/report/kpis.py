"""What a company's pilot is to show: targets that people wrote, beside what a run measured."""

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from modelroute_cli.report.kpi_measures import MANUAL, Measured, baseline_measures, measures
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.summary import PlanSummary

KPI_FORMAT = 1


class Kpi(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of `kpis.yaml`: a measure and its target; `baseline` is what it is today, None until it is measured."""

    name: str
    measure: str
    at_most: Decimal | None = None
    at_least: Decimal | None = None
    baseline: Decimal | None = None
    how: str = ""


class Kpis(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`kpis.yaml`."""

    format: int
    kpis: tuple[Kpi, ...]


class BaselineFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`baseline.yaml`: one model for everything, by measure; None: not known."""

    format: int
    model: str | None
    basis: str
    measures: dict[str, Decimal | None]


class KpiResult(Struct, frozen=True, kw_only=True):
    """One of them with what came of it; numbers are exact decimal strings."""

    name: str
    measure: str
    at_most: str | None
    at_least: str | None
    baseline: str | None
    value: str | None  # None: not measured
    low: str | None  # 90% interval, where there is one
    high: str | None
    status: str  # met, met not for certain, not met, not measured, no target, emulated
    how: str


class KpisMeasured(Struct, frozen=True, kw_only=True):
    """`kpis-measured.json`."""

    kind: str
    run_id: str | None  # None: a plan, nothing was measured
    source: str
    state: str  # planned, unfinished, finished
    emulated: bool
    prices_at: str
    baseline_model: str | None
    results: tuple[KpiResult, ...]


def measured_kpis(asked: Kpis, base: BaselineFile, plan: PlanSummary, run: RunSummary | None) -> KpisMeasured:
    """What a run says of each; a plan alone measures nothing."""
    found = measures(run) if run is not None and run.state == "finished" else {}
    return KpisMeasured(
        kind="kpis_measured",
        run_id=None if run is None else run.run_id,
        source=plan.job.source,
        state="planned" if run is None else run.state,
        emulated=False if run is None else run.emulated,
        prices_at=plan.prices_at,
        baseline_model=base.model,
        results=tuple(_results(asked, base, found, emulated=run is not None and run.emulated)),
    )


def baseline_file(plan: PlanSummary, run: RunSummary | None) -> BaselineFile:
    """One model for everything: what a finished run's answers would have cost there, else as the plan projects it."""
    return BaselineFile(
        format=KPI_FORMAT,
        model=next((line.model for line in plan.baselines if line.kind == "chosen"), None),
        basis=_basis(run),
        measures=baseline_measures(plan, run if run is not None and run.state == "finished" else None),
    )


def _basis(run: RunSummary | None) -> str:
    if run is None or run.state != "finished":
        return "projected by the plan; its quality is what is expected, not measured"
    emulated = "EMULATED, " if run.emulated else ""
    return f"{emulated}an estimate: the tokens of run {run.run_id}'s answers at its prices; its quality is expected"


def _results(asked: Kpis, base: BaselineFile, found: dict[str, Measured], *, emulated: bool) -> Iterator[KpiResult]:
    for kpi in asked.kpis:
        value = found.get(kpi.measure) if kpi.measure != MANUAL else None
        yield KpiResult(
            name=kpi.name,
            measure=kpi.measure,
            at_most=_text(kpi.at_most),
            at_least=_text(kpi.at_least),
            baseline=_text(kpi.baseline if kpi.baseline is not None else base.measures.get(kpi.measure)),
            value=_text(value.value if value else None),
            low=_text(value.low if value else None),
            high=_text(value.high if value else None),
            status=_status(kpi, value, emulated=emulated),
            how=kpi.how,
        )


def _text(value: Decimal | None) -> str | None:
    """Without an exponent and without zeros behind."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _status(kpi: Kpi, value: Measured | None, *, emulated: bool) -> str:
    """Whether the target is met; answers of the emulator meet nothing and miss nothing."""
    if value is None:
        return "not measured"
    if emulated:
        return "emulated"
    if kpi.at_most is None and kpi.at_least is None:
        return "no target"
    if not _holds(kpi, value.value):
        return "not met"
    ends = [end for end in (value.low, value.high) if end is not None]
    return "met" if all(_holds(kpi, end) for end in ends) else "met, not for certain"


def _holds(kpi: Kpi, value: Decimal) -> bool:
    return (kpi.at_most is None or value <= kpi.at_most) and (kpi.at_least is None or value >= kpi.at_least)
