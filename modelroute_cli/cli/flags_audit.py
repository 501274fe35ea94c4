"""The flags of the commands about the audit log."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from modelroute_cli.cli.flags import Config, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFlags:
    """The flags of `audit`."""

    config: Config = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerifyFlags:
    """The flags of `audit verify`."""

    log: Annotated[
        Path | None, typer.Argument(metavar="FILE|DIR", help="A log's folder, or one file of it [default: this one's].")
    ] = None
    key_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="Environment variable that holds the key [default: as set].")
    ] = None
    noted: Annotated[
        str | None, typer.Option(metavar="N:HASH", help="What was noted elsewhere: so many entries, that hash.")
    ] = None
    config: Config = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCatchUpFlags:
    """The flags of `audit catch-up`."""

    config: Config = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditExportFlags:
    """The flags of `audit export`."""

    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="File to write: .csv, .parquet or .jsonl.")
    ]
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Only of this day (UTC) and later.")] = (
        None
    )
    until: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Only of this day (UTC) and before.")] = None
    run: Annotated[str | None, typer.Option(metavar="ID", help="Only of this run.")] = None
    tenant: Annotated[str | None, typer.Option(metavar="NAME", help="Only of this tenant.")] = None
    force: Annotated[bool, typer.Option("--force", help="Replace FILE.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditShowFlags:
    """The flags of `audit show`."""

    custom_id: Annotated[str, typer.Argument(metavar="ID", help="The custom_id of a request, in whichever runs.")]
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCheckTextFlags:
    """The flags of `audit check-text`."""

    file: Annotated[str, typer.Argument(metavar="FILE", help="A kept prompt or answer, or - for stdin.")]
    system: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The system message that was sent before the prompt.")
    ] = None
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPruneFlags:
    """The flags of `audit prune`."""

    days: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Delete what is older [default: audit.retention_days].")
    ] = None
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False
    config: Config = None
