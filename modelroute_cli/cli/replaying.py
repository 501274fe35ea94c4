"""The emulator of a run that replays: what the flags ask for, the replay of an order, and what is told at its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import polars as pl
from msgspec import structs

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.workspace import Workspace
from modelroute_cli.emulator.replay.counts import Replayed
from modelroute_cli.emulator.replay.opening import Job, opened, recorded_in
from modelroute_cli.emulator.replay.recorded import Recorded
from modelroute_cli.emulator.replay.replay import Replay
from modelroute_cli.features.redaction.json_texts import with_texts
from modelroute_cli.features.redaction.order import Redactor
from modelroute_cli.jobs.given import folder_of
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.planned_media import PlannedMedia
from modelroute_cli.report.screen import plural, safe

_SHOWN_MODELS = 5


def recorded_for(order: Order, outcomes: Path | None) -> Recorded | None:
    """The outcomes that the order is to be replayed with; OutcomesError or SettingsError before anything is sent."""
    if not order.emulated:
        return None
    space = order.workspace
    return recorded_in(outcomes, order.plan.assignments, space.catalog, space.settings.emulator)


def unrecorded(order: Order, recorded: Recorded | None, outcomes: Path | None) -> Iterator[str]:
    """A warning where the plan uses models that have no outcomes and no hidden qualities."""
    if recorded is None or order.workspace.settings.emulator.replay.decides():
        return
    planned = order.plan.assignments.select(pl.col("model").unique().sort()).collect()["model"].to_list()
    missing = [name for name in planned if name not in recorded.models]
    if not missing:
        return
    named = ", ".join(missing[:_SHOWN_MODELS])
    more = f" and {len(missing) - _SHOWN_MODELS:,} more" if len(missing) > _SHOWN_MODELS else ""
    whose = "its" if len(missing) == 1 else "their"
    yield f"{outcomes} has no outcomes of {named}{more}, which the plan uses: {whose} answers will be made up"


def recorded_of(job: JobFile, space: Workspace, outcomes: Path | None) -> Recorded | None:
    """The same for a job file."""
    return recorded_in(outcomes, job.requests, space.catalog, space.settings.emulator)


def replayed_job(job: JobFile, max_side: int | None) -> Job:
    """The requests of a job file, as outcomes are recorded of them."""
    inline = PlannedMedia(folder_of(job.source), dict(job.images), max_side).inline
    return Job(path=job.path, frame=job.requests, inline=inline)


@contextmanager
def replay_of(order: Order, recorded: Recorded | None, asked: Job | None = None) -> Iterator[Replay | None]:
    """What decides which answers are right; None where neither outcomes nor settings do.

    `asked` are the requests that the outcomes are of, where these are not the order's own.
    """
    settings = order.workspace.settings.emulator
    if recorded is None and not settings.replay.decides():
        yield None
        return
    planned = order.plan.header.job
    inline = PlannedMedia(folder_of(planned.source), planned.images, planned.max_side).inline
    sent = partial(sent_with_expected, Redactor.of(order.plan.header.redaction))
    own = Job(path=order.requests, frame=order.plan.assignments, inline=inline, sent=sent)
    with opened(asked or own, recorded, order.workspace.catalog, settings) as replay:
        yield replay


def sent_with_expected(redactor: Redactor, request: Request, rule: str) -> Request:
    """A request as it is sent, its right answer too: a model that saw placeholders answers with them."""
    try:
        sealed = redactor.sealed(request, rule)
    except JobFileError:
        return request
    if sealed is None:
        return request
    return structs.replace(sealed.request, expected=with_texts(request.expected, sealed.vault.known_sealed))


def replay_lines(told: Replayed) -> tuple[str, ...]:
    """What was replayed, and what was not, loudly."""
    total = told.right + told.wrong
    bad = f", {told.shown_bad:,} of the wrong ones visibly" if told.shown_bad else ""
    judged = f"; {plural(told.judged, 'question')} of judges answered by what is right" if told.judged else ""
    lines = [f"Replay: {plural(total, 'answer')} decided, {told.right:,} right, {told.wrong:,} wrong{bad}{judged}"]
    missed = _missed(told)
    return (*lines, *(f"warning: {text}" for text in missed), *_drifts(told))


def _missed(told: Replayed) -> Iterator[str]:
    """What was answered as usual, so that it says nothing about quality."""
    missing = sorted(told.without_outcome.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{safe(name)} ({count:,})" for name, count in missing[:_SHOWN_MODELS])
    more = f" and {len(missing) - _SHOWN_MODELS:,} more models" if len(missing) > _SHOWN_MODELS else ""
    if missing:
        total = plural(sum(told.without_outcome.values()), "request")
        yield f"{total} had no recorded outcome and got made-up answers: {named}{more}"
    if told.with_tools:
        yield f"{plural(told.with_tools, 'request')} with tools got made-up answers: a replay decides texts alone"
    if told.unknown:
        yield f"{plural(told.unknown, 'request')} of other texts than the job's got made-up answers"


def _drifts(told: Replayed) -> Iterator[str]:
    """How the models drifted."""
    for drift in told.drifts:
        where = "" if drift.template is None else f" on `{safe(drift.template)}`"
        if drift.since is None:
            yield f"Drift of {safe(drift.model)}{where}: it did not begin"
        else:
            begun = f"began at {drift.since[:19]} after {plural(drift.after_requests or 0, 'request')}"
            yield f"Drift of {safe(drift.model)}{where}: {begun}, made {plural(drift.changed, 'answer')} wrong"
