"""What a measured plan counts on, as bars that answers and pairs are held against while a run goes on. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modelroute_cli.execution.realised.scoring import EXPECTED, GATES
from modelroute_cli.execution.realised.watching import Bar, Place
from modelroute_cli.planning.measured import Cell, Measured

LEAST_PILOT = 20
"""Requests of a pilot in a cell: with fewer its mean is rather a prior's, and no bar for what is seen."""


@dataclass(frozen=True, slots=True)
class Bars:
    """By place: for the quality of answers, for that of pairs (on a scale from 0 to 1), and whose word they are."""

    answers: Mapping[Place, Bar] = field(default_factory=dict)
    pairs: Mapping[Place, Bar] = field(default_factory=dict)
    scorers: Mapping[Place, str] = field(default_factory=dict)


def bars_of(measured: Measured | None, places: Iterable[Place]) -> Bars:
    """The bars of places with a cell; none where the pilot had another word on answers than a run has.

    A run scores by `expected` and by gates as a pilot does; what judges said in it, and mixed words, are another scale.
    """
    if measured is None or measured.scorer not in {EXPECTED, GATES}:
        return Bars()
    known = {place: cell for place in places if (cell := measured.cell(*place)) is not None and cell.n >= LEAST_PILOT}
    return Bars(
        answers={place: Bar(cell.mean, cell.bound(measured.z, paired=False)) for place, cell in known.items()},
        pairs={place: bar for place, cell in known.items() if (bar := _pair(place, cell, measured)) is not None},
        scorers=dict.fromkeys(known, measured.scorer),
    )


def _pair(place: Place, cell: Cell, measured: Measured) -> Bar | None:
    """The difference to the baseline, from -1 to 1, on a scale from 0 to 1."""
    base = measured.cell(place.template, measured.baseline)
    if base is None or place.model == measured.baseline:
        return None
    difference = cell.mean - base.mean
    return Bar((difference + 1.0) / 2, max(difference - measured.z * cell.se_paired + 1.0, 0.0) / 2)
