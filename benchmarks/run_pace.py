"""How near runs come to the best that rate limits allow, and how many of their requests are answered 429.

    python benchmarks/run_pace.py [--minutes 5] [--real]

The bound is the longest of requests/RPM and tokens/TPM over the models; `of bound` is it over the time from the first
request to the last answer, whose own time is in it. Virtual time: the real engine, an event loop whose clock jumps,
providers that enforce limits as buckets or windows. `--real` adds runs over loopback HTTP against the emulator in a
process of its own, in true time, beside the same in virtual time.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from support.limited_provider import LimitedProvider, Quota
from support.paced import Paced, Site, alone, doubled_after_a_while, half, paced, several, steadily, storm
from support.paced import third_after_a_while as third
from support.paced_real import REAL, emulated_run, real_run

from modelroute_cli.catalog.cards import Limits
from modelroute_cli.catalog.settings import RunSettings

HUNDRED = RunSettings(concurrency=100, fit_output_limits=False)


def scenarios(minutes: float) -> Mapping[str, Mapping[str, Site]]:
    """By name; those that need more than one rate last as many minutes."""
    seconds = minutes * 60
    return {
        "three models, rates and tokens, 2% errors": several(4.0, seconds=seconds),
        "the same for 20 s": several(4.0, seconds=20.0),
        "6,000 a minute, answers of 20 s": alone(
            LimitedProvider(rpm=6000, mean_latency_s=20.0), round(100 * seconds), Limits(rpm=6000)
        ),
        "key shared with half, headers": steadily(
            600, Quota(per_minute=600, window_s=60, others=half), seconds, headers=True
        ),
        "key shared with half, no headers": steadily(600, Quota(per_minute=600, others=half), seconds),
        "cut to a third, headers": steadily(
            600, Quota(per_minute=600, window_s=60, share=third), seconds, headers=True
        ),
        "cut to a third, no headers": steadily(600, Quota(per_minute=600, share=third), seconds),
        "doubled, headers": steadily(
            600, Quota(per_minute=600, window_s=60, share=doubled_after_a_while), seconds, known=False, headers=True
        ),
        "doubled, unknown, no headers": steadily(
            600, Quota(per_minute=600, share=doubled_after_a_while), seconds, known=False
        ),
        "fixed minutes": steadily(600, Quota(per_minute=600, kind="fixed", window_s=60), seconds),
        "fixed seconds": steadily(600, Quota(per_minute=600, kind="fixed"), seconds),
        "fixed seconds, unknown": steadily(600, Quota(per_minute=600, kind="fixed"), seconds, known=False),
        "a second's bucket, unknown": steadily(600, Quota(per_minute=600), seconds, known=False),
        "an outage of a minute": alone(
            LimitedProvider(rpm=600, down=(60.0, 120.0)), round(10 * seconds), Limits(rpm=600), seconds + 60
        ),
        "a minute's bucket, unknown": steadily(600, Quota(per_minute=600, window_s=60), seconds, known=False),
    }


def storms() -> Mapping[str, Mapping[str, Site]]:
    """A thousand requests, 100 in flight, 40 a second allowed, Retry-After 1."""
    return {
        "storm, answers of 0.2 s": storm(latency_s=0.2),
        "storm, answers of 1 s": storm(),
        "storm, no Retry-After": storm(retry_after=False, latency_s=0.2),
        "storm, counted by the second": storm(kind="fixed", latency_s=0.2),
    }


def main() -> None:
    """Run all, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--real", action="store_true")
    given = parser.parse_args()
    print("virtual time                                 requests   bound     took  of bound      429s  in flight")
    for name, sites in scenarios(given.minutes).items():
        _tell(name, paced(sites))
    for name, sites in storms().items():
        _tell(name, paced(sites, HUNDRED))
    if given.real:
        _both()


def _both() -> None:
    """The same runs over HTTP and in process."""
    print("\nthe emulator, over loopback HTTP and in virtual time")
    for name, case in REAL.items():
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(real_run(case, Path(folder)))
        virtual = emulated_run(case)
        _tell(f"{name}, HTTP", found)
        _tell(f"{name}, virtual", virtual)
        print(f"{'':42} HTTP took {found.lasted_s / virtual.lasted_s:.3f} of virtual")


def _tell(name: str, found: Paced) -> None:
    lost = "" if found.accepted == found.requests else f"  LOST {found.requests - found.accepted}"
    print(
        f"{name:42} {found.requests:8,} {found.bound_s:6.1f} s {found.lasted_s:6.1f} s  {found.of_bound:7.1%} "
        f"{found.refused:4} {found.refused_share:6.2%} {found.most_in_flight:7,}{lost}",
        flush=True,
    )


if __name__ == "__main__":
    began = time.process_time()
    main()
    print(f"{time.process_time() - began:.0f} s of CPU")
