"""A pilot on the screen: before it, what it would send; after it, what it learned."""

from collections.abc import Iterator

from modelroute_cli.base.money import format_usd
from modelroute_cli.pilot.folder import CEILING
from modelroute_cli.pilot.learned import Learned, Span
from modelroute_cli.pilot.scorers.telling import scorer_words
from modelroute_cli.report.pilot_summary import PartSummary, PilotSummary
from modelroute_cli.report.screen import Column, Line, Row, Screen, percent, plural, safe
from modelroute_cli.report.tables import table_screen

_DESIGN = (
    Column("Template", right=False),
    Column("Requests"),
    Column("Measured"),
    Column("Models", drop=3),
    Column("Cost", drop=1),
    Column("To gain", drop=2),
    Column("", right=False),
)
_LEARNED = (
    Column("Model", right=False),
    Column("n"),
    Column("Quality"),
    Column("90% interval", drop=2),
    Column("Difference"),
    Column("90% interval", drop=3),
    Column("Each", drop=1),
    Column("Source", right=False, drop=4),
)
_SHOWN = 20
_MEASURED = "measured"


def design_screen(summary: PilotSummary, width: int | None) -> Screen:
    """What a pilot would send, template by template, and what it can cost at most."""
    parts = table_screen(_DESIGN, [_part(part) for part in summary.templates[:_SHOWN]], width)
    left_out = len(summary.templates) - _SHOWN
    more = [Line(f"and {plural(left_out, 'template')} more")] if left_out > 0 else []
    return (*parts, *more, Line(), *_sum(summary))


def learned_screen(summary: PilotSummary, width: int | None) -> Screen:
    """What was measured of each model, template by template, and what that cost."""
    cells = (line for part in summary.templates for line in _cells(summary, part, width))
    return (*cells, *_words(summary), *_spent(summary))


def _part(part: PartSummary) -> Row:
    why = "" if part.reason == _MEASURED else part.reason
    measured, models, cost = (
        (f"{part.measured:,}", str(len(part.models)), format_usd(part.cost_pusd, estimate=True))
        if part.measured
        else ("-", "-", "-")
    )
    gain = format_usd(part.gain_pusd, estimate=True)
    return (safe(part.template), f"{part.requests:,}", measured, models, cost, gain, why)


def _sum(summary: PilotSummary) -> Iterator[Line]:
    """What all of it costs, beside what there is to save."""
    bill = format_usd(summary.bill_pusd, estimate=True)
    ceiling = format_usd(summary.ceiling_pusd)
    if not summary.calls:
        yield Line(f"Nothing to measure: no template is worth a pilot of at most {ceiling}.")
        yield Line(f"{summary.baseline} for all of the job would cost {bill}.")
        return
    measured = [part for part in summary.templates if part.measured]
    requests = sum(part.measured for part in measured)
    models = sorted({model for part in measured for model in part.models})
    yield Line(
        f"Pilot: {plural(requests, 'request')} of {plural(len(measured), 'template')} "
        f"on {plural(len(models), 'model')}, "
        f"{format_usd(summary.cost_pusd, estimate=True)}; {summary.baseline} for all of the job is {bill}"
    )
    yield Line(f"  models: {', '.join(models)}")
    yield Line(f"  ceiling: {ceiling}, never passed: the worst case of each request is set aside before it is sent")


def _cells(summary: PilotSummary, part: PartSummary, width: int | None) -> Iterator[Line]:
    """One template."""
    own = [each for each in summary.learned if each.template == part.template]
    if not own:
        return
    yield Line(f"{safe(part.template)}  {plural(part.requests, 'request')}", "bold")
    yield from table_screen(_LEARNED, [_cell(each) for each in own], width, title="")
    yield Line()


def _cell(each: Learned) -> Row:
    cost = "unknown" if each.cost_pusd is None else format_usd(each.cost_pusd)
    source = f"{'emulated ' if each.emulated else ''}pilot, {' and '.join(each.scorers)}"
    difference = ("-", "") if each.difference is None else (f"{each.difference.mean:+.2f}", _interval(each.difference))
    return (each.model, f"{each.n:,}", f"{each.quality.mean:.2f}", _interval(each.quality), *difference, cost, source)


def _words(summary: PilotSummary) -> Iterator[Line]:
    """What the qualities mean, scorer by scorer."""
    for scorer in sorted({scorer for each in summary.learned for scorer in each.scorers}):
        yield Line(f"Quality by {scorer}: {scorer_words(scorer)}")


def _interval(span: Span) -> str:
    return f"{span.low:.2f} to {span.high:.2f}"


def _spent(summary: PilotSummary) -> Iterator[Line]:
    """What it cost, and what was not measured."""
    rest = [part for part in summary.templates if not part.measured]
    if rest:
        count = sum(part.requests for part in rest)
        yield Line(
            f"Not measured: {plural(len(rest), 'template')} ({plural(count, 'request')}), "
            "planned by what is believed of the models"
        )
    if summary.end is None:
        return
    spent, end = format_usd(summary.end.spent_pusd), summary.end
    share = percent(end.spent_pusd / summary.bill_pusd) if summary.bill_pusd else "-"
    emulated = " (emulated: nothing was paid)" if summary.emulated else ""
    yield Line(f"Measuring cost {spent}{emulated}, {share} of {summary.baseline} for all of the job")
    if end.held_pusd:
        yield Line(f"  and {format_usd(end.held_pusd)} may have been billed for requests whose outcome is unknown")
    if end.status == CEILING:
        yield Line(f"  it ended at its ceiling of {format_usd(summary.ceiling_pusd)}: less was measured than drawn")
