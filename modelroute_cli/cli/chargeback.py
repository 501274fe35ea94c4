"""`modelroute chargeback`: what runs cost, by tenant or cost centre, for people and for finance."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.catalog.tenants import CHARGED_BY
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.find_run import find_run
from modelroute_cli.cli.flags_charge import ChargebackFlags
from modelroute_cli.cli.workspace import RUNS, SPOOL, open_workspace
from modelroute_cli.execution.run_folder import RunFolder, write_whole
from modelroute_cli.report.charge_files import check_form, file_of
from modelroute_cli.report.charge_period import ChargeOrder, Period, chargeback
from modelroute_cli.report.charge_reading import SplitBy, read_charges
from modelroute_cli.report.charge_screen import charge_screen
from modelroute_cli.report.charge_types import Chargeback
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.screen import plural


def charge_back(flags: ChargebackFlags, console: Console) -> ExitCode:
    """Show the charges, or write them; UsageError for a bad day, key or file, or where there is no run."""
    if flags.output is not None:
        _check_output(flags.output, force=flags.force)
    settings = open_workspace(flags.config, None, {}).settings
    order = ChargeOrder(
        by=checked_key(flags.by or settings.chargeback.by),
        duplicates=settings.chargeback.duplicates,
        period=period_of(flags.from_day, flags.to_day),
    )
    split = SplitBy(by=order.by, duplicates=order.duplicates, caps=settings.caps.tenants, spool_dir=SPOOL)
    runs, left_out = _chosen(flags)
    found = chargeback([read_charges(run, split) for run in runs], order, [run.run_id for run in left_out])
    _hand_over(found, flags, console)
    return ExitCode.OK


def checked_key(by: str) -> str:
    """By what money is split; UsageError where it is nothing that requests have."""
    if re.fullmatch(CHARGED_BY, by):
        return by
    message = f"`{by}` is nothing that requests are charged by"
    raise UsageError(message, hint="type `tenant`, `metadata.FIELD` (such as metadata.cost_center) or `tags.PREFIX`")


def period_of(first: str | None, last: str | None) -> Period:
    """The days that are asked for; UsageError for what is no day, and for days in the wrong order."""
    period = Period(first=_day(first, "--from"), last=_day(last, "--to"))
    if period.first and period.last and period.first > period.last:
        message = f"--from {period.first} is after --to {period.last}"
        raise UsageError(message, hint="give the earlier day to --from")
    return period


def _day(text: str | None, flag: str) -> str | None:
    """A day as ISO text."""
    try:
        return None if text is None else date.fromisoformat(text).isoformat()
    except ValueError as error:
        message = f"`{text}` is no day"
        raise UsageError(message, hint=f"type year, month and day, as in `{flag} 2026-11-30`") from error


def _chosen(flags: ChargebackFlags) -> tuple[Sequence[RunFolder], Sequence[RunFolder]]:
    """The runs that are charged, and those that are left out; UsageError where nothing is left."""
    named = flags.runs or ()
    runs = list(all_runs(RUNS)) if not named else list(_once(find_run(target) for target in named))
    if not runs:
        find_run(None)
    left_out = [run for run in runs if run.meta().emulated and not flags.emulated]
    kept = [run for run in runs if run not in left_out]
    if not kept:
        message = f"{plural(len(left_out), 'emulated run')} and no other: nothing was paid that could be charged"
        raise UsageError(message, hint="add --emulated to see what they would have cost")
    return kept, left_out


def _once(runs: Iterable[RunFolder]) -> Iterable[RunFolder]:
    """Each run once, in the order in which they were named."""
    return {run.path: run for run in runs}.values()


def all_runs(root: Path) -> list[RunFolder]:
    """Every run that was ever started in a folder, by when it was; those that `--restart` set aside cost money too."""
    if not root.is_dir():
        return []
    folders = [RunFolder(root, path.name) for path in root.iterdir()]
    return sorted((run for run in folders if run.exists()), key=lambda run: (run.meta().created_at, run.run_id))


def _check_output(path: Path, *, force: bool) -> None:
    """UsageError before anything is read."""
    check_form(path.name)
    if path.exists() and not force:
        message = f"`{path}` is there already"
        raise UsageError(message, hint="name another file, or add --force to replace it")


def _hand_over(found: Chargeback, flags: ChargebackFlags, console: Console) -> None:
    """Into the file, or to stdout; with both, the file and the JSON."""
    if flags.output is not None:
        try:
            write_whole(flags.output, file_of(flags.output.name, found))
        except OSError as error:
            message = f"`{flags.output}` cannot be written: {error.strerror}"
            raise UsageError(message, hint="name a file in a folder of yours") from error
        console.note(f"Wrote {plural(len(found.lines), 'line')} of {plural(len(found.runs), 'run')} to {flags.output}")
    if flags.as_json:
        console.say(to_json(found))
    else:
        console.show(charge_screen(found, console.width))
