"""An evaluation as one SVG picture: cost against quality of every method and every single model."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from modelroute_cli.pilot.evaluate.scoreboard import OURS, Row, Scoreboard

_WIDTH, _HEIGHT = 760, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 200, 40, 50
_STEPS = 5
_NAMED = {OURS, "oracle"}


@dataclass(frozen=True, slots=True)
class _Frame:
    """From shares of cost and quality to pixels."""

    most_cost: float
    least_quality: float
    most_quality: float

    def x(self, cost: float) -> float:
        return _LEFT + cost / self.most_cost * (_WIDTH - _LEFT - _RIGHT)

    def y(self, quality: float) -> float:
        part = (quality - self.least_quality) / (self.most_quality - self.least_quality)
        return _HEIGHT - _BOTTOM - part * (_HEIGHT - _TOP - _BOTTOM)


def eval_plot(board: Scoreboard) -> str:
    """The picture; shapes and words tell the marks apart, not colour alone, and a table of numbers stands in it."""
    frame = _frame(board)
    title = f"Cost and quality beside {board.baseline}, {board.requests:,} requests, {board.seeds} seeds"
    parts = [*_axes(frame), *_singles(board, frame), *_methods(board, frame)]
    if board.floor is not None:
        y = frame.y(board.floor)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="floor"/>')
        parts.append(f'<text x="{_LEFT + 4}" y="{y - 4:.1f}">floor {100 * board.floor:g}%</text>')
    described = "; ".join(
        f"{row.name}: cost {_percent(row.cost.mean)}, quality {_percent(row.quality.mean)}" for row in board.rows
    )
    return "\n".join(
        [
            _OPEN,
            f'<title id="t">{escape(title)}</title><desc id="d">{escape(described)}</desc>',
            _STYLE,
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
            f'<text x="{_LEFT}" y="22" font-size="14">{escape(title)}</text>',
            *parts,
            "</svg>\n",
        ]
    )


_OPEN = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
    'aria-labelledby="t d" font-family="sans-serif" font-size="12">'
)
_STYLE = (
    "<style>line{stroke:#999}line.floor{stroke:#b00;stroke-dasharray:6 4}.single{fill:none;stroke:#666}"
    ".method{fill:#000}.ours{fill:#06c}.range{stroke:#06c;stroke-width:2}text{fill:#222}</style>"
)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _frame(board: Scoreboard) -> _Frame:
    costs = [row.cost.high for row in board.rows] + [point.cost for point in board.singles]
    qualities = [row.quality.low for row in board.rows] + [row.quality.high for row in board.rows]
    near = [point.quality for point in board.singles if point.quality >= min(qualities) - 0.1]
    low, high = min([*qualities, *near]), max([*qualities, *near])
    room = max((high - low) * 0.08, 0.005)
    return _Frame(max(1.0, *costs) * 1.05, low - room, high + room)


def _axes(frame: _Frame) -> Iterator[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    yield f'<line x1="{_LEFT}" x2="{right}" y1="{bottom}" y2="{bottom}"/>'
    yield f'<line x1="{_LEFT}" x2="{_LEFT}" y1="{_TOP}" y2="{bottom}"/>'
    for step in range(_STEPS + 1):
        cost = frame.most_cost * step / _STEPS
        quality = frame.least_quality + (frame.most_quality - frame.least_quality) * step / _STEPS
        yield f'<text x="{frame.x(cost):.1f}" y="{bottom + 18}" text-anchor="middle">{100 * cost:.0f}%</text>'
        yield f'<text x="{_LEFT - 6}" y="{frame.y(quality) + 4:.1f}" text-anchor="end">{100 * quality:.0f}%</text>'
    middle = (_LEFT + right) / 2
    yield f'<text x="{middle}" y="{_HEIGHT - 10}" text-anchor="middle">cost, share of the baseline\'s</text>'
    yield (
        f'<text x="16" y="{(_TOP + bottom) / 2}" text-anchor="middle" '
        f'transform="rotate(-90 16 {(_TOP + bottom) / 2})">realised quality, share of the baseline\'s</text>'
    )


def _singles(board: Scoreboard, frame: _Frame) -> Iterator[str]:
    """Single models as open circles; those below the picture are left out."""
    for point in board.singles:
        if point.quality >= frame.least_quality:
            x, y = frame.x(point.cost), frame.y(point.quality)
            name = escape(point.model)
            yield f'<circle class="single" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{name}</title></circle>'


def _methods(board: Scoreboard, frame: _Frame) -> Iterator[str]:
    """Methods as numbered squares with their key at the right; ours with the range over its seeds."""
    for number, row in enumerate(board.rows, start=1):
        x, y = frame.x(row.cost.mean), frame.y(row.quality.mean)
        kind = "ours" if row.name == OURS else "method"
        if row.name in _NAMED:
            yield from _range(row, frame)
        yield f'<rect class="{kind}" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>'
        yield f'<text x="{x + 6:.1f}" y="{y - 5:.1f}">{number}</text>'
        yield f'<text x="{_WIDTH - _RIGHT + 12}" y="{_TOP + 18 * number}">{number} {escape(row.name)}</text>'
    yield f'<text x="{_WIDTH - _RIGHT + 12}" y="{_TOP + 18 * (len(board.rows) + 2)}">&#9675; single models</text>'


def _range(row: Row, frame: _Frame) -> Iterator[str]:
    x, y = frame.x(row.cost.mean), frame.y(row.quality.mean)
    low, high = frame.y(row.quality.low), frame.y(row.quality.high)
    left, right = frame.x(row.cost.low), frame.x(row.cost.high)
    yield f'<line class="range" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
    yield f'<line class="range" x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
