"""`modelroute report`: projected against actual, against one model for everything, in every format."""

from pathlib import Path

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.find_run import find_run, find_run_of
from modelroute_cli.cli.flags import ReportFlags
from modelroute_cli.cli.pilot_folder import fill_pilot
from modelroute_cli.cli.report_order import ReportOrder, report_order
from modelroute_cli.cli.run_order import is_plan_file
from modelroute_cli.cli.show_page import show_page
from modelroute_cli.execution.results import check_writable
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.execution.whole_file import whole
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.accounting.rows import account_blocks
from modelroute_cli.report.accounting.write import write_accounts, write_csv
from modelroute_cli.report.details_screen import details_screen
from modelroute_cli.report.html.page import plan_page as plan_html
from modelroute_cli.report.html.page import run_page as run_html
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.markdown.plan_page import plan_page as plan_markdown
from modelroute_cli.report.markdown.run_page import run_page as run_markdown
from modelroute_cli.report.plan_screen import plan_screen
from modelroute_cli.report.run_screen import report_screen
from modelroute_cli.report.run_summary import run_summary
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.screen import Screen
from modelroute_cli.report.summary import PlanSummary, plan_summary


def report(flags: ReportFlags, console: Console) -> ExitCode:
    """Report a run; a plan that was not run yet is reported as projected."""
    if flags.into is not None:
        return fill_pilot(flags.into, flags.target, console)
    order = report_order(flags)
    if order.path is not None:
        check_writable(order.path, "report", "report.html")
    if flags.target and is_plan_file(flags.target) and find_run_of(flags.target) is None:
        path = Path(flags.target)
        _projected(path, order, console)
    else:
        folder = find_run(flags.target)
        _happened(folder, order, console)
    return ExitCode.OK


def _happened(folder: RunFolder, order: ReportOrder, console: Console) -> None:
    """What a run came to."""
    if order.form in {"csv", "parquet"}:
        journal = folder.journal if folder.journal.exists() else None
        _account(plan_file.read(folder.plan), journal, order, console)
        return
    summary = run_summary(folder)
    if order.form == "terminal" and order.path is None:
        console.show(_run_screen(summary, order, console.width))
        return
    _give(_run_text(summary, order), order, folder.path / "report.html", console)


def _projected(path: Path, order: ReportOrder, console: Console) -> None:
    """What is projected, for nothing was sent yet."""
    plan = plan_file.read(path)
    if order.form in {"csv", "parquet"}:
        _account(plan, None, order, console)
        return
    summary = plan_summary(plan)
    if order.form != "json":
        console.note("This plan was not run yet: all numbers are projections")
    if order.form == "terminal" and order.path is None:
        console.show(plan_screen(summary, console.width))
        return
    _give(_plan_text(summary, order), order, path.with_name(f"{path.name}.html"), console)


def _run_screen(summary: RunSummary, order: ReportOrder, width: int | None) -> Screen:
    """The report, with its details where they are asked for."""
    more = details_screen(summary.details, width) if order.details else ()
    return (*report_screen(summary, width, whole=order.details), *more)


def _run_text(summary: RunSummary, order: ReportOrder) -> str:
    """The report of a run in any format but tables of requests."""
    match order.form:
        case "json":
            return to_json(summary)
        case "markdown":
            return run_markdown(summary)
        case "html":
            return run_html(summary)
        case _:
            return _text(_run_screen(summary, order, None))


def _plan_text(summary: PlanSummary, order: ReportOrder) -> str:
    """The report of a plan in any format but tables of requests."""
    match order.form:
        case "json":
            return to_json(summary)
        case "markdown":
            return plan_markdown(summary)
        case "html":
            return plan_html(summary)
        case _:
            return _text(plan_screen(summary, None))


def _text(screen: Screen) -> str:
    """A screen as a file has it."""
    return "\n".join(line.text for line in screen)


def _give(text: str, order: ReportOrder, usual: Path, console: Console) -> None:
    """Print it, or write it whole and say where; `usual` is where `--open` puts it when nobody says."""
    path = usual if order.path is None and order.opens else order.path
    if path is None:
        console.say(text.removesuffix("\n"))
        return
    with whole(path, "the report") as file:
        file.write(f"{text.removesuffix(chr(10))}\n".encode("utf-8", "replace"))
    console.note(f"Report: {path}")
    if order.opens:
        show_page(path, console)


def _account(plan: Plan, journal: Path | None, order: ReportOrder, console: Console) -> None:
    """A row for each request."""
    blocks = account_blocks(plan, journal)
    if order.path is None:
        with console.pour() as out:
            write_csv(blocks, out)
        return
    count = write_accounts(blocks, order.path, "parquet" if order.form == "parquet" else "csv")
    console.note(f"Accounts of {count:,} requests: {order.path}")
