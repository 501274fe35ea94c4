"""How often a run alarms without a fall, and how soon it notices one.

    python benchmarks/drift.py [--runs 400] [--requests 2000] [--templates 5] [--share 0.02]

Streams of answers are drawn with a known quality and fed to the watch as a run feeds it: no network, no journal. Half
of the streams are known by what a pilot measured (a bar), half by their own first part. A fall takes one template's
model from 0.95 to 0.6 in the middle of its requests. "Pairs alone" looks at the control sample only: what the watch
is worth where nothing but a comparison with the baseline tells good from bad.
"""

import argparse
import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modelroute_cli.execution.realised.watching import ALPHA, Bar, Place, Watch

_STRONG = 0.95


@dataclass(frozen=True, slots=True)
class World:
    """What is simulated: requests and templates, the share of pairs, the quality before and after the fall."""

    requests: int
    templates: int
    share: float
    before: float = 0.95
    after: float = 0.95

    def places(self) -> list[Place]:
        """One model, several templates."""
        return [Place(f"t{number}", "cheap") for number in range(self.templates)]


def watch_of(world: World, *, measured: bool) -> Watch:
    """The watch on answers as a run begins it; the pairs have the other half of the chance of a false alarm."""
    bars = {place: Bar(world.before, world.before - 0.04) for place in world.places()} if measured else {}
    return Watch(dict.fromkeys(world.places(), world.requests), bars, ALPHA / 2)


def watch_of_pairs(world: World) -> Watch:
    """The watch on pairs of a measured plan."""
    bar = Bar((world.before - _STRONG + 1) / 2, (world.before - _STRONG - 0.03 + 1) / 2)
    counts = {place: round(world.requests * world.share) for place in world.places()}
    return Watch(counts, dict.fromkeys(world.places(), bar), ALPHA / 2)


def alarms(world: World, watch: Watch, seed: int) -> Iterator[tuple[int, str]]:
    """Each alarm on answers: after how many requests of its template, and of which."""
    chance = random.Random(seed)  # noqa: S311 - draws
    for at in range(world.requests):
        for number, place in enumerate(world.places()):
            falls = number == 0 and at >= world.requests // 2
            value = float(chance.random() < (world.after if falls else world.before))
            if watch.observe(place, value) is not None:
                yield at, place.template


def alarms_of_pairs(world: World, watch: Watch, seed: int) -> Iterator[tuple[int, str]]:
    """The same by pairs alone, which are drawn one in so many requests."""
    chance = random.Random(seed)  # noqa: S311 - draws
    for at in range(world.requests):
        for number, place in enumerate(world.places()):
            if chance.random() >= world.share:
                continue
            falls = number == 0 and at >= world.requests // 2
            own = float(chance.random() < (world.after if falls else world.before))
            other = float(chance.random() < _STRONG)
            if watch.observe(place, (own - other + 1) / 2) is not None:
                yield at, place.template


def rate(found: Sequence[bool]) -> str:
    """A share with its standard error."""
    mean = sum(found) / len(found)
    return f"{mean:6.1%} +- {(mean * (1 - mean) / len(found)) ** 0.5:.1%}"


def delays(world: World, found: Sequence[list[tuple[int, str]]]) -> str:
    """After how many requests of the template the fall was noticed: median, nine in ten, and how often at all."""
    middle = world.requests // 2
    firsts = [next((at - middle for at, name in each if name == "t0" and at >= middle), None) for each in found]
    seen = sorted(at for at in firsts if at is not None)
    if not seen:
        return "never noticed"
    tenth = seen[min(int(0.9 * len(seen)), len(seen) - 1)]
    noticed = f"noticed in {len(seen) / len(found):.0%}"
    return f"{noticed}, after {statistics.median(seen):.0f} requests (nine in ten within {tenth})"


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description="false alarms and delays of the watch on realised quality")
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--templates", type=int, default=5)
    parser.add_argument("--share", type=float, default=0.02)
    options = parser.parse_args()
    calm = World(options.requests, options.templates, options.share)
    print(
        f"{options.runs} runs, {options.templates} templates of {options.requests} requests, pairs {options.share:.0%}"
    )
    for known, measured in (("a pilot's bar", True), ("its own first part", False)):
        found = [
            any(True for _ in alarms(calm, watch_of(calm, measured=measured), seed)) for seed in range(options.runs)
        ]
        print(f"no fall, {known:18}: false alarms {rate(found)}")
    quiet = [any(True for _ in alarms_of_pairs(calm, watch_of_pairs(calm), seed)) for seed in range(options.runs)]
    print(f"no fall, {'pairs alone':18}: false alarms {rate(quiet)}")
    for after in (0.6, 0.8, 0.9):
        world = World(options.requests, options.templates, options.share, after=after)
        seeds = range(max(options.runs // 4, 1))
        for known, measured in (("a pilot's bar", True), ("its own first part", False)):
            seen = [list(alarms(world, watch_of(world, measured=measured), seed)) for seed in seeds]
            print(f"0.95 to {after}, {known:18}: {delays(world, seen)}")
        paired = [list(alarms_of_pairs(world, watch_of_pairs(world), seed)) for seed in seeds]
        print(f"0.95 to {after}, {'pairs alone':18}: {delays(world, paired)}")


if __name__ == "__main__":
    main()
