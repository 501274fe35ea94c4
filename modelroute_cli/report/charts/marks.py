"""Marks that differ by shape as well as by colour, for pictures and for the keys beside them."""

from typing import Literal

from modelroute_cli.report.charts.picture import cell_picture
from modelroute_cli.report.markup import Markup, element

Shape = Literal["diamond", "square", "triangle", "ring"]
_PATHS: dict[Shape, str] = {
    "diamond": "M0-8 8 0 0 8-8 0Z",
    "square": "M-6-6H6V6H-6Z",
    "triangle": "M0-7 7 6H-7Z",
    "ring": "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0Z",  # around whatever stands at the same place,
}
_KEY_PX = 22


def mark(shape: Shape, x: str, y: float) -> Markup:
    """A mark with its middle at `x` (a share of the width) and `y` (pixels)."""
    return element("svg", _path(shape), x=x, y=f"{y:.1f}", overflow="visible")


def key(shape: Shape) -> Markup:
    """The same mark by itself, to stand in a table."""
    middle = _KEY_PX / 2
    drawn = cell_picture(_KEY_PX, mark(shape, f"{middle:g}", middle))
    return element("span", drawn, class_="key")


def _path(shape: Shape) -> Markup:
    return element("path", d=_PATHS[shape], class_=f"mark {shape}")
