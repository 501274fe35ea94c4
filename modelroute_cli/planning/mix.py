"""A choice for every request of a problem whose rows stand for several requests that are alike.

Nearly all requests of a row take its one chosen candidate; where the optimum splits a row, some of them were moved to
another.
"""

from dataclasses import dataclass

import numpy as np

from modelroute_cli.planning.hull import Choices, Ints


@dataclass(frozen=True, slots=True)
class Move:
    """`count` requests of a row that take candidate `to` in place of the row's chosen one."""

    to: int
    count: int


@dataclass(frozen=True, slots=True)
class Mix:
    """The candidate of each row, how many of its requests take it, and the others."""

    chosen: Ints
    left: Ints
    moved: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Portions:
    """The same as a list: `candidate` is taken by `count` requests; a row's portions stand together, rows rising."""

    candidate: Ints
    count: Ints


@dataclass(frozen=True, slots=True)
class Switches:
    """For every candidate: what one request would cost and gain more than with its row's chosen one; who is left."""

    extra: Ints
    gain: Ints
    left: Ints


def whole(choices: Choices, chosen: Ints) -> Mix:
    """Every request of a row takes its chosen candidate."""
    return Mix(chosen, choices.count)


def cost(choices: Choices, mix: Mix) -> int:
    """What all requests cost, exactly."""
    moved = sum(int(choices.cost[move.to]) * move.count for move in mix.moved)
    return exact_dot(choices.cost[mix.chosen], mix.left) + moved


def value(choices: Choices, mix: Mix) -> int:
    """What all requests are worth, exactly."""
    moved = sum(int(choices.value[move.to]) * move.count for move in mix.moved)
    return exact_dot(choices.value[mix.chosen], mix.left) + moved


def exact_dot(numbers: Ints, counts: Ints) -> int:
    """The exact sum of products, past what 64 bits hold too."""
    if float(np.abs(numbers.astype(np.float64)) @ counts.astype(np.float64)) < 2.0**62:
        return int(numbers @ counts)
    return sum(number * count for number, count in zip(numbers.tolist(), counts.tolist(), strict=True))


def switches(choices: Choices, mix: Mix) -> Switches:
    """Every switch that one request could make."""
    held = mix.chosen[choices.owner]
    return Switches(
        extra=choices.cost - choices.cost[held],
        gain=choices.value - choices.value[held],
        left=mix.left[choices.owner],
    )


def moved(choices: Choices, mix: Mix, to: int, count: int) -> Mix:
    """`count` more requests of a row take candidate `to`; when they are all that is left, it becomes the chosen one."""
    row = choices.owner[to]
    if count == mix.left[row]:
        chosen = mix.chosen.copy()
        chosen[row] = to
        return Mix(chosen, mix.left, mix.moved)
    left = mix.left.copy()
    left[row] -= count
    return Mix(mix.chosen, left, (*mix.moved, Move(to, count)))


def portions(choices: Choices, mix: Mix) -> Portions:
    """What each row's requests take, alike portions as one."""
    candidates = np.concatenate((mix.chosen, np.array([move.to for move in mix.moved], np.int64)))
    counts = np.concatenate((mix.left, np.array([move.count for move in mix.moved], np.int64)))
    order = np.lexsort((candidates, choices.owner[candidates]))
    candidates, counts = candidates[order], counts[order]
    starts = np.flatnonzero(np.diff(candidates, prepend=-1))
    return Portions(candidates[starts], np.add.reduceat(counts, starts))
