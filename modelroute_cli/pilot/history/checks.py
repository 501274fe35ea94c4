"""Whether sums from a file can be sums of qualities in [0,1] and their differences: each doubt names its field."""

from collections.abc import Iterator
from math import isfinite

from modelroute_cli.pilot.history.sums import Sums

_REAL = ("quality_sum", "quality_squares", "difference_sum", "difference_squares", "output_tokens_squares")
_ROUNDING = 1e-9  # relative, of sums that were added in another order


def doubts(row: Sums) -> Iterator[tuple[str, str]]:
    """Each field that cannot be, and why; none for every row that a history exports."""
    broken = [name for name in _REAL if not isfinite(getattr(row, name))]
    if broken:
        yield from ((name, "is not a finite number") for name in broken)
        return
    yield from _quality(row)
    yield from _differences(row)
    yield from _tokens(row)
    if not row.n_cost and row.cost_pusd:
        yield "n_cost", "is 0, but there is a cost"


def _quality(row: Sums) -> Iterator[tuple[str, str]]:
    if _above(row.quality_sum, row.n):
        yield "quality_sum", f"is above `n`, {row.n}: qualities are at most 1"
    elif _above(row.quality_squares, row.quality_sum):
        yield "quality_squares", "is above `quality_sum`: qualities are at most 1"
    elif _above(row.quality_sum * row.quality_sum, row.quality_squares * row.n):
        yield "quality_squares", "is below `quality_sum` squared by `n`, which no values have"


def _differences(row: Sums) -> Iterator[tuple[str, str]]:
    size = abs(row.difference_sum)
    if row.n_paired > row.n:
        yield "n_paired", f"is above `n`, {row.n}"
    elif row.n_paired and row.model == row.baseline:
        yield "n_paired", "is not 0, but the baseline has no difference to itself"
    elif _above(size, row.n_paired):
        yield "difference_sum", f"is beyond `n_paired`, {row.n_paired}: differences are from -1 to 1"
    elif _above(row.difference_squares, size if row.n_paired == 1 else row.n_paired):
        yield "difference_squares", f"is above `n_paired`, {row.n_paired}: differences are from -1 to 1"
    elif _above(size * size, row.difference_squares * row.n_paired):
        yield "difference_squares", "is below `difference_sum` squared by `n_paired`, which no values have"


def _tokens(row: Sums) -> Iterator[tuple[str, str]]:
    if not row.n_tokens and (row.output_tokens_sum or row.output_tokens_squares):
        yield "n_tokens", "is 0, but there are output tokens"
    elif _above(float(row.output_tokens_sum) ** 2, row.output_tokens_squares * row.n_tokens):
        yield "output_tokens_squares", "is below `output_tokens_sum` squared by `n_tokens`, which no values have"


def _above(value: float, most: float) -> bool:
    """Whether it is above by more than rounding."""
    return value > most + _ROUNDING * max(abs(most), 1.0)
