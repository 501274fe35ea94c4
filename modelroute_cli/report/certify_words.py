"""What is promised of a plan, in one line, wherever it is shown: certified is neither planned nor realised."""

from modelroute_cli.pilot.sentences import floor_percent
from modelroute_cli.planning.plan import CertifiedBy
from modelroute_cli.report.screen import plural, safe

KNOWN_ANSWERS = frozenset({"expected", "labels"})
"""Scorers that compare with what is known to be right; all others judge."""


def promise_text(found: CertifiedBy | None) -> str | None:
    """`Certified quality: at least 97% of gpt-5's (95% confidence, 412 paired requests)`, or why not; None: untested.

    Judged answers name the judge, emulated ones say so.
    """
    if found is None:
        return None
    floor = f"at least {floor_percent(found.ratio)} of {safe(found.baseline)}'s"
    sure = f"{floor_percent(found.confidence)} confidence, {plural(found.pairs, 'paired request')}"
    beside = f"{judged(found.scorers)}{', emulated' if found.hold_out.emulated else ''}"
    if found.target is None:
        return f"Not certified: {floor} was not shown ({sure}{beside})"
    return f"Certified quality: {floor} ({sure}{beside})"


def judged(scorers: tuple[str, ...]) -> str:
    """`, as judged by gates`; nothing where right answers were known."""
    named = [safe(each) for each in scorers if each not in KNOWN_ANSWERS]
    return f", as judged by {' and '.join(named)}" if named else ""
