"""A run's numbers, computed once: projected against actual, what failed and why, what was saved net of overhead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl
from msgspec import structs

from modelroute_cli.base.frames import ATTEMPTS
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.audit.noted import read_note
from modelroute_cli.execution.journal_batches import batches
from modelroute_cli.execution.journal_read import (
    FINALS,
    attempts_frame,
    bills,
    events,
    finals_frame,
    looked_at,
    read_state,
)
from modelroute_cli.execution.journal_redactions import redactions
from modelroute_cli.execution.journal_tiers import line_ends
from modelroute_cli.execution.question_folder import with_state
from modelroute_cli.execution.realised.journaled import drifts, pairs_frame, worth_frame
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.execution.verdict_log import read_verdicts
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.figures import total
from modelroute_cli.planning.plan import Baseline, Plan, Questions, Saving
from modelroute_cli.report.accepted_answers import accepted_answers
from modelroute_cli.report.actual_baseline import actual_cost, chosen_baseline
from modelroute_cli.report.cache_use import cache_use
from modelroute_cli.report.certify_words import promise_text
from modelroute_cli.report.cut_off import cut_off, resent
from modelroute_cli.report.details import details
from modelroute_cli.report.failure_samples import failure_samples
from modelroute_cli.report.gates import gate_lines
from modelroute_cli.report.handed_in import handed_in, reserved
from modelroute_cli.report.happened import happened, hedged
from modelroute_cli.report.judging_use import judging_cost, judging_to_come, judging_use, written
from modelroute_cli.report.own_bills import own_bills
from modelroute_cli.report.realised import Realised, control_cost, fall_lines, realised
from modelroute_cli.report.run_types import (
    Compared,
    Counts,
    FailureLine,
    KindLine,
    ModelActual,
    Money,
    QuestionLine,
    RunFacts,
    RunSummary,
    TaskActual,
)
from modelroute_cli.report.summary import plan_job, saved_share
from modelroute_cli.report.tier_use import tier_use
from modelroute_cli.report.usage import projection, token_use

_IDS_SHOWN = 3
MOST_REASONS = 50
_REASON_CHARS = 500


def run_summary(folder: RunFolder) -> RunSummary:
    """All numbers of the run in `folder`, also while it goes on; StorageError, PlanFileError."""
    plan = plan_file.read(folder.plan)
    questions = asked_first(folder, plan)
    if questions is not None and not folder.journal.exists():
        return summarise(_only_asked(folder, plan, questions))
    state, views, attempts = read_state(folder.journal), batches(folder.journal), attempts_frame(folder.journal)
    before = (0, 0) if questions is None else (questions.spent_pusd, questions.held_pusd)
    facts = RunFacts(
        run_id=folder.run_id,
        plan=plan,
        attempts=attempts,
        finals=finals_frame(folder.journal),
        spent_pusd=PicoUSD(state.spent_pusd + before[0]),
        held_pusd=PicoUSD(state.held_pusd + before[1] - (reserved(views) - state.handed_in_pusd)),
        hard_cap_pusd=plan.header.hard_cap_pusd if state.cap_pusd is None else state.cap_pusd,
        emulated=folder.meta().emulated,
        questions=questions,
        bills=bills(folder.journal),
        looked=looked_at(folder.journal),
        verdicts=read_verdicts(folder.journal),
        events=events(folder.journal),
        resent=resent(folder.journal),
        batches=views,
        line_ends=line_ends(folder.journal) if views else (),
        realised=_realised(folder, plan, attempts),
        certified=promise_text(plan.header.certified),
        redacted=redactions(folder.journal),
        audit=read_note(folder.path),
    )
    return summarise(replace(facts, samples=failure_samples(folder.journal, facts)))


def _realised(folder: RunFolder, plan: Plan, attempts: pl.DataFrame) -> Realised:
    """What was measured of the answers."""
    found = realised(plan, attempts, worth_frame(folder.journal), pairs_frame(folder.journal))
    return structs.replace(found, falls=fall_lines(drifts(folder.journal)))


def asked_first(folder: RunFolder, plan: Plan) -> Questions | None:
    """What was asked first, as far as it was asked."""
    questions = plan.header.questions
    return with_state(folder, questions, None) if questions is not None and questions.pending else questions


def _only_asked(folder: RunFolder, plan: Plan, questions: Questions) -> RunFacts:
    """A run of which nothing but questions was sent."""
    return RunFacts(
        run_id=folder.run_id,
        plan=plan,
        attempts=pl.DataFrame(schema=ATTEMPTS),
        finals=pl.DataFrame(schema=FINALS),
        spent_pusd=questions.spent_pusd,
        held_pusd=questions.held_pusd,
        hard_cap_pusd=plan.header.hard_cap_pusd,
        emulated=folder.meta().emulated,
        questions=questions,
    )


def question_line(questions: Questions | None) -> QuestionLine | None:
    """What asking came to."""
    if questions is None:
        return None
    return QuestionLine(
        model=questions.model,
        templates=questions.templates,
        requests=questions.requests,
        answered=None if questions.answers is None else len(questions.answers),
        projected_pusd=questions.cost_pusd,
        cost_pusd=questions.spent_pusd,
    )


def summarise(facts: RunFacts) -> RunSummary:
    """All numbers of a run; money sums are exact, actual baselines are estimates."""
    header = facts.plan.header
    counts, answers = _counts(facts), accepted_answers(facts)
    ended = counts.waiting == 0
    return RunSummary(
        kind="run",
        run_id=facts.run_id,
        state="finished" if ended else "unfinished",
        emulated=facts.emulated,
        historic=header.historic,
        prices_at=header.prices_at,
        started_at=_moment(facts.attempts["started_at"].min()),
        ended_at=_moment(_ends(facts.attempts).max()),
        job=plan_job(header),
        counts=counts,
        money=_money(facts, ended=ended),
        questions=question_line(facts.questions),
        judging=judging_use(facts),
        baselines=_compared(facts, answers),
        savings=_savings(facts, answers),
        attempts=_kinds(facts.attempts),
        models=_models(facts),
        tokens=token_use(facts),
        prompt_cache=cache_use(facts),
        own_bills=own_bills(facts.bills),
        projection=projection(facts),
        task_types=_tasks(facts),
        failures=_failures(facts),
        gates=gate_lines(facts.attempts, facts.finals, facts.verdicts),
        events=happened(facts.events),
        hedged=hedged(facts.attempts, facts.finals),
        cut_off=cut_off(facts.resent, facts.plan.assignments),
        service_tiers=tier_use(facts.attempts, header, facts.batches, facts.line_ends),
        handed_in=handed_in(facts.batches, header),
        realised=facts.realised,
        certified=facts.certified,
        details=details(facts, answers),
        redacted=facts.redacted if facts.redacted is not None and facts.redacted.requests else None,
        audit=facts.audit,
    )


def _moment(value: object) -> str | None:
    """A time as ISO text, to the second."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else None


def _ends(attempts: pl.DataFrame) -> pl.Series:
    """When each attempt ended."""
    latency = pl.duration(microseconds=pl.col("latency_s") * 1_000_000)
    return attempts.select((pl.col("started_at") + latency).alias("ended_at"))["ended_at"]


def _firsts(facts: RunFacts) -> pl.DataFrame:
    """The assignments that are sent (what is said of them here), with how they ended and why."""
    named = ("row", "custom_id", "task_type", "cost_pusd")
    sent = facts.plan.assignments.filter(pl.col("duplicate_of").is_null()).select(named)
    return sent.collect().join(facts.finals, on="row", how="left", maintain_order="left")


def _counts(facts: RunFacts) -> Counts:
    """How many requests are where."""
    status = _firsts(facts)["status"]
    totals = facts.plan.header.totals
    accepted = int((status == "accepted").sum())
    ended = len(status) - status.null_count()
    return Counts(
        requests=totals.requests + totals.duplicates,
        duplicates=totals.duplicates,
        sent=facts.attempts["row"].n_unique(),
        accepted=accepted,
        failed=ended - accepted,
        waiting=status.null_count(),
    )


def _money(facts: RunFacts, *, ended: bool) -> Money:
    """The sums; whether the cost came out in the projected range is said of a run that ended."""
    totals = facts.plan.header.totals
    done = _firsts(facts).filter(pl.col("status").is_not_null())
    planned_for = facts.spent_pusd - control_cost(facts.attempts)  # nobody projected what the control sample costs
    inside = totals.cost_low_pusd <= planned_for <= totals.cost_range_pusd
    return Money(
        projected_pusd=totals.cost_pusd,
        projected_low_pusd=totals.cost_low_pusd,
        projected_high_pusd=totals.cost_range_pusd,
        projected_of_ended_pusd=PicoUSD(total(done["cost_pusd"]) + _judging_of_ended(facts)),
        spent_pusd=facts.spent_pusd,
        held_pusd=facts.held_pusd,
        hard_cap_pusd=facts.hard_cap_pusd,
        inside_range=inside if ended else None,
        handed_in_pusd=reserved(facts.batches),
    )


def _judging_of_ended(facts: RunFacts) -> int:
    """What judging the requests that have ended was projected to cost."""
    return sum(line.cost_pusd for line in facts.plan.header.judging) - judging_to_come(facts)


def _compared(facts: RunFacts, answers: pl.DataFrame) -> tuple[Compared, ...]:
    """Every baseline, projected and actual."""
    return tuple(_comparison(base, answers, facts) for base in facts.plan.header.baselines)


def _comparison(base: Baseline, answers: pl.DataFrame, facts: RunFacts) -> Compared:
    """One baseline; its actual cost is an estimate for the accepted answers."""
    header = facts.plan.header
    actual = actual_cost(answers, header, base.model)
    return Compared(
        kind=base.kind,
        model=base.model,
        projected_pusd=base.cost_pusd,
        projected_saved_share=saved_share(base.cost_pusd, header.totals.cost_pusd),
        actual_pusd=actual,
        actual_saved_share=saved_share(actual, facts.spent_pusd),
    )


def _savings(facts: RunFacts, answers: pl.DataFrame) -> tuple[Saving, ...]:
    """Why less was spent than the chosen baseline would have: the causes add up to the difference exactly."""
    header = facts.plan.header
    chosen = chosen_baseline(header)
    own = answers.filter(pl.col("own_row") == pl.col("row"))
    whole = actual_cost(answers, header, chosen)
    first = actual_cost(own, header, chosen)
    if whole is None or first is None:
        return ()
    accepted_cost = total(own["cost_pusd"])
    asking = facts.questions.spent_pusd if facts.questions else 0
    judging, sample = judging_cost(facts.attempts), control_cost(facts.attempts)
    measuring = measuring_cost(facts)
    unused = accepted_cost - (facts.spent_pusd - asking - judging - sample - measuring)
    return (
        Saving(cause="cheaper_models", saved_pusd=PicoUSD(first - accepted_cost)),
        Saving(cause="duplicates", saved_pusd=PicoUSD(whole - first)),
        Saving(cause="unused_attempts", saved_pusd=PicoUSD(unused)),
        *([Saving(cause="questions", saved_pusd=PicoUSD(-asking))] if facts.questions else []),
        *([Saving(cause="judging", saved_pusd=PicoUSD(-judging))] if header.judging or judging else []),
        *([Saving(cause="control_sample", saved_pusd=PicoUSD(-sample))] if sample else []),
        *([Saving(cause="pilot", saved_pusd=PicoUSD(-measuring))] if header.pilot else []),
    )


def measuring_cost(facts: RunFacts) -> int:
    """What a pilot's answers cost that are no results."""
    used = facts.finals.filter(pl.col("status") == "accepted")["attempt"]
    sent = facts.attempts.filter(pl.col("kind") == AttemptKind.PILOT.value)
    return int(sent.filter(~pl.col("attempt").is_in(used.implode()))["cost_pusd"].sum())


def _kinds(attempts: pl.DataFrame) -> tuple[KindLine, ...]:
    """Attempts by kind, the most frequent first."""
    lines = attempts.group_by("kind").agg(
        pl.len().cast(pl.Int64).alias("attempts"),
        pl.col("row").n_unique().cast(pl.Int64).alias("requests"),
        pl.col("cost_pusd").sum(),
    )
    return tuple(
        KindLine(**row) for row in lines.sort("attempts", "kind", descending=[True, False]).iter_rows(named=True)
    )


def _models(facts: RunFacts) -> tuple[ModelActual, ...]:
    """What each model did as a writer, the dearest first."""
    accepted = facts.finals.filter(pl.col("status") == "accepted")["attempt"]
    counted = ("input_tokens", "output_tokens", "reasoning_tokens", "cache_read_tokens", "cost_pusd")
    done = (
        written(facts.attempts)
        .group_by("model")
        .agg(
            pl.len().cast(pl.Int64).alias("attempts"),
            pl.col("attempt").is_in(accepted.implode()).sum().cast(pl.Int64).alias("accepted"),
            pl.col(*counted).sum(),
        )
    )
    planned = facts.plan.assignments.group_by("model").agg(pl.col("cost_pusd").sum().alias("projected_pusd")).collect()
    both = done.join(planned, on="model", how="full", coalesce=True).with_columns(pl.exclude("model").fill_null(0))
    return tuple(
        ModelActual(**row) for row in both.sort("cost_pusd", "model", descending=[True, False]).iter_rows(named=True)
    )


def _tasks(facts: RunFacts) -> tuple[TaskActual, ...]:
    """How each task type fared, the most frequent first."""
    spent = written(facts.attempts).group_by("row").agg(pl.col("cost_pusd").sum().alias("spent_pusd"))
    status = pl.col("status")
    lines = (
        _firsts(facts)
        .join(spent, on="row", how="left")
        .group_by(pl.col("task_type").cast(pl.String))
        .agg(
            pl.len().cast(pl.Int64).alias("requests"),
            (status == "accepted").sum().cast(pl.Int64).alias("accepted"),
            (status.is_not_null() & (status != "accepted")).sum().cast(pl.Int64).alias("failed"),
            pl.col("spent_pusd").sum().alias("cost_pusd"),
            pl.col("cost_pusd").sum().alias("projected_pusd"),
        )
    )
    ordered = lines.sort("requests", "task_type", descending=[True, False])
    return tuple(TaskActual(**row) for row in ordered.iter_rows(named=True))


def _failures(facts: RunFacts) -> tuple[FailureLine, ...]:
    """Why requests failed, the most frequent reason first; from the MOST_REASONS-th on, all others in one line."""
    failed = _firsts(facts).filter(pl.col("status").is_not_null() & (pl.col("status") != "accepted"))
    lines = failed.group_by(pl.col("reason").fill_null("not said").str.slice(0, _REASON_CHARS)).agg(
        pl.len().cast(pl.Int64).alias("requests"), pl.col("custom_id").head(_IDS_SHOWN).alias("custom_ids")
    )
    ordered = lines.sort("requests", "reason", descending=[True, False])
    told = ordered if ordered.height <= MOST_REASONS else _without_rest(ordered)
    return tuple(_failure(row["reason"], row["requests"], row["custom_ids"]) for row in told.iter_rows(named=True))


def _without_rest(reasons: pl.DataFrame) -> pl.DataFrame:
    """The first reasons, and one line for the rest: a provider may word each failure anew."""
    rest = reasons.slice(MOST_REASONS - 1)
    together = rest.select(
        pl.lit("(other reasons)").alias("reason"),
        pl.col("requests").sum(),
        pl.col("custom_ids").explode().head(_IDS_SHOWN).implode(),
    )
    return pl.concat([reasons.head(MOST_REASONS - 1), together])


def _failure(reason: str, requests: int, custom_ids: Sequence[str]) -> FailureLine:
    """One line of failures."""
    return FailureLine(reason=reason, requests=requests, custom_ids=tuple(custom_ids))
