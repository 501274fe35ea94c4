"""Waiting requests as OPEN columns for a re-plan: rows of a shelf and tickets alike, each request read once."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

import polars as pl
from msgspec import structs

from modelroute_cli.base.frames import ASSIGNMENTS, Schema, check
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.bounds import InputBound, input_bound
from modelroute_cli.execution.tickets import COLUMNS, Ticket
from modelroute_cli.planning.open_requests import OPEN

WAITING: Schema = {**{name: ASSIGNMENTS[name] for name in COLUMNS}, "tried": OPEN["tried"]}
_FALLEN = {"template": pl.String, "fallen": pl.String}
_FACTS = ("needs", "min_quality", "has_schema", "own_limit", "bound_tokens", "bound_audio_tokens")
_AT_ONCE = 500  # requests that are read before others get their turn


def waiting_frame(tickets: Sequence[Ticket], rows: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """WAITING: the assignments of tickets and of rows of a shelf, by row, with the models that each has tried."""
    values = [(*structs.astuple(ticket.assigned), "\n".join(ticket.history.tried)) for ticket in tickets]
    own = pl.DataFrame(values, schema=WAITING, orient="row")
    shelved = [_as_waiting(frame) for frame in rows]
    return check(pl.concat([own, *shelved]).sort("row"), WAITING)


def without_fallen(waiting: pl.DataFrame, fallen: Collection[tuple[str, str]]) -> pl.DataFrame:
    """WAITING with the models that got worse on a template (template, model) among those that it has tried."""
    if not fallen:
        return waiting
    names: dict[str, list[str]] = {}
    for template, model in sorted(fallen):
        names.setdefault(template, []).append(model)
    table = pl.DataFrame([(name, "\n".join(models)) for name, models in names.items()], schema=_FALLEN, orient="row")
    both = waiting.join(table, on="template", how="left", maintain_order="left")
    tried = pl.concat_str("tried", "fallen", separator="\n", ignore_nulls=True)
    return check(both.with_columns(tried.str.strip_chars("\n").alias("tried")).drop("fallen"), WAITING)


def _as_waiting(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a shelf, which keeps them small, with the columns' own types."""
    return rows.with_columns(tried=pl.lit("")).select(pl.col(name).cast(kind) for name, kind in WAITING.items())


def _as_it_is(request: Request, rule: str) -> Request:
    """Nothing is replaced."""
    del rule
    return request


async def open_frame(
    waiting: pl.DataFrame,
    read: Callable[[int, int], Request],
    amounts: Mapping[str, int],
    sent: Callable[[Request, str], Request] = _as_it_is,
) -> pl.DataFrame:
    """OPEN: WAITING with what the requests themselves say; others get their turn while many are read.

    `sent` gives a request, by its `rule`, as it is sent: what it takes at most is told from that.
    """
    facts: list[tuple[int, float | None, bool, int, int, int]] = []
    for offset, length, rule in waiting.select("offset", "length", "rule").iter_rows():
        request = read(offset, length)
        facts.append(_facts(request, input_bound(sent(request, rule), amounts)))
        if len(facts) % _AT_ONCE == 0:
            await asyncio.sleep(0)
    told = pl.DataFrame(facts, schema={name: OPEN[name] for name in _FACTS}, orient="row")
    return check(pl.concat([waiting, told], how="horizontal").select(list(OPEN)), OPEN)


def _facts(request: Request, bound: InputBound) -> tuple[int, float | None, bool, int, int, int]:
    """The columns of _FACTS."""
    has_schema, own_limit = request.response_schema is not None, request.max_output_tokens or 0
    return (request.needs(), request.min_quality, has_schema, own_limit, bound.tokens, bound.audio_tokens)
