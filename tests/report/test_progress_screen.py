"""What an ending says of its speed."""

import pytest

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.work import Bound, KnownLimit, LimitUnit, RunOutcome, RunStatus
from modelroute_cli.report.progress_screen import duration, pace_lines

BOUND = Bound(185.0, KnownLimit(500, LimitUnit.RPM), "gpt-6-luna")


def _outcome(sent: int, took_s: float, bound: Bound | None = None) -> RunOutcome:
    return RunOutcome(
        status=RunStatus.DONE,
        accepted=sent,
        failed=0,
        unsent=0,
        sent_now=sent,
        spent_pusd=PicoUSD(1),
        held_pusd=PicoUSD(0),
        cap_pusd=PicoUSD(2),
        took_s=took_s,
        bound=bound,
    )


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (
            _outcome(1000, 192.0, BOUND),
            ["Took 3 min 12 s, 5.21 requests/s; the limits alone allow 3 min 5 s (gpt-6-luna, 500 RPM)"],
        ),
        (_outcome(1000, 192.0), ["Took 3 min 12 s, 5.21 requests/s"]),
        (_outcome(1000, 2.0, Bound(0.2, KnownLimit(500, LimitUnit.RPM), "m")), ["Took 2 s, 500 requests/s"]),
        (_outcome(5, 192.0, BOUND), []),
        (_outcome(1000, 0.4), []),
    ],
)
def test_an_ending_tells_how_long_it_took_and_what_limits_allow(outcome: RunOutcome, said: list[str]) -> None:
    """Nothing of a session that sent next to nothing, nor of limits that are not known or did not matter."""
    assert pace_lines(outcome) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (192, "3 min 12 s"),
        (7_500, "2 h 5 min"),
        (3_599.7, "1 h 0 min"),
    ],
)
def test_a_time_is_told_in_two_units(seconds: float, said: str) -> None:
    """Rounded before it is divided."""
    assert duration(seconds) == said
