"""`modelroute eval`: what this tool would have done with a batch whose outcomes are known."""

import os
from pathlib import Path

import polars as pl

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ExitCode, StorageError, UsageError
from modelroute_cli.base.schema import Usage
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.catalog.prices import cost, resolve
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_measured import EvalFlags
from modelroute_cli.cli.job_plan import index_job, tell_notes
from modelroute_cli.cli.job_reading import job_reading
from modelroute_cli.cli.workspace import SPOOL
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.outcomes import read_outcomes
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.jobs.recorded_prompts import as_job_file
from modelroute_cli.pilot.evaluate.evaluate import Prompts, evaluate, prepared
from modelroute_cli.pilot.evaluate.scoreboard import Asked
from modelroute_cli.pilot.groups import prompt_text
from modelroute_cli.report.eval_plot import eval_plot
from modelroute_cli.report.eval_screen import eval_screen
from modelroute_cli.report.json_out import to_json


def evaluate_outcomes(flags: EvalFlags, console: Console) -> ExitCode:
    """Replay recorded outcomes through pilot and plan, and compare with other ways of choosing."""
    settings = load_settings(Path.cwd(), flags.config, os.environ, {})
    asked = _asked(flags)
    outcomes = _priced(read_outcomes(flags.outcomes), settings)
    job = index_job(as_job_file(flags.jobs, SPOOL), job_reading(flags, settings))
    tell_notes(job, console)
    loaded = prepared(_prompts(job), outcomes, flags.baseline or "best")
    board = evaluate(loaded, asked, range(flags.seeds))
    if flags.plot is not None:
        _write(flags.plot, eval_plot(board))
        console.note(f"Plot: {flags.plot}")
    if flags.as_json:
        console.say(to_json(board))
    else:
        console.show(eval_screen(board, console.width))
    return ExitCode.OK


def _asked(flags: EvalFlags) -> Asked:
    """What the flags ask for; UsageError for a floor beside a budget."""
    if flags.floor is not None and flags.budget is not None:
        message = "--floor and --budget: a plan keeps one or the other"
        raise UsageError(message, hint="leave one of them out")
    return Asked(
        jobs=flags.jobs,
        outcomes=str(flags.outcomes),
        floor=1.0 if flags.budget is not None else _DEFAULT_FLOOR if flags.floor is None else flags.floor,
        budget=flags.budget,
        confidence=flags.confidence,
        pilot_per_template=flags.pilot_per_template,
    )


_DEFAULT_FLOOR = 0.98


def _prompts(job: JobFile) -> Prompts:
    """Ids, templates and texts of all requests, in their order."""
    known = job.requests.select("custom_id", "template", "offset", "length")
    rows = known.collect()
    with RequestReader(job.path) as reader:
        places = rows.select("offset", "length").iter_rows()
        texts = tuple(prompt_text(reader.at(*place)) for place in places)
    return Prompts(tuple(rows["custom_id"]), tuple(rows["template"].cast(pl.String)), texts)


def _priced(outcomes: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """OUTCOMES whose missing costs follow from their tokens, where the catalog has a price of the model."""
    unknown = outcomes.filter(pl.col("cost_pusd").is_null() & pl.col("output_tokens").is_not_null())
    catalog = load_catalog(settings)
    names = [name for name in unknown["model"].unique().sort() if name in catalog.models]
    if not names:
        return outcomes
    at = SystemClock().now()
    cards = {name: resolve(catalog.models[name], settings, at) for name in names}
    rows = outcomes.with_row_index("place")
    missing = rows.filter(
        pl.col("cost_pusd").is_null()
        & pl.col("model").is_in(names)
        & pl.col("input_tokens").is_not_null()
        & pl.col("output_tokens").is_not_null()
    )
    usages = missing.select("place", "model", "input_tokens", "output_tokens").iter_rows()
    found = [(place, cost(cards[model], Usage(input_tokens=i, output_tokens=o), at)) for place, model, i, o in usages]
    made = pl.DataFrame(found, schema={"place": pl.UInt32, "made": pl.Int64}, orient="row")
    joined = rows.join(made, on="place", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("cost_pusd", "made").alias("cost_pusd")).drop("place", "made")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot write `{path}`: {error.strerror}"
        raise StorageError(message, hint="choose another place with --plot") from error
