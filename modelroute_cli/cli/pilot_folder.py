"""`modelroute report --into DIR`: a company's pilot folder is filled; what people wrote in it stays."""

from pathlib import Path
from typing import TypeVar

import msgspec

from modelroute_cli.base.errors import ExitCode, SettingsError, StorageError, UsageError
from modelroute_cli.catalog.suggest import did_you_mean
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.find_run import find_run, find_run_of
from modelroute_cli.cli.run_order import is_plan_file
from modelroute_cli.execution.run_folder import write_whole
from modelroute_cli.planning import plan_file
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.kpi_measures import MEASURES
from modelroute_cli.report.kpi_page import baseline_page, results_page
from modelroute_cli.report.kpis import KPI_FORMAT, BaselineFile, Kpis, baseline_file, measured_kpis
from modelroute_cli.report.own_words import is_untouched
from modelroute_cli.report.run_summary import run_summary
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.summary import PlanSummary, plan_summary

KPIS, BASELINE, RESULTS, MEASURED = "kpis.yaml", "baseline.yaml", "results.md", "kpis-measured.json"
F = TypeVar("F", Kpis, BaselineFile)


def fill_pilot(folder: Path, target: str | None, console: Console) -> ExitCode:
    """Write what was measured beside the targets of `kpis.yaml`; UsageError, SettingsError, StorageError."""
    asked = _kpis(folder)
    plan, run = _summaries(target)
    if not _is_ours(folder / RESULTS):
        message = f"`{folder / RESULTS}` holds words of your own, and is not overwritten"
        raise UsageError(message, hint="give it another name, then the same command")
    base = _baseline(folder, baseline_file(plan, run), console)
    found = measured_kpis(asked, base, plan, run)
    _write(folder / RESULTS, results_page(found))
    _write(folder / MEASURED, to_json(found) + "\n")
    console.say(f"wrote {folder / RESULTS}\nwrote {folder / MEASURED}")
    if found.emulated:
        console.note("warning: these answers are EMULATED: no target is met by them", "warning")
    return ExitCode.OK


def _summaries(target: str | None) -> tuple[PlanSummary, RunSummary | None]:
    """The run that is meant, or a plan that was not run."""
    if target and is_plan_file(target) and find_run_of(target) is None:
        return plan_summary(plan_file.read(Path(target))), None
    run = find_run(target)
    return plan_summary(plan_file.read(run.plan)), run_summary(run)


def _kpis(folder: Path) -> Kpis:
    """The targets, each with a measure that is known; SettingsError."""
    path = folder / KPIS
    if not path.is_file():
        message = f"`{folder}` holds no `{KPIS}`"
        raise UsageError(message, hint=f"`modelroute init --pilot {folder}` makes one")
    asked = _read(path, Kpis)
    for kpi in asked.kpis:
        if kpi.measure not in MEASURES:
            message = f"`{path}`: nothing measures `{kpi.measure}`"
            raise SettingsError(message, hint=did_you_mean(kpi.measure, MEASURES, f"take one of {', '.join(MEASURES)}"))
    return asked


def _baseline(folder: Path, found: BaselineFile, console: Console) -> BaselineFile:
    """What is known of the baseline now, written where nobody wrote anything better; SettingsError."""
    path = folder / BASELINE
    if _is_ours(path):
        _write(path, baseline_page(found))
        console.say(f"wrote {path}")
        return found
    return _read(path, BaselineFile)


def _read(path: Path, kind: type[F]) -> F:
    try:
        found = msgspec.yaml.decode(path.read_bytes(), type=kind)
    except OSError as error:
        message = f"cannot read `{path}`: {error.strerror}"
        raise StorageError(message, hint="choose a folder you may read") from error
    except msgspec.DecodeError as error:
        message = f"`{path}`: {error}"
        hint = "`modelroute init --pilot DIR` with another folder shows how it is written"
        raise SettingsError(message, hint=hint) from error
    if found.format != KPI_FORMAT:
        message = f"`{path}` has format {found.format}, this version reads {KPI_FORMAT}"
        raise SettingsError(message, hint="upgrade modelroute")
    return found


def _is_ours(path: Path) -> bool:
    """Whether the file is not there, or nobody else wrote in it; StorageError."""
    try:
        return not path.exists() or is_untouched(path.read_text("utf-8", "replace"))
    except OSError as error:
        raise _unwritable(path, error) from error


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> StorageError:
    message = f"cannot write `{path}`: {error.strerror}"
    return StorageError(message, hint="choose a folder you may write to")
