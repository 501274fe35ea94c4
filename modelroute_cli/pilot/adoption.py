"""Which answers of a pilot become results: of each request the best that its gates let pass."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from modelroute_cli.execution.adopting import Adoption
from modelroute_cli.pilot.design import Design
from modelroute_cli.pilot.gathered import Gathered
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.planning.piloted import ADOPTED, ANSWERED


def adopted(found: Iterable[Gathered], seen: Sequence[Observation], baseline: str) -> pl.DataFrame:
    """ADOPTED: for each request that has one, the best scored answer that passed and whose cost is known.

    Of equally good ones the baseline's, else the dearest: all are paid for, and finer than was measured they may be.
    """
    qualities = {(each.custom_id, each.model): each.quality for each in seen}
    best: dict[int, Gathered] = {}
    for each in found:
        if not each.answer.passed or each.answer.cost_pusd is None:
            continue
        held = best.get(each.pair.row)
        if held is None or _worth(each, qualities, baseline) > _worth(held, qualities, baseline):
            best[each.pair.row] = each
    rows = [_row(best[row]) for row in sorted(best)]
    return pl.DataFrame(rows, schema=ADOPTED, orient="row")


def adoptions(design: Design, assignments: pl.LazyFrame) -> tuple[Adoption, ...]:
    """Every pair of a pilot for a plan that was made with it: its ASSIGNMENTS say whose answers are results."""
    rows = sorted({pair.row for pair in design.pairs()})
    taken = assignments.filter(pl.col("row").is_in(rows)).select("row", "model", "reason").collect()
    there = set(taken["row"])
    final = {(row, model) for row, model, reason in taken.iter_rows() if reason == ANSWERED}
    return tuple(
        Adoption(own_row, pair.row, (pair.row, pair.model) in final)
        for own_row, pair in enumerate(design.pairs())
        if pair.row in there
    )


def _worth(each: Gathered, qualities: Mapping[tuple[str, str], float], baseline: str) -> tuple[float, bool, int, str]:
    answer = each.answer
    quality = qualities.get((answer.custom_id, answer.model), 0.0)
    return quality, answer.model == baseline, answer.cost_pusd or 0, answer.model


def _row(each: Gathered) -> tuple[int, str, int, int, int]:
    answer = each.answer
    return each.pair.row, answer.model, answer.input_tokens or 0, answer.output_tokens or 0, answer.cost_pusd or 0
