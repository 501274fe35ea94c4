"""The flags of `processing`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from modelroute_cli.cli.flags import Config, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingFlags:
    """The flags of `processing`."""

    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN|PLAN", help="Run ids, job files or plan files [default: the latest run]."),
    ] = None
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it: .md, .html or .json.")
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace the file that --output names.")] = False
    config: Config = None
    as_json: Json = False
