"""The flags of `compare` and of the commands about the runs that are kept."""

from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from modelroute_cli.cli.flags import Config, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareFlags:
    """The flags of `compare`."""

    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="A B...", help="Two or more: run id, job file (its latest run), plan file (as planned), or latest."
        ),
    ]
    form: Annotated[
        Literal["text", "markdown"], typer.Option("--format", help="Markdown for a pull request or a wiki.")
    ] = "text"
    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsListFlags:
    """The flags of `runs list`."""

    as_json: Json = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsPruneFlags:
    """The flags of `runs prune`."""

    older_than: Annotated[
        str | None, typer.Option(metavar="TIME", help="Those that nothing was written to for so long: 30d, 12h.")
    ] = None
    keep: Annotated[int | None, typer.Option(min=0, metavar="N", help="All but the latest N of those meant.")] = None
    emulated: Annotated[bool, typer.Option("--emulated", help="Only those sent to an emulator.")] = False
    set_aside: Annotated[bool, typer.Option("--set-aside", help="Only those that --restart set aside.")] = False
    pilots: Annotated[
        bool, typer.Option("--pilots", help="Pilots and hold-outs as well: plans by them are then made without.")
    ] = False
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Also those that are not finished and could be gone on with.")
    ] = False
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False
    config: Config = None
