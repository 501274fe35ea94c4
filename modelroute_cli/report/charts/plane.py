"""A plane of cost and quality: a stepped line of the best that can be had, and named marks around it."""

from collections.abc import Sequence
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.charts.marks import Shape, mark
from modelroute_cli.report.charts.picture import Told, label, picture, rule, stretched
from modelroute_cli.report.charts.scale import Scale, covering, short, ticks
from modelroute_cli.report.markup import Markup, element

_HEIGHT, _FOOT, _TOP = 320, 26, 22
_UNITS = 1000  # the width of the box that the line is drawn in
_APART = 16  # pixels between the words of two marks
_WORDS_OFF = 11  # pixels beside the mark
_WORDS_BELOW = 14  # pixels below it, where the line never is
_LEFT_FROM = 0.55  # share of the width from which words stand left of their mark
_EDGE = 0.08  # share of the width at whose ends an axis has no room for another number


@dataclass(frozen=True, slots=True)
class Place:
    """A cost and a quality; `name` is empty for one of many on the line."""

    cost_pusd: PicoUSD
    quality: float
    name: str = ""
    shape: Shape = "ring"


@dataclass(frozen=True, slots=True)
class _Frame:
    cost: Scale
    quality: Scale

    def y(self, quality: float) -> float:
        return _HEIGHT - _FOOT - self.quality.share(quality) * (_HEIGHT - _FOOT - _TOP)


def plane(told: Told, line: Sequence[Place], marked: Sequence[Place]) -> Markup:
    """Cost across, quality upwards; `line` is the cheapest first, the first of `marked` on top. Empty without any."""
    places = [*line, *marked]
    if not places:
        return Markup("")
    most = max(place.cost_pusd for place in places)
    frame = _Frame(Scale(-0.02 * most, 1.06 * most), covering([place.quality for place in places]))
    dots = [_dot(place, frame) for place in line]
    named = [_named(place, frame, y) for place, y in zip(marked, _word_places(marked, frame), strict=True)]
    return picture(told, _HEIGHT, *_grid(frame), _stepped(line, frame), *dots, *_axes(frame), *reversed(named))


def _grid(frame: _Frame) -> list[Markup]:
    return [rule("0", "100%", frame.y(at), frame.y(at), "grid") for at in ticks(frame.quality)]


def _axes(frame: _Frame) -> list[Markup]:
    """Round numbers on both axes; those of quality stand on their lines, so that no margin is lost on a phone."""
    foot = _HEIGHT - _FOOT
    levels = [label(f"{at:.2f}", "100%", frame.y(at) - 3, "end", "axis-word") for at in ticks(frame.quality)]
    costs = [at for at in ticks(frame.cost, 4) if at >= 0]
    money = [label(format_usd(round(at)), frame.cost.across(at), _HEIGHT - 8, _anchor(at, frame)) for at in costs]
    return [*levels, *money, rule("0", "100%", foot, foot, "axis"), label("quality", "100%", 12, "end", "strong")]


def _anchor(cost: float, frame: _Frame) -> str:
    share = frame.cost.share(cost)
    return "start" if share < _EDGE else "end" if share > 1 - _EDGE else "middle"


def _stepped(line: Sequence[Place], frame: _Frame) -> Markup:
    """Each quality holds until the next one can be paid."""
    if not line:
        return Markup("")
    points = [(frame.cost.share(place.cost_pusd) * _UNITS, frame.y(place.quality)) for place in line]
    (x, y), rest = points[0], points[1:]
    path = f"M{short(x)} {short(y)}" + "".join(f"H{short(x)}V{short(y)}" for x, y in rest) + f"H{_UNITS}"
    return stretched(f"0 0 {_UNITS} {_HEIGHT}", _HEIGHT, element("path", d=path, class_="curve"))


def _dot(place: Place, frame: _Frame) -> Markup:
    return element("circle", cx=frame.cost.across(place.cost_pusd), cy=short(frame.y(place.quality)), r=3, class_="dot")


def _word_places(marked: Sequence[Place], frame: _Frame) -> list[float]:
    """Where the words of each mark stand: a little below it, on either side no two on each other, none on the axis."""
    found = [0.0] * len(marked)
    for side in (True, False):
        order = [at for at in range(len(marked)) if _is_left(marked[at], frame) is side]
        order.sort(key=lambda at: -marked[at].quality)
        levels = _apart([frame.y(marked[at].quality) + _WORDS_BELOW for at in order])
        for at, level in zip(order, levels, strict=True):
            found[at] = level
    return found


def _apart(levels: Sequence[float]) -> list[float]:
    """Ascending levels moved down until they are apart, and up again where they would leave the picture."""
    moved: list[float] = []
    for level in levels:
        moved.append(max(level, moved[-1] + _APART) if moved else level)
    limit = float(_HEIGHT - _FOOT - 4)
    for at in reversed(range(len(moved))):
        moved[at] = min(moved[at], limit)
        limit = moved[at] - _APART
    return moved


def _is_left(place: Place, frame: _Frame) -> bool:
    return frame.cost.share(place.cost_pusd) > _LEFT_FROM


def _named(place: Place, frame: _Frame, y: float) -> Markup:
    """The mark and its words."""
    x, left = frame.cost.across(place.cost_pusd), _is_left(place, frame)
    side = {"text_anchor": "end" if left else "start", "dx": -_WORDS_OFF if left else _WORDS_OFF}
    words = element("text", place.name, x=x, y=short(y), class_="strong", **side)
    return element("g", mark(place.shape, x, frame.y(place.quality)), words)
