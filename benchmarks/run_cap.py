"""How far runs near their cap spend it, and whether any passes it.

    python benchmarks/run_cap.py [--runs 200]

Each run has 400 requests, 200 in flight, answers of about 2 s in virtual time, and the money for about 250 of them.
Output lengths are drawn in five ways, some against the planner: long tails, all or nothing, longer later, always the
whole limit, and even ones. A reservation is the whole limit until answers have shown that less will do.
"""

import argparse
import sys
import time
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from support.caps import DRAWS, NearCap, near_cap


def main() -> None:
    """Run, and print the least, the mean and the most of what was spent of the budgets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    began = time.process_time()
    runs = [near_cap(seed) for seed in range(parser.parse_args().runs)]
    for draw in DRAWS:
        _tell(draw.__name__.strip("_"), [each for each in runs if each.draw == draw.__name__.strip("_")])
    _tell("all", runs)
    print(f"{time.process_time() - began:.0f} s of CPU")


def _tell(name: str, runs: list[NearCap]) -> None:
    used = [each.used for each in runs]
    spread = f"min {min(used):.4f}  mean {mean(used):.4f}  max {max(used):.4f}"
    passed = sum(not each.has_held for each in runs)
    ended = sum(each.has_ended_at_cap for each in runs)
    lasted_s = [each.lasted_s for each in runs]
    print(
        f"{name:15} {len(runs):4} runs  used {spread}  passed {passed}  ended at the cap {ended}  "
        f"{mean(lasted_s):.0f} s (most {max(lasted_s):.0f} s)"
    )


if __name__ == "__main__":
    main()
