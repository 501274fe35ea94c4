"""How often the corrected intervals of a judge hold, and what labels alone would say: simulated pilots, printed.

    python benchmarks/judge_correction.py [PILOTS]

400 answers judged, some of them labelled by people. The judges: one that mostly goes along with people, one that is too
kind, one that throws a coin, and the differences of two models that mostly tie.
"""

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.pilot.scorers.bias import Pair, corrected, corrected_interval

Floats = NDArray[np.float64]
Lot = np.random.Generator
ANSWERS, GOOD, LEVEL = 400, 0.85, 0.9
WINS, LOSSES = 0.04, 0.08


def agreeing(lot: Lot) -> tuple[Floats, Floats]:
    """Labels, and a judge that mostly says the same."""
    labels = (lot.random(ANSWERS) < GOOD).astype(np.float64)
    return labels, np.clip(0.15 + 0.75 * labels + lot.normal(0, 0.15, ANSWERS), 0, 1)


def kind(lot: Lot) -> tuple[Floats, Floats]:
    """A judge that finds good points in everything."""
    labels = (lot.random(ANSWERS) < GOOD).astype(np.float64)
    return labels, np.clip(0.45 + 0.5 * labels + lot.normal(0, 0.2, ANSWERS), 0, 1)


def coin(lot: Lot) -> tuple[Floats, Floats]:
    """A judge that knows nothing."""
    return (lot.random(ANSWERS) < GOOD).astype(np.float64), lot.random(ANSWERS)


def differences(lot: Lot) -> tuple[Floats, Floats]:
    """Differences of two models, of which the judge sees seven in ten, at half their size."""
    labels = lot.choice([-1.0, 0.0, 1.0], ANSWERS, p=[LOSSES, 1 - LOSSES - WINS, WINS])
    noise = lot.choice([-0.5, 0.0, 0.5], ANSWERS, p=[0.1, 0.75, 0.15])
    return labels, np.where(lot.random(ANSWERS) < 0.7, labels / 2, noise)


JUDGES: dict[str, tuple[Callable[[Lot], tuple[Floats, Floats]], float]] = {
    "agreeing": (agreeing, GOOD),
    "too kind": (kind, GOOD),
    "coin": (coin, GOOD),
    "differences": (differences, WINS - LOSSES),
}


def measured(name: str, labelled: int, pilots: int) -> str:
    """One row: coverage, the mean standard error, and that of the labels alone."""
    world, truth = JUDGES[name]
    lot, inside, errors, alone = np.random.default_rng(labelled), 0, 0.0, 0.0
    for _ in range(pilots):
        labels, judge = world(lot)
        pairs = [Pair(float(judge[at]), float(labels[at])) for at in range(labelled)]
        found = corrected([float(value) for value in judge[labelled:]], pairs)
        interval = corrected_interval(found, LEVEL) if found is not None else None
        if found is None or interval is None:
            continue
        inside += interval.low <= truth <= interval.high
        errors += found.standard_error or 0.0
        alone += found.labels_standard_error or 0.0
    return f"{name:12} {labelled:8} {inside / pilots:9.1%} {errors / pilots:8.3f} {alone / pilots:12.3f}"


def main() -> None:
    """Print the table."""
    pilots = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    print(f"{'judge':12} {'labelled':>8} {'90% holds':>9} {'error':>8} {'labels alone':>12}")
    for name in JUDGES:
        for labelled in (10, 20, 40, 100):
            print(measured(name, labelled, pilots))


if __name__ == "__main__":
    main()
