"""A run in which one request in five meets a fault: how each fault was told, and whether both sides' books agree.

    python benchmarks/run_faults.py [--requests 3000] [--concurrency 100] [--share 0.2] [--seed 1]

In virtual time against the emulator in this process. 429, 500, slow, timed out, dropped, empty, truncated and
malformed get the same share each. Stops with an error where an attempt, an ending or a pico-dollar does not agree.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import polars as pl
from msgspec.structs import replace
from support.both_books import LIVELY, Ran, check, price, ran
from support.in_process import emulated

from modelroute_cli.base.money import format_usd
from modelroute_cli.catalog.settings import EmulatorFaults, RunSettings

FAULTS = ("rate_limited", "server_error", "slow", "timeout", "dropped", "empty", "truncated", "malformed")


def show(got: Ran, took_s: float) -> None:
    """What was met and told, and the money."""
    models = dict(got.attempts.select("attempt", "model").iter_rows())
    faults = pl.DataFrame(
        [(attempt, met.fault or "none", price(models[attempt], met)) for attempt, met in got.met.items()],
        schema=["attempt", "fault", "billed"],
        orient="row",
    )
    told = got.attempts.join(faults, on="attempt").with_columns(pl.col("verdict").fill_null(pl.col("failure")))
    print(
        f"{'fault':14} {'told as':10} {'because':14} {'attempts':>8} {'billed there':>14} {'counted':>14} {'held':>12}"
    )
    for (fault, outcome, because), some in sorted(told.group_by("fault", "outcome", "verdict")):
        held = some.filter(pl.col("cost_pusd").is_null())["reserved_pusd"].sum()
        print(
            f"{fault:14} {outcome:10} {because:14} {some.height:8} {some['billed'].sum():14} "
            f"{some['cost_pusd'].sum() or 0:14} {held:12}"
        )
    known = told.filter(pl.col("cost_pusd").is_not_null())
    lost = told.filter(pl.col("cost_pusd").is_null())
    print(
        f"requests: {got.outcome.accepted} accepted, {got.outcome.failed} failed, {got.outcome.unsent} without an end"
    )
    print(f"known outcomes: billed {known['billed'].sum()}, counted {got.outcome.spent_pusd} pico-dollars")
    print(f"unknown outcomes: {lost.height}, billed {lost['billed'].sum()}, held {got.outcome.held_pusd} pico-dollars")
    print(f"spent {format_usd(got.outcome.spent_pusd)}; {took_s:.1f} s for {virtual_s(got):.0f} s of the run")


def virtual_s(got: Ran) -> float:
    """From the first request to the last."""
    started = got.attempts["started_at"]
    first, last = started.min(), started.max()
    return (last - first).total_seconds()


def main() -> None:
    """Read the options, run, compare, print."""
    parser = argparse.ArgumentParser(description="every fault at once")
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    faults = EmulatorFaults(**dict.fromkeys(FAULTS, options.share / len(FAULTS)))
    transport = emulated(replace(LIVELY, seed=options.seed, faults=faults))
    began = time.perf_counter()
    got = ran(transport, options.requests, RunSettings(concurrency=options.concurrency, timeout_s=60))
    took_s = time.perf_counter() - began
    check(got)
    show(got, took_s)


if __name__ == "__main__":
    main()
