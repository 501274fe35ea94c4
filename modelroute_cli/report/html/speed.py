"""How long answers took, and how fast requests were sent beside what accounts allow."""

from collections.abc import Iterator, Sequence

from modelroute_cli.report.charts.histogram import histogram
from modelroute_cli.report.charts.pace import Course, course, draws_limit
from modelroute_cli.report.charts.picture import Told
from modelroute_cli.report.detail_types import LATENCY_EDGES_S, LatencyUse, PaceUse
from modelroute_cli.report.details_screen import seconds
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, folded, notes, table
from modelroute_cli.report.markup import Markup, element, name_of
from modelroute_cli.report.screen import plural, tokens

MOST_DRAWN = 12
"""Models that are drawn; the table has all of them."""

_MINUTE_S = 60.0
_UNKNOWN = "unknown"
_BELOW = f"<{LATENCY_EDGES_S[0]:g}"
_BINS = (_BELOW, *(f"{edge:g}" for edge in LATENCY_EDGES_S[:-1]), f"{LATENCY_EDGES_S[-1]:g}+")
_LATENCY = (Head("Model", "name"), *map(Head, ("Answers", "Median", "95th percentile", "Longest")))
_SPREAD = (Head("Model", "name"), *(Head(f"{name} s") for name in _BINS))
_PACE = (
    Head("Model", "name"),
    *map(Head, ("Attempts", "Refused (429)", "Busiest minute", "Limit", "Tokens, busiest minute", "Limit")),
)


def latency_section(lines: Sequence[LatencyUse]) -> Section | None:
    """A histogram for each model over the same ranges, and the figures of all."""
    if not lines:
        return None
    pictures = [_latency_picture(line) for line in lines[:MOST_DRAWN]]
    spread: list[Cells] = [(name_of(line.model), *(f"{count:,}" for count in line.bins)) for line in lines]
    numbers = table("Answers by seconds, each column named by its lower end", _SPREAD, spread)
    return section(
        "latency",
        "Latency",
        table("From sending to the whole answer", _LATENCY, [_latency_row(line) for line in lines]),
        element("div", *pictures, class_="multiples"),
        folded("The columns in numbers", numbers),
    )


def pace_section(lines: Sequence[PaceUse]) -> Section | None:
    """Requests over time for each model, beside its limit."""
    if not lines:
        return None
    pictures = [_pace_picture(line) for line in lines[:MOST_DRAWN]]
    return section(
        "pace",
        "Pace and limits",
        table("Requests and tokens a minute, beside the limits that are known", _PACE, [*map(_pace_row, lines)]),
        element("div", *pictures, class_="multiples"),
        notes(["; ".join(_legend(lines))]),
    )


def _legend(lines: Sequence[PaceUse]) -> Iterator[str]:
    """What is drawn, as far as anything of it is."""
    yield "Areas are requests begun"
    if any(any(line.refused) for line in lines):
        yield "what is filled was refused with 429"
    if any(draws_limit(_course(line)) for line in lines):
        yield "a dashed line is the limit"


def busiest(amounts: Sequence[int], step_s: float) -> int:
    """The most that fell into one minute, or into one step where that is longer."""
    width = max(int(_MINUTE_S / step_s), 1) if step_s > 0 else len(amounts)
    sums, most = sum(amounts[:width]), sum(amounts[:width])
    for at in range(width, len(amounts)):
        sums += amounts[at] - amounts[at - width]
        most = max(most, sums)
    return most


def _latency_row(line: LatencyUse) -> Cells:
    return (
        name_of(line.model),
        f"{line.answers:,}",
        seconds(line.median_s),
        seconds(line.p95_s),
        seconds(line.longest_s),
    )


def _latency_picture(line: LatencyUse) -> Markup:
    said = f"median {seconds(line.median_s)}, 95% within {seconds(line.p95_s)}"
    told = Told(f"Latency of {line.model}", said)
    caption = element("figcaption", name_of(line.model), f": {said}; seconds below")
    return element("figure", caption, histogram(told, line.bins, _BINS))


def _pace_row(line: PaceUse) -> Cells:
    return (
        name_of(line.model),
        f"{sum(line.started):,}",
        f"{sum(line.refused):,}",
        f"{busiest(line.started, line.step_s):,}",
        _UNKNOWN if line.limit_rpm is None else f"{line.limit_rpm:,}",
        tokens(busiest(line.tokens, line.step_s)),
        _UNKNOWN if line.limit_tpm is None else tokens(line.limit_tpm),
    )


def _course(line: PaceUse) -> Course:
    """It as it is drawn, with the limit of one step."""
    limit = None if line.limit_rpm is None else line.limit_rpm * line.step_s / _MINUTE_S
    return Course(line.started, line.refused, limit)


def _pace_picture(line: PaceUse) -> Markup:
    found = _course(line)
    highest = max(line.started, default=0)
    said = f"{plural(len(line.started), 'step')} of {seconds(line.step_s)}, at most {plural(highest, 'request')} in one"
    above = "" if found.limit is None or draws_limit(found) else "; the limit is far above"
    caption = element("figcaption", name_of(line.model), f": {said}{above}")
    return element("figure", caption, course(Told(f"Pace of {line.model}", said), found))
