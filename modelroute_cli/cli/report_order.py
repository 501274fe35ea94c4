"""What a report is asked for: its format and its place, told from the flags alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from modelroute_cli.base.errors import UsageError
from modelroute_cli.cli.flags import ReportFlags

Form = Literal["terminal", "markdown", "html", "json", "csv", "parquet"]

ENDINGS: dict[str, Form] = {
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".json": "json",
    ".csv": "csv",
    ".parquet": "parquet",
    ".txt": "terminal",
}


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """A format and the file it is written to; None: standard output, or where `--open` puts it."""

    form: Form
    path: Path | None
    opens: bool
    details: bool


def report_order(flags: ReportFlags) -> ReportOrder:
    """The order that the flags give; UsageError where they contradict each other, or do not say enough."""
    form = _form(flags)
    if flags.open_it and form != "html":
        message = f"`--open` opens the HTML report, not {form}"
        raise UsageError(message, hint="leave `--format` out, or name a file that ends in `.html`")
    if form == "parquet" and flags.output is None:
        message = "a Parquet file cannot be printed"
        raise UsageError(message, hint="name a file: `-o accounts.parquet`")
    return ReportOrder(form, flags.output, flags.open_it, flags.details)


def _form(flags: ReportFlags) -> Form:
    """As said by a flag, else by the ending of the file."""
    asked = flags.form or ("json" if flags.as_json else "html" if flags.open_it and flags.output is None else None)
    if flags.as_json and asked != "json":
        message = f"`--json` and `--format {asked}` contradict each other"
        raise UsageError(message, hint="leave one of them out")
    if asked is not None or flags.output is None:
        return asked or "terminal"
    known = ENDINGS.get(flags.output.suffix.lower())
    if known is None:
        message = f"the ending of `{flags.output}` names no format"
        raise UsageError(message, hint="end it in .html, .md, .json, .csv, .parquet or .txt, or add `--format`")
    return known


def how_to_report(run_id: str) -> str:
    """The command to type after a run."""
    return (
        "\nTo compare it with the plan and the baseline, run (with `--open`: in the browser):\n"
        f"    modelroute report {run_id}"
    )
