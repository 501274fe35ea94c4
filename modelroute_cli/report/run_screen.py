"""A run on a terminal: how it ended, projected against actual, what failed and why, where the money went."""

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.audit_note import audit_line
from modelroute_cli.report.cut_off import CutOff
from modelroute_cli.report.details_screen import MOST_TENANTS, tenants_screen
from modelroute_cli.report.gates_screen import gates_screen
from modelroute_cli.report.handed_in_screen import handed_in_screen
from modelroute_cli.report.happened import happened_screen, hedged_screen
from modelroute_cli.report.own_bills import OwnBills
from modelroute_cli.report.plan_screen import savings_text
from modelroute_cli.report.realised_screen import realised_screen
from modelroute_cli.report.redacted_run import redactions_line
from modelroute_cli.report.run_status import RunStatus, StatusCounts
from modelroute_cli.report.run_types import CacheUse, Compared, Counts, Projection, RunSummary, TokenUse
from modelroute_cli.report.screen import Column, Line, Row, Screen, percent, plural, safe, tokens
from modelroute_cli.report.tables import table_screen
from modelroute_cli.report.tier_screen import tiers_screen

EMULATED = "EMULATED: nothing was sent to a provider, nothing was paid"
COMPARISON = (Column("", right=False), Column("Projected"), Column("Actual"), Column("", right=False, drop=1))
MODELS = (
    Column("Model", right=False),
    Column("Attempts", drop=2),
    Column("Accepted", drop=1),
    Column("Input", drop=5),
    Column("Output", drop=4),
    Column("Reasoning", drop=6),
    Column("Projected", drop=3),
    Column("Cost"),
)
TASKS = (
    Column("Task type", right=False),
    Column("Requests", drop=2),
    Column("Accepted"),
    Column("Failed", drop=1),
    Column("Projected", drop=3),
    Column("Cost"),
)
TOKENS = (
    Column("Tokens", right=False),
    Column("Answers", drop=4),
    Column("Planned", drop=3),
    Column("Billed", drop=2),
    Column("Off"),
    Column("Expected", right=False, drop=1),
)
_UNKNOWN = "-"


def status_screen(summary: RunSummary | RunStatus) -> Screen:
    """How far a run is and what it has spent."""
    money = summary.money
    held = (
        f", up to {format_usd(money.held_pusd)} more for requests whose outcome is unknown" if money.held_pusd else ""
    )
    return (
        *_mark(summary),
        Line(f"Run {summary.run_id} of {safe(summary.job.source)}: {summary.state}", "bold"),
        Line(ended_line(summary.counts)),
        *_being_asked(summary),
        Line(f"{_spent(summary)}{held}"),
        *_projected(summary),
        *_failure_lines(summary),
    )


def _spent(summary: RunSummary | RunStatus) -> str:
    """`Spent $0.040 of at most $1.000`, and what is kept back for requests that are handed in."""
    money = summary.money
    kept = money.handed_in_pusd
    reserved = f", up to {format_usd(kept)} reserved for what is handed in" if kept else ""
    return f"Spent {format_usd(money.spent_pusd)} of at most {format_usd(money.hard_cap_pusd)}{reserved}"


def _being_asked(summary: RunSummary | RunStatus) -> Screen:
    """That questions come first, while they do."""
    line = summary.questions
    if line is None or line.answered is not None:
        return ()
    return (Line(f"First {line.model} is asked about {plural(line.templates, 'template')}"),)


def _projected(summary: RunSummary | RunStatus) -> Screen:
    """What an unfinished run comes to, and whether that is the plan's word or what answers really took."""
    found = summary.projection
    if found is None:
        return ()
    total = format_usd(found.total_pusd, estimate=True)
    if found.basis == "plan":
        return (Line(f"Projected at the end: {total}, as planned: too few answers to go by their usage"),)
    planned = format_usd(summary.money.projected_pusd, estimate=True)
    few = len(found.planned_models)
    rest = f"  {plural(few, 'model')} gave too few answers: the plan's own numbers there"
    return (
        Line(f"Projected at the end: {total}, from observed usage"),
        Line(f"  planned: {planned}; neither counts retries and escalations to come"),
        *((Line(rest),) if few else ()),
        *((Line("  the hard cap stops it before that"),) if _is_over_cap(summary, found) else ()),
    )


def _is_over_cap(summary: RunSummary | RunStatus, found: Projection) -> bool:
    return found.total_pusd > summary.money.hard_cap_pusd


def report_screen(summary: RunSummary, width: int | None, *, whole: bool = False) -> Screen:
    """The whole report of a run, laid out for `width` cells (None: as wide as needed); `whole`: with every tenant."""
    return (
        *_mark(summary),
        Line(f"{sent_text(summary.counts)}{period_text(summary)}", "bold"),
        *table_screen(COMPARISON, comparison_rows(summary), width),
        *((Line(f"Saved against the baseline: {savings_text(summary.savings)}"),) if summary.savings else ()),
        *money_notes(summary),
        Line(),
        *table_screen(MODELS, model_rows(summary), width),
        *tiers_screen(summary.service_tiers, width),
        *handed_in_screen(summary.handed_in, width),
        *((Line(), *table_screen(TOKENS, token_rows(summary), width)) if summary.tokens else ()),
        Line(),
        *table_screen(TASKS, task_rows(summary), width),
        *gates_screen(summary.gates, width),
        *realised_screen(summary.realised, summary.certified, width),
        *tenants_screen(summary.details, width, None if whole else MOST_TENANTS),
        *((Line(),) if summary.failures else ()),
        *_failure_lines(summary),
        *redactions_line(summary.redacted),
        *happened_screen(summary.events),
        *audit_line(summary.audit),
    )


def money_notes(summary: RunSummary) -> Screen:
    """What else is to be known of what was spent, a line each; none where there is nothing."""
    return (
        *_cached(summary.prompt_cache),
        *_billed(summary.own_bills),
        *_cut_off(summary.cut_off),
        *_switched(summary),
        *_unjudged(summary),
        *hedged_screen(summary.hedged),
        *_held(summary.money.held_pusd),
        *_projected(summary),
    )


def _mark(summary: RunSummary | RunStatus) -> Screen:
    """Loudly, where nothing was real."""
    return (Line(EMULATED, "bold"),) if summary.emulated else ()


def ended_line(counts: Counts | StatusCounts) -> str:
    """`992 requests: 989 accepted, 3 failed, 0 waiting; 18 more are duplicates of these`."""
    own = counts.requests - counts.duplicates
    more = "1 more is a duplicate" if counts.duplicates == 1 else f"{counts.duplicates:,} more are duplicates of these"
    twins = f"; {more}" if counts.duplicates else ""
    ended = f"{counts.accepted:,} accepted, {counts.failed:,} failed, {counts.waiting:,} waiting"
    return f"{plural(own, 'request')}: {ended}{twins}"


def sent_text(counts: Counts) -> str:
    """`992 requests sent, 989 accepted, 3 failed`."""
    waiting = f", {counts.waiting:,} waiting" if counts.waiting else ""
    failed = f", {counts.failed:,} failed" if counts.failed else ""
    return f"{plural(counts.sent, 'request')} sent, {counts.accepted:,} accepted{failed}{waiting}"


def period_text(summary: RunSummary) -> str:
    """From when to when, UTC."""
    if summary.started_at is None or summary.ended_at is None:
        return ""
    start, end = (moment[:16].replace("T", " ") for moment in (summary.started_at, summary.ended_at))
    return f"    {start} to {end[11:] if start[:10] == end[:10] else end} UTC"


def comparison_rows(summary: RunSummary) -> list[Row]:
    """Projected against actual: cost, baselines, saving, escalations."""
    money = summary.money
    baselines = [line for line in summary.baselines if line.model]
    return [
        ("Cost", format_usd(money.projected_pusd), format_usd(money.spent_pusd), _range_note(summary)),
        *_question_rows(summary),
        *_judging_rows(summary),
        *(_baseline_row(line) for line in baselines),
        *(_saved_row(line) for line in baselines if line.kind == "chosen"),
        _escalated(summary),
    ]


def _question_rows(summary: RunSummary) -> list[Row]:
    """What of the cost went into questions about templates."""
    line = summary.questions
    if line is None:
        return []
    asked = f"of it: {line.model} asked about {plural(line.templates, 'template')}"
    answered = "being asked" if line.answered is None else f"{line.answered:,} answered"
    return [("  questions", format_usd(line.projected_pusd), format_usd(line.cost_pusd), f"{asked}, {answered}")]


def _judging_rows(summary: RunSummary) -> list[Row]:
    """What of the cost went into judges, and what they said."""
    use = summary.judging
    if use is None or not use.judges:
        return []
    calls = sum(line.calls for line in use.judges)
    names = ", ".join(line.model for line in use.judges)
    said = f"of it: {plural(calls, 'call')} of {names}, {use.passed:,} passed, {use.rejected:,} rejected"
    return [("  judging", format_usd(use.projected_pusd), format_usd(use.cost_pusd), said)]


def _unjudged(summary: RunSummary) -> Screen:
    """Answers that were accepted though a gate that should have looked at them could not."""
    use = summary.judging
    if use is None:
        return ()
    by_gate = {"no judge looked": use.unjudged, "no program gave a verdict": use.unjudged_by_command}
    told = ((plural(count, "answer"), why) for why, count in by_gate.items() if count)
    return tuple(Line(f"Not judged: {answers} passed all else and {why}") for answers, why in told)


def _range_note(summary: RunSummary) -> str:
    """Whether the projection held."""
    money = summary.money
    if money.inside_range is None:
        return f"unfinished: what has ended was projected at {format_usd(money.projected_of_ended_pusd)}"
    if money.inside_range:
        return "inside the 90% range"
    return f"outside the 90% range {format_usd(money.projected_low_pusd)} to {format_usd(money.projected_high_pusd)}"


def _baseline_row(line: Compared) -> Row:
    """One model for everything."""
    name = f"best single model ({line.model})" if line.kind == "best_single" else f"{line.model} for all"
    note = f"actual: an estimate, the accepted answers' tokens at {line.model} prices"
    return (name, _money(line.projected_pusd), _money(line.actual_pusd), note if line.actual_pusd is not None else "")


def _saved_row(line: Compared) -> Row:
    """What was saved against the chosen baseline."""
    return (
        "Saved",
        _share(line.projected_saved_share),
        _share(line.actual_saved_share),
        f"against {line.model} for all",
    )


def _money(amount: PicoUSD | None) -> str:
    """An amount, or a dash where it is unknown."""
    return _UNKNOWN if amount is None else format_usd(amount)


def _share(share: float | None) -> str:
    """A share with one decimal, or a dash where it is unknown."""
    return _UNKNOWN if share is None else f"{share:.1%}"


def _escalated(summary: RunSummary) -> Row:
    """How many requests went to a stronger model, and what that cost."""
    line = next((line for line in summary.attempts if line.kind == "escalation"), None)
    if line is None:
        return ("Escalated", _UNKNOWN, "0", "")
    share = percent(line.requests / max(summary.counts.sent, 1))
    return ("Escalated", _UNKNOWN, f"{line.requests:,}", f"{share}, cost {format_usd(line.cost_pusd)}")


def _held(held: PicoUSD) -> Screen:
    """Money that may have been billed without an answer."""
    if not held:
        return ()
    return (Line(f"Possibly billed beyond this: up to {format_usd(held)}, for attempts whose outcome is unknown"),)


def _switched(summary: RunSummary) -> Screen:
    """Requests that were to be bought at another tier, which was not to be had."""
    line = next((line for line in summary.attempts if line.kind == "standard"), None)
    if line is None:
        return ()
    said = f"{plural(line.requests, 'request')} went at the standard tier, the planned one not being to be had"
    return (Line(f"{said}: {format_usd(line.cost_pusd)}"),)


def _cached(use: CacheUse | None) -> Screen:
    """What came from prompt caches."""
    if use is None:
        return ()
    read = f"{tokens(use.cache_read_tokens)} of {tokens(use.input_tokens)} input tokens read from the cache"
    amount = format_usd(PicoUSD(abs(use.saved_pusd)))
    saved = f"saved {amount}" if use.saved_pusd >= 0 else f"cost {amount} more, for what was written to it"
    return (Line(f"Prompt cache: {read}, {saved}"),)


def _billed(bills: OwnBills | None) -> Screen:
    """What providers say they charged, beside our own prices."""
    if bills is None:
        return ()
    said = f"{plural(bills.answers, 'answer')}: {format_usd(bills.reported_pusd)}"
    return (Line(f"Charged as the provider says for {said}; by the plan's prices {format_usd(bills.priced_pusd)}"),)


def _cut_off(cut: CutOff | None) -> Screen:
    """What output limits below the planned ones cost."""
    if cut is None:
        return ()
    answers = plural(cut.answers, "answer")
    return (
        Line(f"Smaller output limits cut {answers} off, sent again as planned: {format_usd(cut.cost_pusd)} for those"),
    )


def model_rows(summary: RunSummary) -> list[Row]:
    """One row for each model."""
    return [
        (
            line.model,
            f"{line.attempts:,}",
            f"{line.accepted:,}",
            tokens(line.input_tokens),
            tokens(line.output_tokens),
            tokens(line.reasoning_tokens),
            format_usd(line.projected_pusd, estimate=True),
            format_usd(line.cost_pusd),
        )
        for line in summary.models
    ]


def token_rows(summary: RunSummary) -> list[Row]:
    """Two rows for each model: its whole input, and the mean of its output."""
    return [row for use in summary.tokens for row in (_input_row(use), _output_row(use))]


def _input_row(use: TokenUse) -> Row:
    """All input that was planned against all that was billed."""
    share = use.input_allowed_share
    how = use.input_method if share is None else f"within {percent(share)}, {use.input_method}"
    return (
        f"{use.model} input",
        f"{use.answers:,}",
        tokens(use.input_planned),
        tokens(use.input_billed),
        _signed(use.input_off_share),
        f"{how}: {_held_text(held=use.input_inside)}",
    )


def _output_row(use: TokenUse) -> Row:
    """The mean of one answer, planned and billed."""
    span = f"{tokens(round(use.output_mean_low))} to {tokens(round(use.output_mean_high))}"
    return (
        f"{use.model} output, mean",
        f"{use.answers:,}",
        tokens(round(use.output_planned / use.answers)),
        tokens(round(use.output_billed / use.answers)),
        _signed(use.output_off_share),
        f"{span}: {_held_text(held=use.output_inside)}",
    )


def _held_text(*, held: bool) -> str:
    return "held" if held else "NOT held"


def _signed(share: float | None) -> str:
    """`+2.4%`, or a dash where nothing was planned."""
    return _UNKNOWN if share is None else f"{share:+.1%}"


def task_rows(summary: RunSummary) -> list[Row]:
    """One row for each task type."""
    return [
        (
            line.task_type,
            f"{line.requests:,}",
            f"{line.accepted:,}",
            f"{line.failed:,}",
            format_usd(line.projected_pusd, estimate=True),
            format_usd(line.cost_pusd),
        )
        for line in summary.task_types
    ]


def _failure_lines(summary: RunSummary | RunStatus) -> Screen:
    """Why requests failed, with the first of each reason."""
    return tuple(
        Line(f"failed: {line.requests:,} x {safe(line.reason)} ({_ids(line.custom_ids, line.requests)})")
        for line in summary.failures
    )


def _ids(custom_ids: tuple[str, ...], requests: int) -> str:
    """The first ids, and that there are more."""
    more = ", ..." if requests > len(custom_ids) else ""
    return ", ".join(safe(custom_id, most=60) for custom_id in custom_ids) + more
