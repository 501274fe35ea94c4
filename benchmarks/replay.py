"""Replay of recorded outcomes: what each way of routing a batch would really have cost and brought.

    python benchmarks/replay.py FOLDER/*.outcomes.parquet [--seeds 5]

Half of the prompts (by a hash with a seed) measure a table of quality and cost by category and model. The other half
is planned with that table for 95, 98 and 99% of the premium model's expected quality (premium: the best mean quality
on the measured half) and then realised with the outcomes recorded for it. Two tables a set, as means over the seeds:
what a promise cost and whether it was held; and the costs of all methods at EQUAL realised quality, where each
method's whole curve was traced, as multiples of the global plan's.

The outcomes are real. The gates of the cascades are simulated, free of charge, with the rates
in their names: share of bad answers caught/share of good ones rejected.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from replay_curves import Realised, cost_at, realise, trace
from replay_gates import GATES, with_cascades
from replay_methods import METHODS, Known, Method, oracle
from replay_outcomes import Loaded, Outcomes, halve, load, measure

from modelroute_cli.base.errors import InfeasibleError

ASKED = (0.95, 0.98, 0.99)
GLOBAL, CAREFUL, ORACLE = "global plan", "global plan, lower bound", "oracle (knows the outcomes)"
THRESHOLD, PREMIUM = "threshold per request", "premium alone"
EXPECTED = 1.3  # times the global plan, for a threshold at equal quality: where it is less, it is explained
NAME, COST, QUALITY, HELD = 42, 12, 13, 5  # widths


@dataclass(frozen=True, slots=True)
class Replayed:
    """One half of one set planned by all methods: `kept[method][at]` for each of ASKED, and every method's curve."""

    premium: str
    kept: dict[str, tuple[Realised | None, ...]]
    curves: dict[str, tuple[Realised, ...]]
    perfect: dict[str, tuple[Realised, ...]]  # the plan and the threshold with a table of the planned half itself


def methods(fit: Outcomes, known: Known) -> dict[str, Method]:
    """All methods, those with simulated gates last."""
    gated: dict[str, Method] = {}
    for gate in GATES:
        gated[f"{GLOBAL} + gate {gate.name}"] = with_cascades(fit, gate, known, "quality")
        gated[f"{CAREFUL} + gate {gate.name}"] = with_cascades(fit, gate, known, "quality_low")
    return METHODS | gated


def replay(loaded: Loaded, seed: int) -> Replayed:
    """One seed of one set."""
    halves = halve(loaded.outcomes, seed)
    table = measure(halves.fit)
    known = Known(loaded.outcomes.models, halves.plan.counts, table)
    every = methods(halves.fit, known)

    def kept(method: Method, share: float) -> Realised | None:
        try:
            return realise(halves.plan, table.premium, method(known, share * known.premium_quality))
        except InfeasibleError:
            return None

    reached = float(halves.plan.quality[:, table.premium].mean())
    bill = int(halves.plan.cost_pusd[:, table.premium].sum())
    known_before = [oracle(halves.plan, share * reached) for share in ASKED]
    sure = Known(known.models, known.counts, measure(halves.plan))
    best = tuple(Realised(found.cost_pusd / bill, found.quality / reached) for found in known_before)
    return Replayed(
        premium=loaded.outcomes.models[table.premium],
        kept={name: tuple(kept(method, share) for share in ASKED) for name, method in every.items()} | {ORACLE: best},
        curves={name: trace(halves.plan, known, method) for name, method in every.items()},
        perfect={name: trace(halves.plan, sure, METHODS[name]) for name in (GLOBAL, THRESHOLD)},
    )


def promises(runs: Sequence[Replayed]) -> list[str]:
    """For each method and promise: cost, realised quality and their spread over the seeds, and how often it held."""
    asked = "".join(f"{f'{share:.0%} of premium quality':>{COST + QUALITY + HELD}}" for share in ASKED)
    under = f"{'cost':>{COST}}{'quality':>{QUALITY}}{'held':>{HELD}}" * len(ASKED)
    lines = [f"{'promised before, realised after':<{NAME}}{asked}", " " * NAME + under]
    for name in runs[0].kept:
        cells = [_kept_cell([run.kept[name][at] for run in runs], share) for at, share in enumerate(ASKED)]
        lines.append(f"{name:<{NAME}}" + "".join(cells))
    return lines


def _kept_cell(found: Sequence[Realised | None], asked: float) -> str:
    """Mean and spread of cost and quality, and in how many seeds the promise held."""
    able = [one for one in found if one is not None]
    if not able:
        return f"{'cannot promise it':>{COST + QUALITY + HELD}}"
    cost, quality = _spread([one.cost for one in able]), _spread([one.quality for one in able])
    held = sum(one.quality >= asked - 1e-9 for one in able)
    return f"{cost:>{COST}}{quality:>{QUALITY}}{f'{held}/{len(found)}':>{HELD}}"


def _spread(shares: Sequence[float]) -> str:
    """A mean in percent with its standard deviation."""
    apart = statistics.stdev(shares) if len(shares) > 1 else 0.0
    return f"{statistics.mean(shares):.1%} ±{100 * apart:.1f}"


def equals(runs: Sequence[Replayed]) -> list[str]:
    """Costs at equal realised quality as multiples of the global plan's: geometric means and ranges over the seeds."""
    asked = "".join(f"{share:>{COST + QUALITY + HELD}.0%}" for share in ASKED)
    lines = [f"{'cost at equal quality':<{NAME}}{asked}"]
    for name in runs[0].kept:
        cells = (ratio([_pair(run, name, at) for run in runs]) for at in range(len(ASKED)))
        lines.append(f"{name:<{NAME}}" + "".join(f"{cell:>{COST + QUALITY + HELD}}" for cell in cells))
    return lines


@dataclass(frozen=True, slots=True)
class Pair:
    """What a method and the global plan cost where they first reach one quality; None: never."""

    cost: float | None
    ours: float | None


def _pair(run: Replayed, name: str, at: int) -> Pair:
    """From the traced curves; the oracle meets the quality that it is asked for."""
    known_before = run.kept[ORACLE][at]
    cost = known_before.cost if name == ORACLE and known_before else cost_at(run.curves.get(name, ()), ASKED[at])
    return Pair(cost, cost_at(run.curves[GLOBAL], ASKED[at]))


def multiples(pairs: Sequence[Pair]) -> list[float]:
    """Cost over the global plan's, where both reach the quality."""
    return [pair.cost / pair.ours for pair in pairs if pair.cost is not None and pair.ours is not None]


def ratio(pairs: Sequence[Pair]) -> str:
    """The mean ratio, its range over the seeds in which both reach the quality, and in how many they do."""
    ratios = multiples(pairs)
    if not ratios:
        return "never reached"
    reached = f" in {len(ratios)}/{len(pairs)}" if len(ratios) < len(pairs) else ""
    return f"{statistics.geometric_mean(ratios):.2f} [{min(ratios):.2f}-{max(ratios):.2f}]{reached}"


def explained(runs: Sequence[Replayed]) -> list[str]:
    """Where the threshold costs less than EXPECTED times the global plan: what bounds it, and what noise takes."""
    lines = []
    for at, asked in enumerate(ASKED):
        found = multiples([_pair(run, THRESHOLD, at) for run in runs])
        if not found or statistics.geometric_mean(found) >= EXPECTED:
            continue
        perfect = [Pair(*(cost_at(run.perfect[name], asked) for name in (THRESHOLD, GLOBAL))) for run in runs]
        lines.append(
            f"{asked:.0%}: a threshold costs less than {EXPECTED:g} times the plan. Premium alone, the most that any "
            f"method need cost: {ratio([_pair(run, PREMIUM, at) for run in runs])}. "
            f"Threshold, both with a table without noise: {ratio(perfect)}."
        )
    return lines


def show(loaded: Loaded, runs: Sequence[Replayed]) -> None:
    """Print one set."""
    outcomes = loaded.outcomes
    size = f"{len(outcomes.prompts):,} prompts, {len(outcomes.models)} models, {len(outcomes.categories)} categories"
    left_out = f"; left out: {', '.join(loaded.left_out)}" if loaded.left_out else ""
    print(f"\n{loaded.name}: {size}{left_out}")
    print(f"premium: {', '.join(sorted({run.premium for run in runs}))}; {len(runs)} seeds")
    print("\n".join([*promises(runs), "", *equals(runs), *explained(runs)]))


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outcomes", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    start = time.process_time()
    print("Outcomes: recorded, real. Cost and quality: shares of the premium model's on the same prompts.")
    print("Gates (catch rate/false alarms): SIMULATED on the real outcomes, free of charge.")
    print("Cost at equal quality: multiples of the global plan's, geometric mean and range over the seeds.")
    for path in arguments.outcomes:
        loaded = load(path)
        show(loaded, [replay(loaded, seed) for seed in range(arguments.seeds)])
    print(f"\n{time.process_time() - start:.0f} s of CPU")


if __name__ == "__main__":
    main()
