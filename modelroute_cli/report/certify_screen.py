"""A certificate on the screen: before the test what each rung takes, after it what may be promised."""

from collections.abc import Iterator

from modelroute_cli.base.money import format_usd
from modelroute_cli.pilot.promise.certificate import Certificate, RungFinding
from modelroute_cli.pilot.promise.sizing import RungSize
from modelroute_cli.pilot.sentences import floor_percent, percent
from modelroute_cli.report.certify_summary import CertifySummary
from modelroute_cli.report.certify_words import judged
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, safe
from modelroute_cli.report.tables import table_screen

_SIZES = (
    Column("Plan for"),
    Column("Plan cost"),
    Column("Saves", drop=2),
    Column("Pilot saw", drop=1),
    Column("Differ", drop=3),
    Column("Takes"),
    Column("Within reach", right=False),
)
_TESTED = (
    Column("Plan for"),
    Column("Plan cost"),
    Column("Mean of D", drop=1),
    Column("p"),
    Column("", right=False),
)
_UNKNOWN = "-"


def sizes_screen(summary: CertifySummary, width: int | None) -> Screen:
    """The ladder before anything is spent: what each rung costs, and how many paired requests it takes."""
    baseline, floor = safe(summary.baseline), floor_percent(summary.promise.ratio)
    title = Line(f"To certify: at least {floor} of {baseline}'s quality, {_sure(summary)}", "bold")
    if not summary.rungs:
        return (title, Line(f"There is no plan to test that is cheaper than {baseline} for all"))
    sizes = table_screen(_SIZES, [_size(each, summary) for each in summary.rungs], width, title="")
    return (title, *sizes, Line(), *_verdict(summary))


def certificate_screen(found: Certificate, width: int | None) -> Screen:
    """What came of the test, rung by rung, and what may be promised."""
    tested = table_screen(_TESTED, [_tested(each) for each in found.tested], width)
    return (*tested, Line(), *_promised(found), *_spent(found))


def _sure(summary: CertifySummary) -> str:
    how = "looked at as it goes" if summary.method == "any_time" else "tested once, at the end"
    return f"{floor_percent(summary.promise.confidence)} confidence, {how}"


def _size(each: RungSize, summary: CertifySummary) -> Row:
    saves = percent(1 - each.cost_pusd / summary.bill_pusd) if summary.bill_pusd else _UNKNOWN
    return (
        percent(each.target),
        format_usd(each.cost_pusd, estimate=True),
        saves,
        _UNKNOWN if each.ratio is None else percent(each.ratio),
        _UNKNOWN if each.differ is None else percent(each.differ),
        _UNKNOWN if each.needed is None else f"{each.needed:,}",
        "nothing" if each.could is None else floor_percent(each.could),
    )


def _verdict(summary: CertifySummary) -> Iterator[Line]:
    """What is asked, or that it is too small, and what it could show instead."""
    floor = floor_percent(summary.promise.ratio)
    reach = min(summary.most, summary.population)
    if summary.expected is None:
        best = max((each.could for each in summary.rungs if each.could is not None), default=None)
        could = "nothing" if best is None else floor_percent(best)
        yield Line(f"Too small to certify {floor}: {plural(reach, 'paired request')} could certify {could}")
        yield Line(f"  {_within(summary)}")
    else:
        cost = "" if summary.cost_pusd is None else f", {format_usd(summary.cost_pusd, estimate=True)}"
        yield Line(f"Certifying {floor} takes about {plural(summary.expected, 'paired request')}{cost}")
    if summary.drawn:
        most, budget = format_usd(summary.drawn_pusd, estimate=True), format_usd(summary.budget_pusd)
        yield Line(f"Hold-out: at most {plural(summary.drawn, 'request')}, {most}, never more than {budget}")
        yield Line(f"  drawn from {plural(summary.population, 'request')} that the pilot did not ask")


def _within(summary: CertifySummary) -> str:
    """What limits it."""
    if summary.most < summary.population:
        return f"a budget of {format_usd(summary.budget_pusd)} pays for no more; raise it with `--certify-budget`"
    return f"the job has {plural(summary.population, 'request')} that the pilot did not ask"


def _tested(each: RungFinding) -> Row:
    mean = _UNKNOWN if each.mean is None else f"{each.mean:+.4f}"
    p = f"{each.p:.4f}" if each.p >= _SMALL else f"<{_SMALL}"
    return (
        percent(each.target),
        format_usd(each.cost_pusd, estimate=True),
        mean,
        p,
        "held" if each.passed else "not shown",
    )


_SMALL = 0.0001


def _promised(found: Certificate) -> Iterator[Line]:
    floor, baseline = floor_percent(found.promise.ratio), safe(found.baseline)
    pairs = f"{floor_percent(found.promise.confidence)} confidence, {plural(found.pairs, 'paired request')}"
    said = f"({pairs}{judged(found.scorers)}{', emulated' if found.emulated else ''})"
    if found.target is None:
        yield Line(f"Not certified: at least {floor} of {baseline}'s quality was not shown {said}", "bold")
        yield Line(f"  with this floor, plans give every request to {baseline} where your rules allow that")
        return
    yield Line(f"Certified quality: at least {floor} of {baseline}'s {said}", "bold")
    yield Line(f"  of the plan made for {percent(found.target)}, on the {found.population:,} requests drawn from")


def _spent(found: Certificate) -> Iterator[Line]:
    emulated = " (emulated: nothing was paid)" if found.emulated else ""
    yield Line(f"Testing cost {format_usd(found.spent_pusd)}{emulated}; its answers are results of their requests")
    if found.held_pusd:
        yield Line(f"  and {format_usd(found.held_pusd)} may have been billed for requests whose outcome is unknown")
    if found.missing:
        yield Line(f"  {plural(found.missing, 'request')} without an answer or a score counted against the plans")
