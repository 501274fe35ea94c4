"""A run's numbers: projected against actual, net of everything."""

import json
from dataclasses import replace

import msgspec
import polars as pl
from support.random_runs import Asked, facts_of
from support.report_plans import asked, assignments, attempts, facts, finals, header

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.prices import PriceStep
from modelroute_cli.catalog.settings import Assumptions
from modelroute_cli.catalog.terms import CacheTerms
from modelroute_cli.planning.plan import Plan, Saving
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.run_summary import MOST_REASONS, summarise
from modelroute_cli.report.run_types import Counts, FailureLine, KindLine, ModelActual, QuestionLine, TaskActual


def test_counts_leave_duplicates_out() -> None:
    """Three requests asked, two sent, both accepted."""
    assert summarise(facts()).counts == Counts(requests=3, duplicates=1, sent=2, accepted=2, failed=0, waiting=0)


def test_actual_baseline_prices_the_same_answers_duplicates_each_by_itself() -> None:
    """gpt-5 at 100 pUSD a token: twice the mail's 250 tokens, and 50 + 50 visible ones of the headline."""
    chosen = summarise(facts()).baselines[0]
    assert (chosen.model, chosen.actual_pusd) == ("gpt-5", PicoUSD(60_000))
    assert chosen.actual_saved_share == (60_000 - 4_510) / 60_000
    assert chosen.projected_saved_share == (74_000 - 5_300) / 74_000


def test_actual_baseline_reasons_as_the_plan_assumed() -> None:
    """The user's own assumption of hidden tokens, as it was when the plan was made, is in the estimate."""
    assumed = Assumptions(reasoning_tokens={"gpt-5": {"email": 10, "default": 1}})
    thinking = msgspec.structs.replace(header(), token_assumptions=assumed)
    chosen = summarise(replace(facts(), plan=Plan(thinking, assignments().lazy()))).baselines[0]
    assert chosen.actual_pusd == PicoUSD(60_000 + 100 * (10 + 10 + 1))


def test_what_the_baseline_would_have_read_from_its_own_cache_is_no_saving() -> None:
    """40 of each answer's input tokens were read from a cache at a tenth; a baseline that caches reads as many."""
    rate = header().rate_cards["gpt-5"].steps[0].rate
    tenth = msgspec.structs.replace(rate, cache_read_pusd=PicoUSD(10))
    card = msgspec.structs.replace(header().rate_cards["gpt-5"], steps=(PriceStep(above_input_tokens=0, rate=tenth),))
    caching = msgspec.structs.replace(header().models["gpt-5"], cache=CacheTerms(kind="automatic"))
    read = facts().attempts.with_columns(cache_read_tokens=pl.lit(40, pl.Int64))
    for model, saved in ((caching, 3 * 40 * 90), (header().models["gpt-5"], 0)):
        changed = msgspec.structs.replace(
            header(),
            models={**header().models, "gpt-5": model},
            rate_cards={**header().rate_cards, "gpt-5": card},
        )
        shown = summarise(replace(facts(), attempts=read, plan=Plan(changed, assignments().lazy())))
        assert shown.baselines[0].actual_pusd == PicoUSD(60_000 - saved)


def test_a_baseline_of_several_models_has_no_actual_cost() -> None:
    """What nobody can know is null."""
    assert summarise(facts()).baselines[2].actual_pusd is None


def test_savings_by_cause_add_up_to_the_difference_net_of_overhead() -> None:
    """Attempts that were not accepted count against the saving."""
    savings = summarise(facts()).savings
    assert savings == (
        Saving(cause="cheaper_models", saved_pusd=PicoUSD(35_000 - 4_450)),
        Saving(cause="duplicates", saved_pusd=PicoUSD(25_000)),
        Saving(cause="unused_attempts", saved_pusd=PicoUSD(-60)),
    )
    assert sum(item.saved_pusd for item in savings) == 60_000 - 4_510


def test_an_escalated_request_still_paid_for_its_cheap_attempt() -> None:
    """The headline's cost is both its attempts."""
    assert summarise(facts()).task_types[1] == TaskActual(
        task_type="headline",
        requests=1,
        accepted=1,
        failed=0,
        cost_pusd=PicoUSD(4_260),
        projected_pusd=PicoUSD(5_000),
    )


def test_attempts_are_told_apart_by_kind() -> None:
    """Escalations have their own count and cost."""
    assert summarise(facts()).attempts == (
        KindLine(kind="first", attempts=2, requests=2, cost_pusd=PicoUSD(310)),
        KindLine(kind="escalation", attempts=1, requests=1, cost_pusd=PicoUSD(4_200)),
    )


def test_models_show_what_they_did_against_what_was_planned() -> None:
    """The dearest first; a model's projection is what the plan gave it."""
    assert summarise(facts()).models[0] == ModelActual(
        model="good-1",
        attempts=1,
        accepted=1,
        input_tokens=50,
        output_tokens=90,
        reasoning_tokens=40,
        cache_read_tokens=0,
        cost_pusd=PicoUSD(4_200),
        projected_pusd=PicoUSD(5_000),
    )


def test_models_and_task_types_add_up_to_the_spend() -> None:
    """No cost is lost between the tables."""
    summary = summarise(facts())
    assert sum(line.cost_pusd for line in summary.models) == summary.money.spent_pusd
    assert sum(line.cost_pusd for line in summary.task_types) == summary.money.spent_pusd


def test_an_answer_without_usage_is_counted_as_planned() -> None:
    """A provider that does not report tokens leaves the plan's own."""
    silent = attempts().with_columns(pl.when(pl.col("attempt") != 1).then("input_tokens").alias("input_tokens"))
    assert summarise(replace(facts(), attempts=silent)).baselines[0].actual_pusd == PicoUSD(60_000)


def test_an_unfinished_run_does_not_claim_its_range() -> None:
    """Until all requests have ended, only what has ended is compared."""
    summary = summarise(replace(facts(), finals=finals().head(1)))
    assert (summary.state, summary.counts.waiting) == ("unfinished", 1)
    assert (summary.money.inside_range, summary.money.projected_of_ended_pusd) == (None, PicoUSD(300))


def test_failures_are_listed_by_reason_with_their_first_requests() -> None:
    """Who failed, why, and how many."""
    failed = finals().with_columns(
        pl.when(pl.col("row") == 2).then(pl.lit("failed")).otherwise("status").alias("status"),
        pl.when(pl.col("row") == 2).then(pl.lit("refusal: said no")).otherwise("reason").alias("reason"),
    )
    summary = summarise(replace(facts(), finals=failed))
    assert summary.failures == (FailureLine(reason="refusal: said no", requests=1, custom_ids=("head-1",)),)
    assert (summary.counts.accepted, summary.counts.failed) == (1, 1)


def test_reasons_beyond_the_most_frequent_are_one_line() -> None:
    """A provider that words each failure anew makes no report of a million lines; nobody is lost."""
    often = [Asked("t1", None, 1, (), "failed", "often") for _ in range(3)]
    rare = [Asked("t1", None, 1, (), "failed", f"reason {at:02}" + "x" * 1_000) for at in range(MOST_REASONS + 4)]
    failures = summarise(facts_of([*often, *rare])).failures
    assert (len(failures), failures[0].reason, failures[0].requests) == (MOST_REASONS, "often", 3)
    assert max(len(line.reason) for line in failures) == 500
    assert failures[-1] == FailureLine(reason="(other reasons)", requests=6, custom_ids=("id-51", "id-52", "id-53"))
    assert sum(line.requests for line in failures) == len(often) + len(rare)


def test_times_are_iso() -> None:
    """From the first attempt's start to the last one's end."""
    summary = summarise(facts())
    assert (summary.started_at, summary.ended_at) == ("2026-11-23T10:14:05+00:00", "2026-11-23T10:15:05+00:00")


def test_a_run_without_attempts_has_no_times() -> None:
    """Nothing sent is nothing known."""
    summary = summarise(replace(facts(), attempts=attempts().clear(), finals=finals().clear()))
    assert (summary.started_at, summary.ended_at, summary.counts.waiting) == (None, None, 2)


def test_json_keys_of_a_run_are_stable() -> None:
    """Scripts read these; to change one on purpose, raise `format` and change this list."""
    assert sorted(json.loads(to_json(summarise(facts())))) == [
        "attempts",
        "audit",
        "baselines",
        "certified",
        "counts",
        "cut_off",
        "details",
        "emulated",
        "ended_at",
        "events",
        "failures",
        "format",
        "gates",
        "handed_in",
        "hedged",
        "historic",
        "job",
        "judging",
        "kind",
        "models",
        "money",
        "own_bills",
        "prices_at",
        "projection",
        "prompt_cache",
        "questions",
        "realised",
        "redacted",
        "run_id",
        "savings",
        "service_tiers",
        "started_at",
        "state",
        "task_types",
        "tokens",
    ]


def test_savings_are_net_of_questions() -> None:
    """They are overhead: the causes add up to the actual baseline less all that was spent."""
    spent = PicoUSD(facts().spent_pusd + 90)
    summary = summarise(replace(facts(), questions=asked(), spent_pusd=spent))
    assert summary.questions == QuestionLine(
        model="cheap-1",
        templates=2,
        requests=20,
        answered=1,
        projected_pusd=PicoUSD(100),
        cost_pusd=PicoUSD(90),
    )
    assert {item.cause: item.saved_pusd for item in summary.savings}["questions"] == -90
    assert sum(item.saved_pusd for item in summary.savings) == 60_000 - spent
    plain = {item.cause: item.saved_pusd for item in summarise(facts()).savings}
    assert {item.cause: item.saved_pusd for item in summary.savings} == {**plain, "questions": -90}
