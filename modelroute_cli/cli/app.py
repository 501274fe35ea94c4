"""The commands and their help; each imports its work when it is called, so that `--help` stays light."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import typer

from modelroute_cli import __version__
from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.console import make_console
from modelroute_cli.cli.flags import (
    CancelFlags,
    CheckFlags,
    DoctorFlags,
    EmulatorFlags,
    InitFlags,
    ModelsFlags,
    ModelsImportFlags,
    PaceFlags,
    Plain,
    PlanFlags,
    ReportFlags,
    RunFlags,
    ShowFlags,
    StatusFlags,
    spread,
    text_flags,
)
from modelroute_cli.cli.flags_audit import (
    AuditCatchUpFlags,
    AuditCheckTextFlags,
    AuditExportFlags,
    AuditFlags,
    AuditPruneFlags,
    AuditShowFlags,
    AuditVerifyFlags,
)
from modelroute_cli.cli.flags_charge import ChargebackFlags
from modelroute_cli.cli.flags_compare import CompareFlags, RunsListFlags, RunsPruneFlags
from modelroute_cli.cli.flags_hooks import HooksFlags, HooksTestFlags
from modelroute_cli.cli.flags_measured import (
    CertifyFlags,
    EvalFlags,
    HistoryExportFlags,
    HistoryFlags,
    HistoryForgetFlags,
    HistoryImportFlags,
    HistoryShowFlags,
    PilotExportFlags,
    PilotFlags,
    PilotImportFlags,
)
from modelroute_cli.cli.flags_processing import ProcessingFlags
from modelroute_cli.cli.plain_wish import without_leading

T = TypeVar("T")

_ALONE = {"runs": "runs list"}

EXIT_CODES = """Exit codes: 0 all accepted; 1 some requests failed; 2 usage, settings or job file, nothing sent;
3 infeasible, or the hard cap was reached; 4 a key is missing or refused; 5 handed in, to be collected by the same
command; 70 a bug; 130 interrupted."""


def _init(flags: InitFlags) -> ExitCode:
    """Write a settings file and a sample job file; never overwrites."""
    from modelroute_cli.cli.init import init  # noqa: PLC0415 - `--help` stays light

    return init(flags, make_console())


def _check(flags: CheckFlags) -> ExitCode:
    """Validate a job file and count what is in it; no key, no network."""
    from modelroute_cli.cli.check import check  # noqa: PLC0415 - `--help` stays light

    return check(flags, make_console())


def _plan(flags: PlanFlags) -> ExitCode:
    """Show what a job file would cost, model by model; no key, no network, no spending."""
    from modelroute_cli.cli.plan import plan  # noqa: PLC0415 - `--help` stays light

    return plan(flags, make_console())


def _show(flags: ShowFlags) -> ExitCode:
    """Show a plan file again, or why one request got its model and what the others cost."""
    from modelroute_cli.cli.show import show  # noqa: PLC0415 - `--help` stays light

    return show(flags, make_console())


def _run(flags: RunFlags) -> ExitCode:
    """Send a plan or a job file under a hard cap; the same command again continues an unfinished run."""
    from modelroute_cli.cli.run import run  # noqa: PLC0415 - `--help` stays light

    return run(flags, make_console())


def _pilot(flags: PilotFlags) -> ExitCode:
    """Measure on a sample of a job file what its models' answers are worth; the same command again goes on.

    The sample is sent to the baseline and to the models that a plan could use. It costs at most --pilot-budget.
    """
    from modelroute_cli.cli.pilot import pilot  # noqa: PLC0415 - `--help` stays light

    return pilot(flags, make_console())


def _certify(flags: CertifyFlags) -> ExitCode:
    """Test on fresh requests whether plans of a job that has a pilot keep the asked share of the baseline's quality.

    Plans from the safest to the cheapest are tested; `plan` and `run` then take the cheapest that passed.
    """
    from modelroute_cli.cli.certify import certify  # noqa: PLC0415 - `--help` stays light

    return certify(flags, make_console())


def _pilot_export(flags: PilotExportFlags) -> ExitCode:
    """Write a pilot's answers as a sheet that people fill in: blind and shuffled."""
    from modelroute_cli.cli.pilot_labels import pilot_export  # noqa: PLC0415 - `--help` stays light

    return pilot_export(flags, make_console())


def _pilot_import(flags: PilotImportFlags) -> ExitCode:
    """Read such a sheet: what people said stands in the place of other scorers' word."""
    from modelroute_cli.cli.pilot_labels import pilot_import  # noqa: PLC0415 - `--help` stays light

    return pilot_import(flags, make_console())


def _status(flags: StatusFlags) -> ExitCode:
    """Show what a run has done, what waits and what is spent; also while it runs in another terminal."""
    from modelroute_cli.cli.status import status  # noqa: PLC0415 - `--help` stays light

    return status(flags, make_console())


def _cancel(flags: CancelFlags) -> ExitCode:
    """Stop what a run handed in with providers, collect what was done, and pay for no more than that.

    A process that executes the run ends first. The same `modelroute run` command goes on with what is left.
    """
    from modelroute_cli.cli.cancel import cancel  # noqa: PLC0415 - `--help` stays light

    return cancel(flags, make_console())


def _pace(flags: PaceFlags) -> ExitCode:
    """Make a run that goes on slower or faster: its share of concurrency and rates, or how many may be in flight.

    `pause` lets what is in flight end and starts nothing more until `resume`. Without RUN: the latest run.
    """
    from modelroute_cli.cli.pace import pace  # noqa: PLC0415 - `--help` stays light

    return pace(flags, make_console())


def _report(flags: ReportFlags) -> ExitCode:
    """Compare what a run cost with what was projected and with one model for everything."""
    from modelroute_cli.cli.report import report  # noqa: PLC0415 - `--help` stays light

    return report(flags, make_console())


def _compare(flags: CompareFlags) -> ExitCode:
    """Set runs and plans side by side: cost, quality, models, settings, and what makes them not comparable.

    A and the others may be a run id, a job file (its latest run), a plan file (as planned), or `latest`.
    """
    from modelroute_cli.cli.compare import compare  # noqa: PLC0415 - `--help` stays light

    return compare(flags, make_console())


def _runs_list(flags: RunsListFlags) -> ExitCode:
    """List the runs, pilots and hold-outs that are kept in this folder, the latest first."""
    from modelroute_cli.cli.runs import runs_list  # noqa: PLC0415 - `--help` stays light

    return runs_list(flags, make_console())


def _runs_prune(flags: RunsPruneFlags) -> ExitCode:
    """Delete runs that are not needed any more: those that all the flags hold for; it shows them and asks first.

    Never one that is being executed or has requests handed in. Results files and audit logs stay.
    """
    from modelroute_cli.cli.runs_prune import runs_prune  # noqa: PLC0415 - `--help` stays light

    return runs_prune(flags, make_console())


def _chargeback(flags: ChargebackFlags) -> ExitCode:
    """Split what runs cost by tenant or cost centre, to the last pico-dollar, for finance.

    Without RUN: all runs in this folder, those that were started over too.
    """
    from modelroute_cli.cli.chargeback import charge_back  # noqa: PLC0415 - `--help` stays light

    return charge_back(flags, make_console())


def _models(flags: ModelsFlags) -> ExitCode:
    """List models with prices and their dates, context, limits and shutdown dates; one NAME: all that is known of it.

    `modelroute models import FILE` makes settings of another list of models.
    """
    from modelroute_cli.cli.models import models  # noqa: PLC0415 - `--help` stays light

    return models(flags, make_console())


def _models_import(flags: ModelsImportFlags) -> ExitCode:
    """Make settings (YAML of models and prices) of a list of models; nothing is fetched.

    Without --only: every model of a provider that is known, except those in the catalog already.
    """
    from modelroute_cli.cli.models_import import models_import  # noqa: PLC0415 - `--help` stays light

    return models_import(flags, make_console())


def _eval(flags: EvalFlags) -> ExitCode:
    """Replay recorded outcomes through pilot and plan: what this tool would have done with your batch.

    JOBS holds the prompts, OUTCOMES a row for each prompt and model (JSONL, CSV or Parquet). Nothing is sent.
    """
    from modelroute_cli.cli.eval import evaluate_outcomes  # noqa: PLC0415 - `--help` stays light

    return evaluate_outcomes(flags, make_console())


def _emulator(flags: EmulatorFlags) -> ExitCode:
    """Serve the providers' wire formats on this machine until ^C; everything it answers is emulated."""
    from modelroute_cli.cli.emulator import emulator  # noqa: PLC0415 - `--help` stays light

    return emulator(flags, make_console())


def _doctor(flags: DoctorFlags) -> ExitCode:
    """Say which keys are present (never shown), where each setting came from and how old the prices are.

    Nothing is sent without --online; with it, what is asked of a provider costs nothing.
    """
    from modelroute_cli.cli.doctor import doctor  # noqa: PLC0415 - `--help` stays light

    return doctor(flags, make_console())


def _history(flags: HistoryFlags) -> ExitCode:
    """List what pilots and runs measured so far, by template and model; sums are kept, never a text or a custom_id.

    `history show KEY` shows each part, `history forget` deletes, `history export` and `history import` carry it over.
    """
    from modelroute_cli.cli.history import history  # noqa: PLC0415 - `--help` stays light

    return history(flags, make_console())


def _history_show(flags: HistoryShowFlags) -> ExitCode:
    """Show all that was measured of one template or of one model, run by run, and how much it counts today."""
    from modelroute_cli.cli.history import history_show  # noqa: PLC0415 - `--help` stays light

    return history_show(flags, make_console())


def _history_forget(flags: HistoryForgetFlags) -> ExitCode:
    """Delete measurements for good: those that all the flags hold for, or --all."""
    from modelroute_cli.cli.history_forget import history_forget  # noqa: PLC0415 - `--help` stays light

    return history_forget(flags, make_console())


def _history_export(flags: HistoryExportFlags) -> ExitCode:
    """Write the whole history to a file, one row for each run, template and model."""
    from modelroute_cli.cli.history_files import history_export  # noqa: PLC0415 - `--help` stays light

    return history_export(flags, make_console())


def _history_import(flags: HistoryImportFlags) -> ExitCode:
    """Add an exported history to this one; a row that is there already is replaced, so twice is as once."""
    from modelroute_cli.cli.history_files import history_import  # noqa: PLC0415 - `--help` stays light

    return history_import(flags, make_console())


def _audit(flags: AuditFlags) -> ExitCode:
    """Check that nobody changed this folder's audit log: what runs decided, sent, and paid, in chained lines.

    `audit verify` checks any, `audit export` makes a table of it, `audit show` tells of one request.
    """
    from modelroute_cli.cli.audit import audit  # noqa: PLC0415 - `--help` stays light

    return audit(flags, make_console())


def _audit_verify(flags: AuditVerifyFlags) -> ExitCode:
    """Find any change, cut, swap, insertion or missing file of an audit log, and say where; exit 1 where there is one.

    A log under a key needs the key. What runs noted of it in their folders is compared as well.
    """
    from modelroute_cli.cli.audit import audit_verify  # noqa: PLC0415 - `--help` stays light

    return audit_verify(flags, make_console())


def _audit_catch_up(flags: AuditCatchUpFlags) -> ExitCode:
    """Add to the audit log what runs journaled and a crash kept from it, each exactly once."""
    from modelroute_cli.cli.audit import audit_catch_up  # noqa: PLC0415 - `--help` stays light

    return audit_catch_up(flags, make_console())


def _audit_show(flags: AuditShowFlags) -> ExitCode:
    """Tell what the audit log says of one request, in whichever runs: why, where it was sent, what came back."""
    from modelroute_cli.cli.audit_files import audit_show  # noqa: PLC0415 - `--help` stays light

    return audit_show(flags, make_console())


def _audit_export(flags: AuditExportFlags) -> ExitCode:
    """Write the audit log of a period as a table, one row for each attempt; it is not verified by that."""
    from modelroute_cli.cli.audit_files import audit_export  # noqa: PLC0415 - `--help` stays light

    return audit_export(flags, make_console())


def _audit_check_text(flags: AuditCheckTextFlags) -> ExitCode:
    """Say which request sent or got a kept text, by its SHA-256; exit 1 where the audit log has no such text."""
    from modelroute_cli.cli.audit_files import audit_check_text  # noqa: PLC0415 - `--help` stays light

    return audit_check_text(flags, make_console())


def _audit_prune(flags: AuditPruneFlags) -> ExitCode:
    """Delete whole old files of the audit log; an entry signs for it, and what is left can still be verified."""
    from modelroute_cli.cli.audit_prune import audit_prune  # noqa: PLC0415 - `--help` stays light

    return audit_prune(flags, make_console())


def _hooks(flags: HooksFlags) -> ExitCode:
    """List who is told of what happens to runs; addresses and secrets are not shown.

    `modelroute hooks test` sends everybody a test.
    """
    from modelroute_cli.cli.hooks import hooks  # noqa: PLC0415 - `--help` stays light

    return hooks(flags, make_console())


def _hooks_test(flags: HooksTestFlags) -> ExitCode:
    """Send a test to every webhook and run the hook command with it; exit 1 when somebody was not reached."""
    from modelroute_cli.cli.hooks import hooks_test  # noqa: PLC0415 - `--help` stays light

    return hooks_test(flags, make_console())


def _processing(flags: ProcessingFlags) -> ExitCode:
    """Write a record of processing: which categories of data went (of a plan: would go) to whom, where, on which terms.

    For a data-protection officer; counts, never the data. What only you can say comes from the settings `processing`.
    """
    from modelroute_cli.cli.processing import processing  # noqa: PLC0415 - `--help` stays light

    return processing(flags, make_console())


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the flag's value
    """Print the version and stop, when it is wanted."""
    if wanted:
        typer.echo(f"modelroute {__version__}")
        raise typer.Exit


def _root(
    *,
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version and exit."
    ),
    plain: Plain = False,
) -> None:
    """Plan, run and account for a whole LLM job file under a hard cap."""
    del version, plain  # both were looked at already


@dataclass(frozen=True, slots=True)
class Command:
    """A line in the list of commands, its flags, and the making of what Typer calls."""

    short_help: str
    flags: type
    spread: Callable[[], Callable[..., ExitCode]]


def _command(short_help: str, work: Callable[[T], ExitCode], flags: type[T]) -> Command:
    return Command(short_help, flags, partial(spread, work, flags))


def _commands() -> Mapping[str, Command]:
    """All commands by name."""
    return {
        "init": _command("Settings and a sample job file; never overwrites.", _init, InitFlags),
        "check": _command("Validate a job file; counts per task type.", _check, CheckFlags),
        "plan": _command("The dry run: what a job file would cost.", _plan, PlanFlags),
        "show": _command("A plan again, or why one request got its model.", _show, ShowFlags),
        "run": _command("Send a plan or a job file; the same again goes on.", _run, RunFlags),
        "pilot": _command("Measure quality on a sample of a job file.", _pilot, PilotFlags),
        "pilot export": _command("A pilot's answers as a sheet for people.", _pilot_export, PilotExportFlags),
        "pilot import": _command("What people said on that sheet.", _pilot_import, PilotImportFlags),
        "certify": _command("Promise a quality, tested on fresh requests.", _certify, CertifyFlags),
        "status": _command("What is done, waiting and spent.", _status, StatusFlags),
        "cancel": _command("Stop what waits in provider batches.", _cancel, CancelFlags),
        "pace": _command("Slow a run down, pause it, or let it go on.", _pace, PaceFlags),
        "report": _command("Projected against actual and against one model.", _report, ReportFlags),
        "compare": _command("Runs and plans side by side.", _compare, CompareFlags),
        "runs list": _command("The runs that are kept here, and their size.", _runs_list, RunsListFlags),
        "runs prune": _command("Delete runs that are not needed any more.", _runs_prune, RunsPruneFlags),
        "chargeback": _command("What runs cost, by tenant or cost centre.", _chargeback, ChargebackFlags),
        "models": _command("Prices with their dates, limits, shutdown dates.", _models, ModelsFlags),
        "models import": _command("Settings made of another list of models.", _models_import, ModelsImportFlags),
        "eval": _command("Replay recorded outcomes: what plans would have done.", _eval, EvalFlags),
        "emulator": _command("The loopback server by itself.", _emulator, EmulatorFlags),
        "history": _command("What was measured so far, by template and model.", _history, HistoryFlags),
        "history show": _command("All that was measured of a template or a model.", _history_show, HistoryShowFlags),
        "history forget": _command("Delete measurements for good.", _history_forget, HistoryForgetFlags),
        "history export": _command("The history as a file.", _history_export, HistoryExportFlags),
        "history import": _command("An exported history added to this one.", _history_import, HistoryImportFlags),
        "audit": _command("Whether anybody changed the audit log.", _audit, AuditFlags),
        "audit verify": _command("Any change, cut or swap of an audit log.", _audit_verify, AuditVerifyFlags),
        "audit show": _command("What the audit log says of one request.", _audit_show, AuditShowFlags),
        "audit export": _command("The audit log as a table.", _audit_export, AuditExportFlags),
        "audit check-text": _command("Where a kept text was sent.", _audit_check_text, AuditCheckTextFlags),
        "audit catch-up": _command("What a crash kept from the audit log.", _audit_catch_up, AuditCatchUpFlags),
        "audit prune": _command("Old files of the audit log, deleted.", _audit_prune, AuditPruneFlags),
        "hooks": _command("Who is told what happens to runs.", _hooks, HooksFlags),
        "hooks test": _command("Tell them that this is a test.", _hooks_test, HooksTestFlags),
        "processing": _command("Which data went to whom: a record of processing.", _processing, ProcessingFlags),
        "doctor": _command("Keys (never shown), settings, prices: what is there.", _doctor, DoctorFlags),
    }


def joined(arguments: Sequence[str]) -> list[str]:
    """The arguments with a command of two words as one: `models import FILE`, beside `models NAME`.

    `runs` alone is `runs list`.
    """
    words = without_leading(arguments)
    first = " ".join(words[:2])
    if first in _commands():
        return [first, *words[2:]]
    return [_ALONE.get(words[0], words[0]), *words[1:]] if words else []


def make_app(arguments: Container[str] | None = None) -> typer.Typer:
    """All commands, in the order in which they are used; those that are not among `arguments` have no flags.

    Making the flags of all takes 0.03 s at every start, and a command that is not typed needs none (None: all do).
    """
    app = typer.Typer(
        name="modelroute",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        epilog=EXIT_CODES,
    )
    app.callback(epilog=EXIT_CODES)(_root)
    for name, command in _commands().items():
        asked = arguments is None or name in arguments
        app.command(name, short_help=command.short_help)(command.spread() if asked else _unasked)
    return app


def texts(arguments: Container[str]) -> dict[str, frozenset[str]]:
    """The flags that take any text, by command, for the commands among `arguments`."""
    return {name: text_flags(command.flags) for name, command in _commands().items() if name in arguments}


def _unasked() -> None:
    """Stand in the list of commands."""
