"""How many fell into each of a few ranges: columns with the lower ends of the ranges below them."""

from collections.abc import Sequence

from modelroute_cli.report.charts.picture import Told, block, label, picture, rule
from modelroute_cli.report.charts.scale import Scale, percents
from modelroute_cli.report.markup import Markup

_HEIGHT, _FOOT, _TOP = 120, 18, 14
_FILLED = 0.82  # of the width of a column


def histogram(told: Told, counts: Sequence[int], names: Sequence[str]) -> Markup:
    """A column for each count, the highest as high as the picture; `names` stand below, one for each."""
    width, room = 1 / max(len(counts), 1), _HEIGHT - _FOOT - _TOP
    scale = Scale(0.0, float(max(counts, default=0)))
    foot = rule("0", "100%", _HEIGHT - _FOOT, _HEIGHT - _FOOT, "axis")
    columns = [_column(at * width, width, scale.share(count) * room, count) for at, count in enumerate(counts) if count]
    below = [
        label(name, percents((at + 0.5) * width), _HEIGHT - 4, "middle", "axis-word") for at, name in enumerate(names)
    ]
    return picture(told, _HEIGHT, *(part for column in columns for part in column), *below, foot)


def _column(left: float, width: float, high: float, count: int) -> tuple[Markup, Markup]:
    """A column, at least a hair high, and its count above."""
    high = max(high, 1.0)
    top = _HEIGHT - _FOOT - high
    bar = block(percents(left + width * (1 - _FILLED) / 2), percents(width * _FILLED), top, high, "bar")
    return bar, label(_compact(count), percents(left + width / 2), top - 3, "middle", "axis-word")


def _compact(count: int) -> str:
    """A count that fits above a narrow column."""
    return str(count) if count < 10_000 else f"{count / 1000:,.0f}k"  # noqa: PLR2004 - four digits fit
