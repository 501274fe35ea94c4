"""What output limits that fit are worth where a provider counts them against tokens a minute.

    python benchmarks/run_sizing.py [--requests 1500]

Answers of log-normal length (mean 50 tokens) to prompts of 100, in virtual time, 600,000 tokens a minute counted at
admission. Each line: how far lengths spread, the planned limit, seconds with the planned limit and with limits that
fit, the bound if only used tokens counted, how many were sent again, and what that added to the bill.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from support.token_bound import TokenBound, run_bound


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1500)
    requests = parser.parse_args().requests
    print("spread  limit   planned    fitted  true bound  sent again  bill")
    for spread in (0.2, 0.3, 0.5, 0.8):
        for max_tokens in (200, 400, 1000):
            _tell(TokenBound(requests=requests, spread=spread, max_tokens=max_tokens))


def _tell(case: TokenBound) -> None:
    planned, fitted = run_bound(replace(case, fit=False)), run_bound(case)
    more = fitted.outcome.spent_pusd / planned.outcome.spent_pusd - 1
    again = len(fitted.sent) - fitted.refused - case.requests
    print(
        f"{case.spread:6}  {case.max_tokens:5}  {planned.lasted_s:6.1f} s  {fitted.lasted_s:6.1f} s  "
        f"{case.true_bound_s:8.1f} s  {again:10}  {more:+.1%}"
    )


if __name__ == "__main__":
    main()
