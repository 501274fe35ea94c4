"""Rows of costs against their projection, each with a bar on the same scale."""

from collections.abc import Sequence
from typing import Protocol

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.charts.bars import cell_bar
from modelroute_cli.report.html.tables import Cells, Head

BAR = Head("", "picture")
BARS = "; bars are costs, ticks what was projected"
"""What the caption of such a table says of its bars."""


class Spent(Protocol):
    """A line of a summary that has both amounts."""

    @property
    def cost_pusd(self) -> PicoUSD:
        """What was paid."""
        ...

    @property
    def projected_pusd(self) -> PicoUSD:
        """What was expected."""
        ...


def barred(lines: Sequence[Spent], rows: Sequence[Cells]) -> list[Cells]:
    """The rows, one for each line, each with its bar; the longest is the largest amount of them all."""
    most = float(max((max(line.cost_pusd, line.projected_pusd) for line in lines), default=0))
    bars = (cell_bar(float(line.cost_pusd), most, float(line.projected_pusd)) for line in lines)
    return [(*row, bar) for row, bar in zip(rows, bars, strict=True)]
