"""A plan on a terminal: first what is spent and saved and on what that rests, then the table, then the proof."""

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.planning.plan import CertifiedBy, Judging, Piloted, Questions, Saving
from modelroute_cli.planning.rule_price import price_text
from modelroute_cli.report.cascade_lines import cascades_screen
from modelroute_cli.report.certify_words import promise_text
from modelroute_cli.report.personal import personal_lines
from modelroute_cli.report.quality_screen import quality_lines
from modelroute_cli.report.redaction import redaction_lines
from modelroute_cli.report.screen import Column, Line, Row, Screen, percent, plural, safe, tokens
from modelroute_cli.report.summary import BaselineLine, ModelLine, PlanJob, PlanSummary, saved_share
from modelroute_cli.report.tables import table_screen
from modelroute_cli.report.tiers_screen import span, tiers_screen

COLUMNS = (
    Column("Model", right=False),
    Column("Tier", right=False, drop=3),
    Column("Requests", drop=1),
    Column("Input", drop=4),
    Column("Output", drop=2),
    Column("Quality"),
    Column("Cost"),
)
_CAUSES = {
    "batch": "Batch API",
    "cheaper_models": "cheaper models",
    "unused_attempts": "attempts not accepted",
    "questions": "questions",
}
_GAP_SHOWN = 0.00005


def plan_screen(summary: PlanSummary, width: int | None, *, asked_by: str | None = None) -> Screen:
    """The whole screen of `plan` and `show`, laid out for `width` cells (None: as wide as needed).

    `asked_by` says where the quality floor comes from when no flag gave it.
    """
    return (
        Line(read_line(summary.job)),
        Line(),
        *answer_lines(summary, asked_by),
        *_warnings(summary),
        Line(),
        *_table(summary, width),
        *_notes(summary),
        *cascades_screen(summary.cascades),
        *_question_line(summary.questions),
        *_pilot_line(summary.pilot),
        *_hold_out_line(summary.certified),
        *(_judging_line(line) for line in summary.judging),
        *tiers_screen(summary.tiers, width),
        Line(),
        Line(proof_line(summary)),
        *((Line(f"  {summary.shadow_price}"),) if summary.shadow_price else ()),
        *(Line(f"  {safe(text)}") for text in summary.limit_prices),
        *(Line(f"  {safe(price_text(price))}") for price in summary.rule_prices),
        *personal_lines(summary.personal_data),
        *redaction_lines(summary.redaction),
        *(Line(f"  assumed: {safe(text)}", "dim") for text in summary.assumptions),
    )


def read_line(job: PlanJob) -> str:
    """How many requests were read, planned and found twice."""
    taken = "" if job.planned == job.requests else f", planned {job.planned:,} of them"
    duplicates = f" ({plural(job.duplicates, 'duplicate')} will be answered once)" if job.duplicates else ""
    return f"Read {plural(job.requests, 'request')}{taken}{duplicates}"


def _warnings(summary: PlanSummary) -> Screen:
    """What is to be known before the numbers are believed."""
    past = (f"Prices of {summary.prices_at[:10]}: a study of the past, not to be sent",) if summary.historic else ()
    return tuple(Line(f"warning: {safe(text)}", "warning") for text in (*past, *summary.warnings))


def _table(summary: PlanSummary, width: int | None) -> Screen:
    """Models, the total, and the baselines under it."""
    return table_screen(COLUMNS, plan_rows(summary), width)


def plan_rows(summary: PlanSummary) -> list[Row]:
    """The rows of that table, by COLUMNS."""
    return [
        *(_model_row(line) for line in summary.models),
        *([_question_row(summary.questions)] if summary.questions else []),
        *(_judging_row(line) for line in summary.judging),
        _total_row(summary),
        *(_baseline_row(line) for line in summary.baselines if line.model or line.kind == "all_cheapest"),
    ]


def _model_row(line: ModelLine) -> Row:
    """A model's share of the plan."""
    return (
        line.model if line.escalate_to is None else f"{line.model}, then {line.escalate_to}",
        line.service_tier,
        f"{line.requests:,}",
        tokens(line.input_tokens),
        tokens(line.output_tokens, estimate=True),
        f"{line.quality:.2f}",
        format_usd(line.cost_pusd, estimate=True),
    )


def _question_row(questions: Questions) -> Row:
    """What asking about templates costs; its tokens are not in the total's."""
    cost = format_usd(questions.expected_pusd, estimate=questions.pending)
    return (f"questions to {questions.model}", "standard", "", "", "", "", cost)


def _judging_row(line: Judging) -> Row:
    """What one judge is asked; its tokens are not in the total's."""
    cost = format_usd(line.cost_pusd, estimate=True)
    return (f"judging by {line.model}", "standard", f"{line.answers:,}", "", "", "", cost)


def _total_row(summary: PlanSummary) -> Row:
    """The plan as a whole."""
    totals = summary.totals
    return (
        "Total",
        "",
        f"{totals.requests:,}",
        tokens(totals.input_tokens),
        tokens(totals.output_tokens, estimate=True),
        f"{totals.quality:.2f}",
        format_usd(totals.cost_pusd, estimate=True),
    )


def _baseline_row(line: BaselineLine) -> Row:
    """One model for all; a dash where a number is not known."""
    cost = "-" if line.cost_pusd is None else format_usd(line.cost_pusd, estimate=True)
    quality = "-" if line.quality is None else f"{line.quality:.2f}"
    return (baseline_name(line), "", f"{line.requests:,}", "", "", quality, cost)


def baseline_name(line: BaselineLine) -> str:
    """What a baseline is called on every screen."""
    if line.kind == "chosen":
        return f"{line.model} for all"
    if line.kind == "best_single":
        return f"best single model ({line.model}) for all"
    return "cheapest allowed model for each" if line.model is None else f"all cheapest ({line.model})"


def answer_lines(summary: PlanSummary, asked_by: str | None = None) -> Screen:
    """What will be spent instead of what, at which quality, why it is less, and on what all of it rests."""
    totals = summary.totals
    chosen = next((line for line in summary.baselines if line.kind == "chosen"), None)
    compared = "" if chosen is None else _compared(chosen)
    spread = f"{format_usd(totals.cost_low_pusd)} to {format_usd(totals.cost_range_pusd)}"
    return (
        Line(f"Plan: {format_usd(totals.cost_pusd)}{compared}", "bold"),
        *quality_lines(summary, _asked(summary, asked_by)),
        *_certified_line(summary.certified),
        Line(f"  90% range {spread}: output lengths are estimates"),
        Line(f"  hard cap {format_usd(summary.hard_cap_pusd)} ({summary.hard_cap_source})"),
        *_reserved(summary),
        *((Line(f"  saved by: {savings_text(summary.savings)}"),) if summary.savings else ()),
        Line(f"  rests on: prices of {summary.prices_at[:10]}; quality {summary.quality_source}"),
        *_if_waited(summary),
        *_start_lines(summary),
    )


def _reserved(summary: PlanSummary) -> Screen:
    """What a lower cap would do, where this one has room for all that is handed in."""
    if not any(line.batches for line in summary.tiers) or summary.objective.max_cost is not None:
        return ()
    return (Line("    with a smaller `--max-cost` batches are handed in one after the other"),)


def _if_waited(summary: PlanSummary) -> Screen:
    """What could be saved by waiting."""
    waited = summary.if_waited
    if waited is None:
        return ()
    share = saved_share(summary.totals.cost_pusd, waited.cost_pusd) or 0.0
    deadline, cost = span(waited.deadline_s).replace(" ", ""), format_usd(waited.cost_pusd, estimate=True)
    return (Line(f"  if it may take longer: with `--deadline {deadline}` it would cost {cost}, {less(share)}"),)


def _start_lines(summary: PlanSummary) -> Screen:
    """When it begins, where that was asked for; and when it had better begin."""
    begins = () if summary.start_at is None else (f"starts at {_minute(summary.start_at)}, at the prices of then",)
    other = summary.cheaper_start
    if other is None:
        return tuple(Line(f"  {text}") for text in begins)
    share = saved_share(summary.totals.cost_pusd, other.cost_pusd) or 0.0
    costs = f"{less(share)}, {format_usd(other.cost_pusd, estimate=True)}"
    later = f"{costs}, if it begins in cheaper hours: `--start-at {other.at[:16]}Z`"
    return tuple(Line(f"  {text}") for text in (*begins, later))


def _minute(moment: str) -> str:
    """`2026-11-24 10:00 UTC` of an ISO time in UTC."""
    return f"{moment[:16].replace('T', ' ')} UTC"


def _pilot_line(pilot: Piloted | None) -> Screen:
    """What was measured before, and what of it is in the plan."""
    if pilot is None:
        return ()
    emulated = ", emulated" if pilot.emulated else ""
    measured = f"{plural(pilot.requests, 'request')} measured for {format_usd(pilot.spent_pusd)}{emulated}"
    return (Line(f"  pilot: {measured}; {plural(pilot.adopted, 'answer')} of it used as results"),)


def _certified_line(certified: CertifiedBy | None) -> Screen:
    """What is promised of the plan, or why nothing is; nothing where nothing was tested."""
    told = promise_text(certified)
    return () if told is None else (Line(f"  {told}"),)


def _hold_out_line(certified: CertifiedBy | None) -> Screen:
    """What testing cost, and what of it is in the plan."""
    if certified is None:
        return ()
    sent = certified.hold_out
    spent, used = format_usd(sent.spent_pusd), plural(sent.adopted, "answer")
    return (Line(f"  hold-out: {plural(sent.requests, 'request')} for {spent}; {used} of it used as results"),)


def _question_line(questions: Questions | None) -> Screen:
    """What is asked, for what, and at most for how much; or what came of it."""
    if questions is None:
        return ()
    about = f"{plural(questions.templates, 'template')} ({plural(questions.requests, 'request')})"
    if questions.answers is not None:
        emulated = ", emulated" if questions.emulated else ""
        told = f"{questions.model} was asked about {about}: {plural(len(questions.answers), 'answer')}{emulated}"
        return (Line(f"  questions: {told}"),)
    cost = f"{format_usd(questions.cost_pusd, estimate=True)}, at most {format_usd(questions.cost_high_pusd)}"
    return (
        Line(f"  questions: {questions.model} is asked about {about} whose task type is a guess,"),
        Line(f"    once each, {cost}; by its answers the job is planned again before it is sent"),
    )


def _judging_line(line: Judging) -> Line:
    """How many answers a judge is asked about, and for how much."""
    twice = f" in {line.calls:,} calls" if line.calls != line.answers else ""
    cost = format_usd(line.cost_pusd, estimate=True)
    return Line(f"  judging: {plural(line.answers, 'answer')} by {line.model}{twice}, {cost}")


def _compared(chosen: BaselineLine) -> str:
    """` instead of $2.445 with gpt-5 for all, 91% less`."""
    if chosen.cost_pusd is None or chosen.saved_share is None:
        return f" ({chosen.model} cannot do this job)"
    return f" instead of {format_usd(chosen.cost_pusd)} with {baseline_name(chosen)}, {less(chosen.saved_share)}"


def less(share: float) -> str:
    """`91% less`, or `12% more` where nothing is saved."""
    return f"{percent(abs(share))} {'less' if share >= 0 else 'more'}"


def _asked(summary: PlanSummary, asked_by: str | None) -> str:
    """What was asked for, and where that was written when no flag said so."""
    objective = summary.objective
    if objective.baseline_share is not None and summary.asked_quality is not None:
        share = f"{percent(objective.baseline_share)} of {objective.baseline}'s quality"
        return f"{share} is asked for, {summary.asked_quality:.3f}"
    if objective.min_quality is None:
        return f"the best for ${objective.max_cost}"
    if objective.min_quality == 0:
        return "no quality is asked for"
    if asked_by is None:
        return f"you asked for {objective.min_quality:.2f}"
    where = "by default" if asked_by == "defaults" else f"in {asked_by}"
    return f"{objective.min_quality:.2f} is asked for {where}"


def savings_text(savings: tuple[Saving, ...]) -> str:
    """The causes of the saving side by side."""
    return "    ".join(f"{cause_name(item.cause)} {format_usd(item.saved_pusd)}" for item in savings)


def cause_name(cause: str) -> str:
    """A cause of a saving as people say it."""
    return _CAUSES.get(cause, cause.replace("_", " "))


def _notes(summary: PlanSummary) -> Screen:
    """What is to be known of a baseline, so that the comparison is read with care."""
    noted = (line for line in summary.baselines if line.model and line.note)
    return tuple(Line(f"  {baseline_name(line)}: {safe(line.note)}") for line in noted)


def proof_line(summary: PlanSummary) -> str:
    """How far from the best possible plan this one can be at most."""
    if summary.lower_bound_pusd is None:
        return f"No plan of this cost inside your rules is better by more than {gap(summary.gap)} of its quality"
    bound = format_usd(PicoUSD(summary.lower_bound_pusd))
    distance = "this one costs just that" if summary.gap == 0 else f"this one costs {gap(summary.gap)} more"
    aside = ", judging aside" if summary.judging else ""
    return f"No plan of this quality inside your rules costs less than {bound} ({distance}{aside})"


def gap(share: float) -> str:
    """An optimality gap; never `0%` for a gap that is not zero."""
    return "0%" if share == 0 else ("less than 0.01%" if abs(share) < _GAP_SHOWN else f"{share:.2%}")
