"""`modelroute pilot export` and `pilot import`: a pilot's answers to people, and what they say of them back."""

import os
from pathlib import Path

import msgspec

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_measured import PilotExportFlags, PilotImportFlags
from modelroute_cli.cli.history_use import remember
from modelroute_cli.cli.pilot_sheet import SheetOrder, export, import_, tell_scorers
from modelroute_cli.cli.workspace import PILOTS
from modelroute_cli.jobs.spool import file_digest
from modelroute_cli.pilot.folder import PilotFolder, list_pilots
from modelroute_cli.pilot.gathered import gathered
from modelroute_cli.pilot.history.sums import Part
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.request_text import request_text
from modelroute_cli.report.screen import safe

_SHEET = Path("answers.csv")


def pilot_export(flags: PilotExportFlags, console: Console) -> ExitCode:
    """Write the answers of a pilot as a sheet for people."""
    folder = find_pilot(flags.pilot)
    design = folder.design()
    answers = [each.answer for each in gathered(folder.run.journal, design)]
    texts = _texts(folder)
    order = SheetOrder(
        path=flags.output or _SHEET, seed=design.seed, per_template=flags.per_template, force=flags.force
    )
    return export(answers, texts.__getitem__, order, console)


def pilot_import(flags: PilotImportFlags, console: Console) -> ExitCode:
    """Take in what people said: it stands in the place of other scorers' word where they saw a pair."""
    found = import_(flags.sheet, console, flags.key).observations
    folder = _pilot_of(flags.pilot, found, flags.sheet)
    folder.keep_labels(found)
    design = folder.design()
    settings = load_settings(Path.cwd(), flags.config, os.environ, {})
    part = Part(run=folder.pilot_id, source="pilot", baseline=design.baseline, at=SystemClock().now())
    remember(settings, folder.measured(design.baseline), part, console)
    tell_scorers(folder.scored(), folder.labels(), design.baseline, console)
    console.note(f"Next: modelroute plan {folder.run.meta().source}, which uses pilot {folder.pilot_id}")
    return ExitCode.OK


def find_pilot(target: str | None) -> PilotFolder:
    """The pilot that `target` names (an id, its beginning or a job file; None: the latest); UsageError for none."""
    pilots = list_pilots(PILOTS)
    digest = file_digest(Path(target)) if target is not None and Path(target).is_file() else None
    found = (each for each in pilots if target is None or _is_named(each, target, digest))
    pilot = next(found, None)
    if pilot is None:
        message = "no pilot was made in this folder" if target is None else f"no pilot is known of `{safe(target)}`"
        raise UsageError(message, hint="make one with `modelroute pilot JOBS`")
    return pilot


def _is_named(pilot: PilotFolder, target: str, digest: str | None) -> bool:
    return pilot.run.meta().job_digest == digest if digest is not None else pilot.pilot_id.startswith(target)


def _texts(folder: PilotFolder) -> dict[str, str]:
    """What was asked, by custom_id of the job."""
    ids, pairs = folder.design().ids(), folder.design().pairs()
    lines = folder.jobs.read_bytes().splitlines()
    return {
        ids[pair.row]: request_text(msgspec.json.decode(line, type=Request))
        for pair, line in zip(pairs, lines, strict=True)
    }


def _pilot_of(target: str | None, labels: tuple[Observation, ...], sheet: Path) -> PilotFolder:
    """The pilot whose answers were labelled; UsageError where it is another one's sheet."""
    wanted = {(each.custom_id, each.model) for each in labels}
    pilots = [find_pilot(target)] if target is not None else list_pilots(PILOTS)
    for pilot in pilots:
        if wanted <= {
            (each.answer.custom_id, each.answer.model) for each in gathered(pilot.run.journal, pilot.design())
        }:
            return pilot
    message = f"`{sheet}` has answers that no pilot here was given"
    raise UsageError(
        message, hint="import it in the folder of its pilot, or name that pilot: `pilot import SHEET PILOT`"
    )
