"""The top of the page: the answer in a sentence, and the four figures that everybody asks for."""

from dataclasses import dataclass

from modelroute_cli.base.money import format_usd
from modelroute_cli.pilot.sentences import percent as tenths
from modelroute_cli.report.markup import Child, Markup, element, joined, name_of
from modelroute_cli.report.plan_screen import baseline_name, less
from modelroute_cli.report.realised import LEVEL, Realised, Within
from modelroute_cli.report.run_screen import EMULATED
from modelroute_cli.report.run_types import Compared, RunSummary
from modelroute_cli.report.screen import plural
from modelroute_cli.report.summary import BaselineLine, PlanSummary


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, what it is, and what is to be known of it."""

    name: str
    value: str
    said: tuple[Child, ...] = ()


def run_sentence(summary: RunSummary) -> str:
    """`60 requests answered for $0.077, 87.4% less than with gpt-5 for all`."""
    so_far = " so far" if summary.counts.waiting else ""
    answered = f"{plural(summary.counts.accepted, 'request')} answered for {format_usd(summary.money.spent_pusd)}"
    line = _chosen(summary)
    if line is None or line.actual_saved_share is None:
        return f"{answered}{so_far}"
    share = line.actual_saved_share
    side = "less" if share >= 0 else "more"
    return f"{answered}{so_far}, {abs(share):.1%} {side} than with {line.model} for all"


def run_figures(summary: RunSummary) -> tuple[Figure, ...]:
    """Spent, saved, quality, failures."""
    return (_spent(summary), _saved(summary), _quality(summary), _failed(summary))


def plan_sentence(summary: PlanSummary) -> str:
    """`Planned: 60 requests for ~$0.152, 78% less than with gpt-5 for all`."""
    cost = format_usd(summary.totals.cost_pusd, estimate=True)
    begins = f"Planned: {plural(summary.totals.requests, 'request')} for {cost}"
    line = _chosen_line(summary)
    if line is None or line.saved_share is None:
        return begins
    return f"{begins}, {less(line.saved_share)} than with {baseline_name(line)}"


def plan_figures(summary: PlanSummary) -> tuple[Figure, ...]:
    """Cost, saved, quality, and the most that can be spent."""
    totals, line = summary.totals, _chosen_line(summary)
    spread = f"90% range {format_usd(totals.cost_low_pusd)} to {format_usd(totals.cost_range_pusd)}"
    return (
        Figure("Cost", format_usd(totals.cost_pusd, estimate=True), (spread,)),
        _planned_saving(line),
        Figure("Quality", f"{totals.quality:.2f}", (f"planned ({summary.quality_source})",)),
        Figure("Hard cap", format_usd(summary.hard_cap_pusd), (summary.hard_cap_source,)),
    )


def answer(kicker: Child, sentence: str, figures: tuple[Figure, ...], *, emulated: bool) -> Markup:
    """The top, with a banner where nothing was real."""
    banner = element("p", element("strong", EMULATED), class_="banner", role="note") if emulated else None
    shown = element("dl", *(_figure(each) for each in figures), class_="figures")
    return joined((banner, element("p", kicker, class_="kicker"), element("h1", sentence), shown))


def _figure(each: Figure) -> Markup:
    said = (element("dd", part, class_="said") for part in each.said)
    return element("div", element("dt", each.name), element("dd", each.value, class_="value"), *said)


def _chosen(summary: RunSummary) -> Compared | None:
    return next((line for line in summary.baselines if line.kind == "chosen" and line.model), None)


def _chosen_line(summary: PlanSummary) -> BaselineLine | None:
    return next((line for line in summary.baselines if line.kind == "chosen" and line.model), None)


def _planned_saving(line: BaselineLine | None) -> Figure:
    if line is None or line.saved_share is None or line.saved_pusd is None or line.cost_pusd is None:
        return Figure("Saved", "unknown", ("no baseline can do this job",))
    against = joined(("against ", name_of(baseline_name(line)), f", {format_usd(line.cost_pusd, estimate=True)}"))
    return Figure("Saved", f"{line.saved_share:.1%}", (against,))


def _spent(summary: RunSummary) -> Figure:
    money = summary.money
    held = f"up to {format_usd(money.held_pusd)} more may have been billed" if money.held_pusd else None
    cap = f"of at most {format_usd(money.hard_cap_pusd)}; projected {format_usd(money.projected_pusd)}"
    return Figure("Spent", format_usd(money.spent_pusd), (cap, held))


def _saved(summary: RunSummary) -> Figure:
    line = _chosen(summary)
    if line is None or line.actual_saved_share is None or line.actual_pusd is None:
        return Figure("Saved", "unknown", ("what the baseline would have cost is not known",))
    against = joined(("against ", name_of(f"{line.model} for all"), f", {format_usd(line.actual_pusd)} (an estimate)"))
    return Figure("Saved", f"{line.actual_saved_share:.1%}", (against,))


def _quality(summary: RunSummary) -> Figure:
    """Realised where anything was measured; else the planned one, which is called that."""
    found = summary.realised
    if found is None:
        return Figure("Quality", "unknown", ("nothing has come to its end",))
    planned = f"planned {found.planned:.2f} ({found.planned_by})"
    if found.quality is not None:
        measured = f"realised by {', '.join(found.scorers)}, {plural(found.measured, 'request')} measured"
        return Figure("Quality", f"{found.quality.value:.3f}", (_reach(found.quality), measured, planned))
    if found.ratio is not None:
        return Figure("Quality", tenths(found.ratio.value), (*_ratio(found, found.ratio), planned))
    return Figure("Quality", f"{found.planned:.2f}", (f"planned ({found.planned_by})", "realised: not measured"))


def _reach(within: Within) -> str:
    return f"{tenths(LEVEL)} interval {within.low:.3f} to {within.high:.3f}"


def _ratio(found: Realised, ratio: Within) -> tuple[str, str]:
    baseline = found.control.baseline if found.control else "the baseline"
    reach = f"{tenths(LEVEL)} interval {tenths(ratio.low)} to {tenths(ratio.high)}"
    return (f"realised, of {baseline}'s quality ({plural(found.pairs, 'pair')})", reach)


def _failed(summary: RunSummary) -> Figure:
    counts = summary.counts
    of = f"of {plural(counts.requests - counts.duplicates, 'request')}"
    waiting = f"{counts.waiting:,} waiting" if counts.waiting else None
    first = summary.failures[0].reason if summary.failures else None
    most = None if first is None else joined(("most often: ", name_of(first)))
    return Figure("Failed", f"{counts.failed:,}", (of, waiting, most))
