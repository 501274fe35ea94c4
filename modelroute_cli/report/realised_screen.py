"""Planned, certified and realised quality on a terminal: three words, three lines."""

from modelroute_cli.base.money import format_usd
from modelroute_cli.base.statistics import Interval
from modelroute_cli.execution.realised.scoring import GATES
from modelroute_cli.pilot.sentences import percent, realised_sentence
from modelroute_cli.report.realised import LEVEL, FallLine, Realised, TemplateRealised, Within, is_usable_only
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, safe
from modelroute_cli.report.tables import table_screen

_MOST_TEMPLATES = 20
_TEMPLATES = (
    Column("Quality by template", right=False),
    Column("Requests", drop=3),
    Column("Planned", drop=4),
    Column("Measured", drop=2),
    Column("Realised"),
    Column("Pairs", drop=1),
    Column("Of the baseline's"),
)
_UNKNOWN = "-"


def realised_screen(found: Realised | None, certified: str | None, width: int | None) -> Screen:
    """The three words, what the sample cost, and models that got worse; by template where anything was measured."""
    if found is None or not found.requests:
        return ()
    return (
        Line(),
        Line("Quality", "bold"),
        Line(f"  planned: {found.planned:.2f} ({safe(found.planned_by)})"),
        Line(f"  {certified or 'not certified: nothing was promised for this plan'}"),
        *(Line(f"  {text}") for text in _realised(found)),
        *(Line(f"  {text}", "warning") for text in map(fall_words, found.falls)),
        *_templates(found, width),
    )


def fall_words(fall: FallLine) -> str:
    """`drift 10:14:05: a does worse on t: quality 0.61 in 45 answers after 1,003, 0.95 was expected`."""
    told = "difference to " + fall.versus if fall.versus else "quality"
    return (
        f"drift {fall.at[11:19]}: {safe(fall.model)} does worse on {safe(fall.template)}: {told} {fall.seen:.2f} in "
        f"{plural(fall.answers, 'answer')} after {fall.before:,}, {fall.expected:.2f} was expected"
    )


def _realised(found: Realised) -> tuple[str, ...]:
    """What was measured, or that nothing was."""
    told = (*_own(found), *_beside(found), *_sample(found))
    if found.quality is None and found.ratio is None:
        unmeasured = "realised: not measured; `--control 1%` compares a sample with the baseline's answers"
        return (unmeasured, *told)
    return told


def _own(found: Realised) -> tuple[str, ...]:
    if found.quality is None:
        return ()
    begins = f"realised: {found.quality.value:.3f} by {', '.join(found.scorers)}"
    if found.measured == found.covered == found.requests:
        return (f"{begins} (all {found.requests:,} answers)",)
    rest = "" if found.covered == found.requests else f" in templates with {found.covered:,} of {found.requests:,}"
    return (f"{begins} ({_reach(found.quality)}; measured on {found.measured:,} requests{rest})",)


def _beside(found: Realised) -> tuple[str, ...]:
    """The answers beside the baseline's."""
    if found.ratio is None or found.control is None:
        return ()
    interval = Interval(found.ratio.value, found.ratio.low, found.ratio.high, LEVEL)
    said = realised_sentence(interval, found.control.baseline, found.pairs)
    note = "gates alone: usable, which is less than good" if is_usable_only(found) else _others(found)
    return (said, f"  compared by {note}")


def _others(found: Realised) -> str:
    """Who compared; gates are named last, their word being the weakest."""
    named = [scorer for scorer in found.pair_scorers if scorer != GATES]
    return ", ".join([*named, *([GATES] if GATES in found.pair_scorers else [])])


def _sample(found: Realised) -> tuple[str, ...]:
    use = found.control
    if use is None:
        return ()
    held = f", up to {format_usd(use.held_pusd)} possibly billed" if use.held_pusd else ""
    asked = f"{use.baseline} asked about {plural(use.asked, 'request')}, {use.pairs:,} compared"
    return (f"control sample: {asked}; cost {format_usd(use.cost_pusd)}, in what was spent{held}",)


def _templates(found: Realised, width: int | None) -> Screen:
    """By template, the busiest first, where there are several and anything was measured."""
    shown = [line for line in found.templates if line.quality or line.ratio]
    if not shown or len(found.templates) == 1:
        return ()
    lines = table_screen(_TEMPLATES, [_row(line) for line in shown[:_MOST_TEMPLATES]], width)
    more = len(shown) - _MOST_TEMPLATES
    rest = (Line(f"  and {plural(more, 'template')} more, in `--json`"),) if more > 0 else ()
    return (Line(), *lines, *rest)


def _row(line: TemplateRealised) -> Row:
    return (
        safe(line.template),
        f"{line.requests:,}",
        f"{line.planned:.2f}",
        f"{line.measured:,}" if line.quality else _UNKNOWN,
        f"{line.quality.value:.2f} ({line.quality.low:.2f} to {line.quality.high:.2f})" if line.quality else _UNKNOWN,
        f"{line.pairs:,}",
        f"{percent(line.ratio.value)} ({percent(line.ratio.low)} to {percent(line.ratio.high)})"
        if line.ratio
        else _UNKNOWN,
    )


def _reach(within: Within) -> str:
    return f"{percent(LEVEL)} interval {within.low:.3f} to {within.high:.3f}"
