"""Large jobs, seen ever closer: prices from a sample settle most rows, and those that are left are a job of their own.

At prices that are nearly right only the rows near a tie can still change their choice. They, the others held, are a
problem a tenth as large, solved the same way; the prices that it finds give the bound over all rows. When that bound
falls short the view was too narrow or the prices were too far off: the next look is from the new prices, or wider.
"""

from dataclasses import replace

from modelroute_cli.planning.core import Found, Rows, closest, finish, width
from modelroute_cli.planning.dual import Guess, bound_at, maximise
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.ragged import Near, ragged

_LARGE = 8_000  # rows: smaller jobs are looked at whole
_PART = 20  # one row in so many is near enough to a tie to be looked at
_LEAST = 4_000
_MOST = 200_000
_LOOKS = 4
_REACH = 1.5  # a candidate is looked at when it is so many times the view's width from the cheapest
_ROUGH = 3e-5  # of the objective: how good the first prices are
_FINER = 0.05  # of that gap is left to the prices of a narrower view
_GAP = 1e-6  # of the bound: near enough


def search(rows: Rows, guess: Guess | None) -> Found | None:
    """The best plan found, from the best prices; `guess` says near what those are. None: none was found."""
    is_large = rows.size > _LARGE
    dual = maximise(rows, replace(guess, tolerance=_ROUGH) if guess is not None and is_large else guess)
    if dual.is_infeasible:
        return None
    sharp = replace(guess, prices=dual.prices) if guess is not None else Guess(dual.prices)
    found = _zoomed(rows, sharp) if is_large else None
    return finish(rows, dual.prices, sharp.enough) if found is None else found


def _zoomed(rows: Rows, guess: Guess) -> Found | None:
    """The plan of the rows near a tie, from ever better prices; None when they hold none."""
    best: Found | None = None
    bound, prices, size = bound_at(rows, guess.prices), guess.prices, min(max(_LEAST, rows.size // _PART), _MOST)
    for _ in range(_LOOKS):
        found = _look(rows, replace(guess, prices=prices), size)
        if found is None:
            size *= 3
            if size >= rows.size:
                break
            continue
        if best is None or found.objective < best.objective:
            best = found
        risen = bound_at(rows, found.prices)
        if risen > bound:
            bound, prices = risen, found.prices
        else:
            size = min(size * 3, rows.size)
        if guess.enough or best.objective - bound <= _GAP * abs(bound):
            break
    return None if best is None else replace(best, bound=bound, prices=prices)


def _look(rows: Rows, guess: Guess, size: int) -> Found | None:
    """The plan of the `size` rows nearest to a tie, the others held at these prices."""
    chosen = rows.choose(guess.prices)
    near = closest(chosen.margin, size)
    core = rows.core(chosen, Near(near, guess.prices, _REACH * width(chosen.margin, near)))
    inner = ragged(core.linear)
    enough = guess.enough or _GAP / 2 * abs(core.held + inner.at(guess.prices).objective)
    found = search(inner, replace(guess, enough=enough, gap=enough * _FINER))
    if found is None:
        return None
    own = found.all(core.linear.count)
    portions = Portions(core.candidates[own.candidate], own.count)
    return Found(core.held + found.objective, 0.0, found.prices, chosen.candidate, near, portions)
