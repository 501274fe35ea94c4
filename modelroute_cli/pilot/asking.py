"""A pilot as a job of its own: every pair of request and model as a request that names its model, and their plan."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec
import polars as pl
from msgspec import structs

from modelroute_cli.base.schema import GateRules, Request, ServiceTier, TaskType
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.settings import Objective, Settings
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.pilot.design import Design, Pair
from modelroute_cli.planning.header import PlanOptions
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.measurable import unbelieved
from modelroute_cli.planning.plan import Plan

JOBS_NAME = "pilot.jsonl"


def lines(design: Design, read: Callable[[int], Request]) -> Iterator[bytes]:
    """The pairs of a design as lines of a job file; `read` gives the request of a row."""
    task_types = {part.template: part.task_type for part in design.parts}
    for pair in design.pairs():
        yield msgspec.json.encode(_asked(read(pair.row), pair, task_types[pair.template])) + b"\n"


def _asked(request: Request, pair: Pair, task_type: TaskType) -> Request:
    """A request as one model gets it: at once, whatever is believed of that model."""
    return structs.replace(
        request,
        custom_id=pair.custom_id,
        model=pair.model,
        task_type=request.task_type or task_type,
        min_quality=None,
        deadline=None,
        gates=_lone(request.gates),
    )


def _lone(gates: GateRules | None) -> GateRules | None:
    """Gates without the one that compares an answer with others: here others answer the same."""
    return None if gates is None else structs.replace(gates, near_duplicates=None)


def requests_in(job: JobFile, design: Design) -> Mapping[int, Request]:
    """The requests that may be asked, by row, read again from the job file."""
    rows = sorted({pair.row for pair in design.pairs()})
    places = job.requests.filter(pl.col("row").is_in(rows)).select("row", "offset", "length").collect()
    with RequestReader(job.path, ignore_models=job.reading.ignore_models) as reader:
        return {row: reader.at(offset, length) for row, offset, length in places.iter_rows()}


@dataclass(frozen=True, slots=True)
class Ground:
    """What every plan of a job is made with."""

    catalog: Catalog
    settings: Settings
    options: PlanOptions


def plan_of(found: JobFile, design: Design, source: str, ground: Ground) -> Plan:
    """The plan of the pilot's own job file `found`, whose pairs are of the job file `source`: each on its own model.

    The rules of the settings hold as they hold for the job, but for what they ask of believed quality.
    """
    options = ground.options
    plain = PlanOptions(
        at=options.at,
        created_at=options.created_at,
        historic=options.historic,
        tool_version=options.tool_version,
        dedupe=False,
        tiers=(ServiceTier.STANDARD,),
    )
    templates = pl.Series([pair.template for pair in design.pairs()], dtype=pl.String)
    named = found.requests.with_columns(
        pl.col("row").replace_strict(pl.int_range(len(templates), eager=True), templates).alias("template")
    )
    job = replace(found, source=source, requests=named)
    settings = replace(unbelieved(ground.settings), objective=Objective(baseline=design.baseline))
    plan = make_plan(job, ground.catalog, settings, plain)
    gates = {rule: _lone(asked) or asked for rule, asked in plan.header.gates.items()}
    return replace(plan, header=structs.replace(plan.header, gates=gates))
