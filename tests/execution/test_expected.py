"""What one request is expected to take elsewhere: the same as many of them."""

import polars as pl
from support.open_rows import open_of
from support.planning_jobs import plan_of, settings_of

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.expected import cost_on, taken_on
from modelroute_cli.execution.tickets import COLUMNS, Assigned
from modelroute_cli.planning.reach import Reach
from modelroute_cli.planning.replan import Leftover, replan


def test_one_request_takes_what_a_re_plan_of_all_expects_of_it() -> None:
    """Tokens, output limit and cost, on every model of its rule."""
    rows = [{"input_tokens": 100 + 40 * row, "max_output_tokens": limit} for row, limit in enumerate((None, 50, 900))]
    plan = plan_of(rows, settings_of(objective__min_quality=0.0))
    reach = Reach.of(plan.header)
    values = plan.assignments.select(COLUMNS).collect().iter_rows()
    requests = [Request(custom_id="r", prompt="x", max_output_tokens=row["max_output_tokens"]) for row in rows]
    own = pl.Series("own_limit", [0, 50, 900])
    assigned = [Assigned(*each) for each in values]
    for name in plan.header.allowed["bulk"]:
        spot = reach.spot(name, "bulk", "standard")
        assert spot is not None
        others = frozenset(plan.header.models) - {name}
        left = Leftover(closed=others, money=PicoUSD(10**15), min_quality=None)
        moved = replan(open_of(plan, own_limit=pl.lit(own)), reach, left).moved
        for item, request, row in zip(assigned, requests, moved.iter_rows(named=True), strict=True):
            taken = taken_on(spot, item, request, reach)
            assert int(taken.input_tokens[0]) == row["input_tokens"]
            assert int(taken.output_tokens[0]) == row["output_tokens"]
            assert int(taken.max_tokens[0]) == row["max_tokens"]
            assert cost_on(spot, taken, reach) == row["cost_pusd"]
