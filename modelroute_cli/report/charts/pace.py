"""What was done over time, step by step, below a limit: an area, the refused part of it filled, the limit a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from modelroute_cli.report.charts.picture import Told, picture, rule, stretched
from modelroute_cli.report.charts.scale import Scale, short
from modelroute_cli.report.markup import Markup, element

_HEIGHT, _TOP = 72, 8
_LIMIT_SHOWN = 2.0  # a limit further above the highest step than this would flatten everything below it


@dataclass(frozen=True, slots=True)
class Course:
    """Amounts in steps of equal length; `limit` is of one step."""

    amounts: Sequence[int]
    refused: Sequence[int] = ()
    limit: float | None = None


def course(told: Told, found: Course) -> Markup:
    """The picture; the limit is drawn where `draws_limit` says so."""
    drawn = found.limit if draws_limit(found) else None
    scale = Scale(0.0, max([float(max(found.amounts, default=0)), drawn or 0.0]))
    parts = [_area(found.amounts, scale, "area")]
    if any(found.refused):
        parts.append(_area(found.refused, scale, "area refused"))
    if drawn is not None:
        y = _y(drawn, scale)
        parts.append(rule("0", "100%", y, y, "limit"))
    foot = rule("0", "100%", _HEIGHT - 1, _HEIGHT - 1, "axis")
    return picture(told, _HEIGHT, *parts, foot)


def draws_limit(found: Course) -> bool:
    """Whether the limit is near enough to what was done to be drawn."""
    highest = max(found.amounts, default=0)
    return found.limit is not None and found.limit <= _LIMIT_SHOWN * highest


def _y(value: float, scale: Scale) -> float:
    return _HEIGHT - 1 - scale.share(value) * (_HEIGHT - 1 - _TOP)


def _area(amounts: Sequence[int], scale: Scale, class_: str) -> Markup:
    """Steps from left to right, closed along the foot."""
    tops = "".join(f"V{short(_y(amount, scale))}H{at}" for at, amount in enumerate(amounts, start=1))
    path = f"M0 {_HEIGHT - 1}{tops}V{_HEIGHT - 1}Z"
    return stretched(f"0 0 {max(len(amounts), 1)} {_HEIGHT}", _HEIGHT, element("path", d=path, class_=class_))
