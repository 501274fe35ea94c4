"""What waits to be handed in: columns until their turn comes, by the way they go."""

import numpy as np
import polars as pl
from support.handing_in import batch_plan, handed
from support.plans import CHEAP, OTHER, WORST, Row

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.execution.batching.waiting import Waiting, waiting_tiers
from modelroute_cli.execution.batching.ways import Way
from modelroute_cli.execution.engine import pending
from modelroute_cli.execution.routes import Routes

BATCH = ServiceTier.BATCH
NOBODY = np.array([], dtype=np.int64)


def way_of(model: str, tier: str) -> Way | None:
    """OTHER takes batches, CHEAP does not."""
    return Way("other", ServiceTier(tier), model) if model == OTHER else None


def waiting(rows: list[Row]) -> Waiting:
    """What of these rows is to be handed in."""
    plan = batch_plan(rows)
    make = Routes.of(plan).planned
    tiers = waiting_tiers(plan.assignments)
    return Waiting(
        {tier: pending(plan.assignments.filter(pl.col("service_tier") == tier), NOBODY, make) for tier in tiers}, way_of
    )


def test_what_is_sent_at_once_does_not_wait_here() -> None:
    """The tiers of a plan that are handed in, in order."""
    rows = [Row(), *handed(2), Row(service_tier="background_8h"), Row(service_tier="flex")]
    assert waiting_tiers(batch_plan(rows).assignments) == ("background_8h", "batch")
    assert waiting_tiers(batch_plan([Row()]).assignments) == ()


def test_requests_come_one_by_one_in_their_order() -> None:
    """And what they were planned to cost goes with them."""
    found = waiting(handed(3))
    (way,) = found.ways()
    assert (way, len(found), found.worst_pusd) == (Way("other", BATCH, OTHER), 3, 3 * WORST[OTHER])
    assert found.loads[OTHER].requests == 3

    rows = [ticket.assigned.row for ticket in iter(lambda: found.take(way), None)]

    assert rows == [0, 1, 2]
    assert (len(found), found.loads[OTHER].requests, found.ways()) == (0, 0, ())


def test_what_is_put_back_is_next_and_what_comes_back_is_before_the_untried() -> None:
    """Nothing waits behind a million others a second time."""
    found = waiting(handed(3))
    (way,) = found.ways()
    first, second = found.take(way), found.take(way)
    assert first is not None
    assert second is not None
    assert found.push(first)
    found.put_back(way, second)
    assert [ticket.assigned.row for ticket in iter(lambda: found.take(way), None)] == [1, 0, 2]


def test_what_cannot_be_handed_in_is_told_apart() -> None:
    """By its model; it is taken once."""
    found = waiting([*handed(1), Row(model=CHEAP, service_tier="batch")])
    assert [ticket.model for ticket in found.homeless()] == [CHEAP]
    assert (len(found), list(found.homeless())) == (1, [])
    (ticket,) = found.take_all()
    assert (ticket.model, len(found)) == (OTHER, 0)


def test_the_way_with_most_requests_is_the_first() -> None:
    """Its batches take longest."""
    rows = [Row(model=OTHER, service_tier="background_8h"), *handed(2)]
    assert [way.tier for way in waiting(rows).ways()] == [BATCH, ServiceTier.BACKGROUND_8H]
