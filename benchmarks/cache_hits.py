"""How often a provider's prompt cache is hit, with and without sending one request of each beginning first.

    python benchmarks/cache_hits.py [--prefixes 20] [--each 50]

Runs the same job through the real engine in virtual time, against a provider that knows a beginning half a second after
the first request with it came, forgets it after five idle minutes and answers after two seconds. `together` sends
requests of one beginning one after the other, but waits for no answer, like a job whose
rows stand so; `as they come` sends them in input order, the
beginnings taking turns. The ideal is all but one of each beginning. Seconds are virtual.
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from support.cached_provider import CachedProvider, cached_plan, rows_of
from support.fake_transport import FakeProvider
from support.plans import Row
from support.runs import Job, Setup, run, scratch

from modelroute_cli.catalog.settings import RunSettings

CONCURRENCY = (1, 8, 64)


def measure(rows: list[Row], concurrency: int, *, waiting: bool, prefixes: int) -> tuple[float, float]:
    """The share of requests that hit the cache, and how many seconds the run took."""
    cache = CachedProvider(begins=lambda call: int(call.request.custom_id.removeprefix("r")) % prefixes)
    provider = FakeProvider(cache)
    with scratch() as folder:
        job = Job.of(rows, folder, cached_plan(rows, discount=waiting))
        outcome = run(job, provider, Setup(settings=RunSettings(concurrency=concurrency)))
    if outcome.accepted != len(rows):
        sys.exit(f"only {outcome.accepted} of {len(rows)} requests were answered")
    return cache.hits / len(rows), provider.times[-1] + cache.answer_s


def main() -> None:
    """Read the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefixes", type=int, default=20)
    parser.add_argument("--each", type=int, default=50)
    given = parser.parse_args()
    print(f"{given.prefixes} beginnings, {given.each} requests each; ideal {(given.each - 1) / given.each:.1%}")
    print("in flight        one first         together     as they come")
    grouped = rows_of(given.prefixes, given.each)
    plain = [Row() for _ in grouped]
    for concurrency in CONCURRENCY:
        found = [
            measure(rows, concurrency, waiting=waiting, prefixes=given.prefixes)
            for rows, waiting in ((grouped, True), (grouped, False), (plain, False))
        ]
        print(f"{concurrency:9}", *(f"{share:8.1%} {seconds:6.0f} s" for share, seconds in found))


if __name__ == "__main__":
    main()
