"""What it costs to tell where a run stands: CPU of one look at the numbers and of one drawing, for many models.

    PYTHONPATH=tests:. python benchmarks/display_cost.py

A run is looked at and drawn five times a second, however many requests it has.
"""

import io
import time

from msgspec.structs import replace

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.live_area import LiveArea
from modelroute_cli.execution.work import KnownLimit, LimitUnit, ModelProgress, Progress
from modelroute_cli.report.progress_screen import screen_lines

_A_SECOND = 5
_TIMES = 400


def _progress(models: int, at: int) -> Progress:
    """A busy moment: every number differs from that of the moment before."""
    told = tuple(
        ModelProgress(
            model=f"provider-model-{number}",
            done=at * number,
            in_flight=8,
            waiting=100_000 - at,
            per_minute=499.0 + at,
            limit=KnownLimit(500, LimitUnit.RPM),
            holds="429, 12 s",
            spent_pusd=PicoUSD(at * 10**9),
        )
        for number in range(models)
    )
    empty = Progress(
        done=at,
        total=10**6,
        failed=3,
        in_flight=500,
        spent_pusd=PicoUSD(at * 10**9),
        held_pusd=PicoUSD(10**9),
        cap_pusd=PicoUSD(10**13),
        eta_s=1000.0 - at,
    )
    return replace(empty, per_minute=5000.0, models=told)


def _drawing_s(models: int) -> float:
    """CPU seconds of one drawing."""
    area = LiveArea(Console(io.StringIO(), io.StringIO(), {}))
    moments = [_progress(models, at) for at in range(_TIMES)]
    began = time.process_time()
    for moment in moments:
        area.show(tuple(screen_lines(moment, 120, 60)))
    return (time.process_time() - began) / _TIMES


def main() -> None:
    """Print the share of a core that drawing takes."""
    for models in (2, 10, 40):
        cost_s = _drawing_s(models)
        share = cost_s * _A_SECOND
        print(f"{models:3} models: {cost_s * 1e3:.2f} ms a drawing, {share:.2%} of a core at {_A_SECOND} a second")


if __name__ == "__main__":
    main()
