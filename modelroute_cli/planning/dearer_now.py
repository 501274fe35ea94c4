"""Models whose hour is dearer when a plan is sent than when it was made: its costs are then no longer what it says."""

from collections.abc import Iterator
from datetime import datetime

import polars as pl

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cheap_hours import cheap_from, is_cheap
from modelroute_cli.planning.plan import Plan


def dearer_now(plan: Plan, at: datetime) -> Iterator[str]:
    """A warning for each model that was planned in its cheap hours and would be sent to in its dear ones at `at`.

    A start that is still to come counts in the place of `at`; what is bought off-peak waits anyway.
    """
    header = plan.header
    begins = at if header.start_at is None else max(at, datetime.fromisoformat(header.start_at))
    planned = datetime.fromisoformat(header.prices_at)
    for model in _at_standard(plan):
        card = header.rate_cards[model]
        cheap = cheap_from(card, begins)
        if is_cheap(card, planned) and not is_cheap(card, begins) and cheap is not None:
            yield (
                f"`{model}` was planned at the price of its cheap hours and is dearer now, until {cheap:%H:%M} UTC: "
                f"the projection does not hold; plan with `--start-at {cheap:%Y-%m-%dT%H:%M}Z`, or with a deadline"
            )


def _at_standard(plan: Plan) -> list[str]:
    """The models whose price follows the hour and to which requests go at the standard tier, by name."""
    changing = [name for name, card in plan.header.rate_cards.items() if card.windows]
    if not changing:
        return []
    standard = pl.col("service_tier").cast(pl.String) == ServiceTier.STANDARD.value
    sent = plan.assignments.filter(standard, pl.col("duplicate_of").is_null(), pl.col("model").is_in(changing))
    return sent.select(pl.col("model").unique()).collect()["model"].sort().to_list()
