"""Whether intervals and certificates hold what they say.

python benchmarks/certify.py [SEEDS] [SET.outcomes.parquet...]

Intervals of 90% should hold the truth in 88% or more of the seeds, tests at the edge of the promise certify in at most
5% and 2 standard errors, also when looked at, and hold-outs of the named size certify in 80%.
"""

import sys
from pathlib import Path

from certify_coverage import recorded_line, synthetic_lines
from certify_errors import error_lines, power_lines
from certify_ladders import LADDER_COLUMNS, ladder_line
from certify_worlds import recorded, synthetic

from modelroute_cli.pilot.certify import Promise

SEEDS = 400
LADDERS = 80
RECORDED_LADDERS = 60


def show(title: str, lines: list[str]) -> None:
    """A part of what was measured."""
    print(f"\n{title}")
    print(*(f"  {line}" for line in lines), sep="\n", flush=True)


def main(arguments: list[str]) -> None:
    """Print it all."""
    seeds = int(arguments[0]) if arguments else SEEDS
    show(f"90% intervals that hold the truth, {seeds} seeds", synthetic_lines(seeds))
    show(
        f"certified although the true ratio is just the floor ({seeds} trials; batch, baseline, discordance, draws,"
        " exact once, betting at any time, z once, z every 50)",
        error_lines(seeds),
    )
    show(
        "hold-outs that certify 97% (baseline, true ratio, discordance, batch; fixed number, share certified by it;"
        " betting: half done by, simulated; 80% done by, simulated)",
        power_lines(seeds // 2),
    )
    ladders = min(LADDERS, seeds)
    for correlation in (0.0, 0.6):
        worlds = [synthetic(seed, 10_000, correlation) for seed in range(ladders)]
        lines = [f"{drawn:5,} draws: {ladder_line(worlds, 30, drawn, Promise(0.97))}" for drawn in (300, 1_000, 3_000)]
        show(f"ladders, floor 97%, {ladders} batches, correlation {correlation}: {LADDER_COLUMNS}", lines)
    for path in arguments[1:]:
        world = recorded(Path(path))
        show("90% intervals from 50 of each category that hold the truth", [recorded_line(world, 50, min(seeds, 40))])
        lines = [
            f"{drawn:5,} draws: {ladder_line([world] * RECORDED_LADDERS, 50, drawn, Promise(0.98))}"
            for drawn in (300, 1_000)
        ]
        show(f"ladders, floor 98%, {RECORDED_LADDERS} seeds: {LADDER_COLUMNS}", lines)


if __name__ == "__main__":
    main(sys.argv[1:])
