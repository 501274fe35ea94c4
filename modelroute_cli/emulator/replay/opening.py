"""A replay made from a job, recorded outcomes and settings; what does not fit is refused before anything is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from modelroute_cli.base.errors import OutcomesError, SettingsError
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.hidden_quality import ANY_MODEL, EmulatorReplay
from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.catalog.suggest import did_you_mean
from modelroute_cli.emulator.replay.names import ModelNames
from modelroute_cli.emulator.replay.prompts import COLUMNS, Inline, Prompts, Sent, as_it_is
from modelroute_cli.emulator.replay.recorded import Recorded
from modelroute_cli.emulator.replay.replay import Known, Replay
from modelroute_cli.jobs.outcomes import read_outcomes
from modelroute_cli.jobs.problems import quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The job whose requests will be asked; `frame` is REQUESTS, ASSIGNMENTS or a part of either."""

    path: Path  # the file that offsets refer to
    frame: pl.LazyFrame
    inline: Inline  # a request with the content of its files in their place
    sent: Sent = as_it_is  # and with what is replaced before it is sent


def recorded_in(
    outcomes: Path | None, frame: pl.LazyFrame, catalog: Catalog, settings: EmulatorSettings
) -> Recorded | None:
    """The outcomes in a file for the requests of a job (its REQUESTS or ASSIGNMENTS); None without a file.

    OutcomesError for a file that is wrong, names models that the catalog does not have, or is of another job;
    SettingsError for models of the settings that the catalog does not have, and for a drift that never begins.
    """
    _refuse_strangers(settings.replay, catalog)
    _refuse_timeless(settings.replay)
    return None if outcomes is None else _recorded(outcomes, frame.select("custom_id").collect()["custom_id"], catalog)


@contextmanager
def opened(job: Job, recorded: Recorded | None, catalog: Catalog, settings: EmulatorSettings) -> Iterator[Replay]:
    """A replay of the outcomes (None: the settings alone say what is right), for as long as it is used."""
    replay = open_replay(job, recorded, catalog, settings)
    try:
        yield replay
    finally:
        replay.close()


def open_replay(job: Job, recorded: Recorded | None, catalog: Catalog, settings: EmulatorSettings) -> Replay:
    """The same, to be closed by whoever uses it."""
    variants = (*(() if recorded is None else recorded.models), *(name for name, _ in _named(settings.replay)))
    known = Known(
        prompts=Prompts(job.path, _places(job.frame), job.inline, job.sent),
        names=ModelNames(catalog, (name for name in variants if name != ANY_MODEL)),
        recorded=recorded,
    )
    return Replay(known, settings.replay, settings.seed)


def _places(frame: pl.LazyFrame) -> pl.DataFrame:
    """Where the requests are, with their `rule` where the frame has it."""
    rule = ("rule",) if "rule" in frame.collect_schema() else ()
    return frame.select(*COLUMNS, *rule).collect()


def _recorded(path: Path, custom_ids: pl.Series, catalog: Catalog) -> Recorded:
    """The outcomes of the job's requests."""
    table = read_outcomes(path, catalog.models)
    recorded = Recorded(table, custom_ids)
    if not recorded.requests:
        message = f"`{path}` has no outcome of any request of this job"
        theirs, ours = quoted(table["custom_id"][0]), quoted(custom_ids[0])
        raise OutcomesError(message, hint=f"its first `custom_id` is {theirs}, the job's is {ours}: they must be equal")
    return recorded


def _refuse_strangers(settings: EmulatorReplay, catalog: Catalog) -> None:
    """Every model that is named is one of the catalog."""
    for name, where in _named(settings):
        if name != ANY_MODEL and name not in catalog.models:
            message = f"`emulator.replay.{where}` names the model `{name}`, which is not known"
            raise SettingsError(message, hint=did_you_mean(name, catalog.models, "`modelroute models` lists all"))


def _refuse_timeless(settings: EmulatorReplay) -> None:
    """Every drift has a beginning."""
    for number, drift in enumerate(settings.drift, start=1):
        if drift.after_requests is None and drift.after_s is None:
            message = f"`emulator.replay.drift`: the drift of `{drift.model}` (number {number}) never begins"
            raise SettingsError(message, hint="give it `after_requests: 500` or `after_s: 60`")


def _named(settings: EmulatorReplay) -> Iterator[tuple[str, str]]:
    """Every model that the settings name, and the key that names it."""
    for group, shares in settings.qualities.items():
        yield from ((name, f"qualities.{group}") for name in shares)
    yield from ((name, "gate_catch") for name in settings.gate_catch)
    yield from ((name, "judges") for name in settings.judges)
    yield from ((drift.model, "drift") for drift in settings.drift)
