"""What limits alone allow, and why a model starts nothing just now."""

from math import inf

import pytest
from support.plans import CHEAP, OTHER

from modelroute_cli.catalog.cards import Limits
from modelroute_cli.execution.lane import Lane
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.pressure import Stretch, bound_of, holds, is_bounded, limit_of, span, tightest
from modelroute_cli.execution.work import Bound, KnownLimit, LimitUnit
from modelroute_cli.providers.base import RateSignal

LOAD = Load(input_tokens=40_000, output_tokens=5_000, requests=100, paced_tokens=60_000)


@pytest.mark.parametrize(
    ("limits", "seconds", "unit"),
    [
        (Limits(rpm=50), 120.0, LimitUnit.RPM),
        (Limits(rpm=500, tpm=10_000), 360.0, LimitUnit.TPM),
        (Limits(rpm=500, input_tpm=20_000), 120.0, LimitUnit.INPUT_TPM),
        (Limits(rpm=500, output_tpm=1_000), 300.0, LimitUnit.OUTPUT_TPM),
        (Limits(rpm=500, rpd=1_000), 8_640.0, LimitUnit.RPD),
        (Limits(rpm=500, tpd=45_000), 86_400.0, LimitUnit.TPD),
    ],
)
def test_the_limit_that_needs_longest_binds(limits: Limits, seconds: float, unit: LimitUnit) -> None:
    """Each is counted as the provider counts it."""
    found = bound_of(Lane(limits), LOAD, CHEAP)
    assert found is not None
    assert (found.seconds, found.limit.unit, found.subject) == (seconds, unit, CHEAP)


def test_without_limits_nothing_binds() -> None:
    """Unknown is not zero."""
    assert bound_of(Lane(Limits()), LOAD, CHEAP) is None
    assert tightest([Stretch(CHEAP, "cheap", Pass(Lane(Limits()), Lane(Limits())), LOAD)]) is None


def test_models_of_one_account_add_up() -> None:
    """Each model alone would need 100 s, both on one account of 120 a minute 100 s together: the model's own binds."""
    account = Lane(Limits(rpm=120))
    own = [Stretch(name, "one", Pass(account, Lane(Limits(rpm=60))), LOAD) for name in (CHEAP, OTHER)]
    narrow = [Stretch(name, "one", Pass(Lane(Limits(rpm=80)), Lane(Limits(rpm=60))), LOAD) for name in (CHEAP, OTHER)]
    assert tightest(own) == Bound(100.0, KnownLimit(60, LimitUnit.RPM), CHEAP)
    assert tightest(narrow) == Bound(150.0, KnownLimit(80, LimitUnit.RPM), "one")


def test_a_429_and_a_full_day_hold_a_model_up() -> None:
    """Until when, in words; the account's counts as much as the model's own."""
    limited, free = Lane(Limits()), Lane(Limits())
    limited.start(10, 0.0)
    limited.rate_limited(0.0, 12.0, 0.0)
    assert holds(Pass(limited, free), 0.0) == "429, 12 s"
    assert holds(Pass(free, limited), 11.9) == "429, 1 s"
    assert holds(Pass(free, limited), 13.0) == ""
    day = Lane(Limits(rpd=24))
    day.learn(RateSignal(limit_requests_day=24, remaining_requests_day=0), 0.0)
    assert holds(Pass(free, day), 0.0) == "limit of the day, 1.0 h"


def test_the_limit_shown_is_the_models_else_the_accounts_else_what_429s_taught() -> None:
    """And none where nothing is known."""
    free, own, shared = Lane(Limits()), Lane(Limits(rpm=60)), Lane(Limits(rpm=500))
    assert limit_of(Pass(shared, own), LOAD) == KnownLimit(60, LimitUnit.RPM)
    assert limit_of(Pass(shared, free), LOAD) == KnownLimit(500, LimitUnit.RPM)
    assert limit_of(Pass(Lane(Limits()), free), LOAD) is None
    taught = Lane(Limits())
    taught.governor.rate = 8.0
    assert limit_of(Pass(free, taught), LOAD) == KnownLimit(480, LimitUnit.RPM, learned=True)


def test_a_model_that_is_down_is_held_up_until_it_is_probed() -> None:
    """By a breaker, or a wait that its provider named."""
    down = Lane(Limits())
    down.held_until = 40.0
    assert holds(Pass(Lane(Limits()), down), 10.0) == "down, 30 s"
    down.held_until = inf
    assert holds(Pass(down, Lane(Limits())), 10.0) == "down, being probed"
    down.held_until = 5.0
    assert holds(Pass(down, Lane(Limits())), 10.0) == ""


def test_a_bound_is_one_only_where_each_limit_is_known() -> None:
    """A model without any may be as fast as it likes."""
    free, own = Lane(Limits()), Lane(Limits(rpm=60))
    assert is_bounded(Stretch(CHEAP, "cheap", Pass(free, own), LOAD))
    assert is_bounded(Stretch(CHEAP, "cheap", Pass(own, free), LOAD))
    assert not is_bounded(Stretch(CHEAP, "cheap", Pass(free, Lane(Limits())), LOAD))


def test_a_full_window_holds_a_model_up() -> None:
    """As many in flight as may be."""
    lane = Lane(Limits(concurrency=2))
    for _ in range(2):
        lane.start(10, 0.0)
    assert holds(Pass(lane, Lane(Limits())), 0.0) == "2 at once"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (59.4, "59 s"), (60, "1 min"), (200, "3 min"), (5400, "1.5 h")]
)
def test_a_time_is_said_in_one_unit(seconds: float, said: str) -> None:
    """Roughly."""
    assert span(seconds) == said
