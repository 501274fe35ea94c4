"""The flags of `chargeback`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from modelroute_cli.cli.flags import Config, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackFlags:
    """The flags of `chargeback`."""

    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN", help="Run ids, plan files or job files [default: all runs in this folder]."),
    ] = None
    from_day: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Only what was sent on this day (UTC) or later.")
    ] = None
    to_day: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Only what was sent on this day (UTC) or before.")
    ] = None
    by: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="tenant, metadata.FIELD or tags.PREFIX [default: as `chargeback.by` says]."),
    ] = None
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it for finance: .csv, .parquet or .json."),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace the file that --output names.")] = False
    emulated: Annotated[
        bool, typer.Option("--emulated", help="Emulated runs too; without it they are left out: they cost nothing.")
    ] = False
    config: Config = None
    as_json: Json = False
