"""The flags of the commands that measure: pilots, certificates, evaluations, and the history."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from modelroute_cli.cli.flags import Config, Jobs, Json, MeasuringFlags, PlanningFlags, ReadingFlags


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotFlags(MeasuringFlags):
    """The flags of `pilot`."""

    jobs: Jobs
    yes: Annotated[bool, typer.Option("--yes", help="Accept the shown cost without asking; the ceiling stays.")] = False
    emulator: Annotated[
        bool, typer.Option("--emulator", help="Send to an emulator on this machine: no key, nothing is paid.")
    ] = False
    emulator_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Send to an emulator that already runs on loopback.")
    ] = None
    emulator_replay: Annotated[
        Path | None,
        typer.Option(
            metavar="OUTCOMES", help="With --emulator: recorded outcomes (Parquet, CSV, JSONL) say what is right."
        ),
    ] = None
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, max=4096, metavar="N", help="Most requests in flight [default: what limits allow]."),
    ] = None
    restart: Annotated[
        bool, typer.Option("--restart", help="Start anew and pay again; the earlier pilot is kept aside.")
    ] = False
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotExportFlags:
    """The flags of `pilot export`."""

    pilot: Annotated[
        str | None, typer.Argument(metavar="PILOT", help="Pilot id or job file [default: the latest pilot].")
    ] = None
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Sheet to write [default: answers.csv].")
    ] = None
    per_template: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Requests of each template, by lot [default: all].")
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace the sheet if it is there.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotImportFlags:
    """The flags of `pilot import`."""

    sheet: Annotated[Path, typer.Argument(metavar="SHEET", help="Sheet that people filled in, its key beside it.")]
    pilot: Annotated[
        str | None, typer.Argument(metavar="PILOT", help="Pilot id or job file [default: the one it is of].")
    ] = None
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its key, where it does not lie beside it: of a copy.")
    ] = None
    config: Config = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifyFlags(PlanningFlags):
    """The flags of `certify`."""

    jobs: Jobs
    rows: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Ask exactly so many requests [default: what it takes].")
    ] = None
    certify_budget: Annotated[
        str, typer.Option(metavar="USD|SHARE", help="Most that it may cost: dollars, or a share of the baseline's.")
    ] = "50%"
    fixed: Annotated[
        bool, typer.Option("--fixed", help="Test once, at the end: fewer requests, but no stopping early.")
    ] = False
    yes: Annotated[bool, typer.Option("--yes", help="Accept the shown cost without asking; the budget stays.")] = False
    emulator: Annotated[
        bool, typer.Option("--emulator", help="Send to an emulator on this machine: no key, nothing is paid.")
    ] = False
    emulator_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Send to an emulator that already runs on loopback.")
    ] = None
    emulator_replay: Annotated[
        Path | None,
        typer.Option(
            metavar="OUTCOMES", help="With --emulator: recorded outcomes (Parquet, CSV, JSONL) say what is right."
        ),
    ] = None
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, max=4096, metavar="N", help="Most requests in flight [default: what limits allow]."),
    ] = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalFlags(ReadingFlags):
    """The flags of `eval`."""

    jobs: Jobs
    outcomes: Annotated[
        Path,
        typer.Argument(
            metavar="OUTCOMES", help="What each model answered: custom_id, model, quality, cost_usd (or tokens)."
        ),
    ]
    floor: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="S", help="Share of the baseline's quality to keep [default: 0.98]."),
    ] = None
    budget: Annotated[
        float | None,
        typer.Option(min=0, metavar="S", help="Instead: the best quality for this share of the baseline's cost."),
    ] = None
    baseline: Annotated[
        str | None, typer.Option(metavar="MODEL|best", help="Model to compare with [default: best mean quality].")
    ] = None
    confidence: Annotated[
        float, typer.Option(min=0.5, max=0.999, metavar="C", help="How sure a plan is of keeping the floor.")
    ] = 0.95
    pilot_per_template: Annotated[
        int, typer.Option(min=2, metavar="N", help="Requests of each group that the pilot asks about, at most.")
    ] = 50
    seeds: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="Trials, each with a pilot of its own.")] = 20
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw cost against quality as an SVG picture.")] = (
        None
    )
    config: Config = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFlags:
    """The flags of `history`."""

    config: Config = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryShowFlags:
    """The flags of `history show`."""

    key: Annotated[str, typer.Argument(metavar="KEY", help="A template or a model, as `modelroute history` lists it.")]
    config: Config = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryForgetFlags:
    """The flags of `history forget`."""

    template: Annotated[str | None, typer.Option(metavar="KEY", help="Only of this template.")] = None
    model: Annotated[str | None, typer.Option(metavar="MODEL", help="Only of this model.")] = None
    before: Annotated[str | None, typer.Option(metavar="DATE", help="Only of days before this one (2026-03-01).")] = (
        None
    )
    run: Annotated[str | None, typer.Option(metavar="ID", help="Only what this run measured.")] = None
    everything: Annotated[bool, typer.Option("--all", help="All of it.")] = False
    yes: Annotated[bool, typer.Option("--yes", help="Forget without asking.")] = False
    config: Config = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryExportFlags:
    """The flags of `history export`."""

    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="File to write: .jsonl, .csv or .parquet, by its ending.")
    ]
    force: Annotated[bool, typer.Option("--force", help="Replace FILE.")] = False
    config: Config = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryImportFlags:
    """The flags of `history import`."""

    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="File of `modelroute history export`: .jsonl, .csv or .parquet.")
    ]
    config: Config = None
