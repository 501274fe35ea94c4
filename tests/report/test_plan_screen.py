"""The plan's screen."""

import msgspec
import polars as pl
import pytest
from support.report_plans import asked, header, plan, questions

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.planning.plan import Baseline, CheaperStart, IfWaited, Plan, Saving
from modelroute_cli.planning.totals import reserved_source
from modelroute_cli.report.plan_screen import gap, less, plan_screen
from modelroute_cli.report.summary import PlanSummary, plan_summary


def summary(**changes: object) -> PlanSummary:
    """The plan by hand, with parts of its header changed."""
    made = plan()
    return plan_summary(Plan(msgspec.structs.replace(header(), **changes), made.assignments))


def texts(shown: PlanSummary, width: int | None = None, asked_by: str | None = None) -> list[str]:
    """The lines of the screen."""
    return [line.text for line in plan_screen(shown, width, asked_by=asked_by)]


def test_screen_answers_first_then_shows_the_table_and_the_proof() -> None:
    """The whole screen: spent, saved and what that rests on within its first eight lines."""
    assert texts(summary()) == [
        "Read 3 requests (1 duplicate will be answered once)",
        "",
        "Plan: $0.0000000053 instead of $0.000000074 with gpt-5 for all, 93% less",
        "  expected quality 0.85 (you asked for 0.80), low end 0.77",
        "  90% range $0.0000000042 to $0.0000000064: output lengths are estimates",
        "  hard cap $0.0000000099 (1.25 x the projection)",
        "  saved by: cheaper models $0.000000039    duplicates $0.000000030",
        "  rests on: prices of 2026-11-23; quality unmeasured: prior only",
        "warning: `gpt-5` is switched off on 2026-12-11, in 18 days",
        "",
        "Model                     Tier      Requests  Input  Output  Quality             Cost",
        "cheap-1                   standard         1    100    ~200     0.80  ~$0.00000000030",
        "good-1                    standard         1     50    ~100     0.95   ~$0.0000000050",
        "Total                                      2    150    ~300     0.85   ~$0.0000000053",
        "gpt-5 for all                              3                    0.97    ~$0.000000074",
        "best single model (good-1) for all         3                    0.95    ~$0.000000012",
        "cheapest allowed model for each            3                    0.85   ~$0.0000000053",
        "",
        "No plan of this quality inside your rules costs less than $0.0000000053 (this one costs just that)",
        "  0.01 more quality would cost about $0.000000001",
        "  assumed: gpt-5 thinks 0 tokens",
    ]


def test_narrow_terminals_lose_columns_and_keep_names() -> None:
    """At 60 cells the tier and the input go; the cost and the names stay."""
    lines = texts(summary(), width=60)
    assert lines[10] == "Model                               Quality             Cost"
    assert lines[15] == "best single model (good-1) for all     0.95    ~$0.000000012"


@pytest.mark.parametrize(
    ("objective", "asked_by", "said"),
    [
        (Objective(min_quality=0.8), None, "(you asked for 0.80)"),
        (Objective(min_quality=0.8), "defaults", "(0.80 is asked for by default)"),
        (Objective(min_quality=0.8), "modelroute.yaml:3", "(0.80 is asked for in modelroute.yaml:3)"),
        (Objective(min_quality=0.0), "configs/x.yaml:3", "(no quality is asked for)"),
        (Objective(max_cost="2.50"), None, "(the best for $2.50)"),
    ],
)
def test_sentence_says_who_asked_for_what(objective: Objective, asked_by: str | None, said: str) -> None:
    """A floor that no flag gave is named with its origin."""
    lines = texts(summary(objective=objective), asked_by=asked_by)
    assert next(line for line in lines if "expected quality" in line) == f"  expected quality 0.85 {said}, low end 0.77"


def test_a_plan_dearer_than_the_baseline_says_so() -> None:
    """What is not saved is not hidden."""
    assert [less(0.907), less(-0.2)] == ["91% less", "20% more"]


def test_a_baseline_that_cannot_do_some_requests_is_marked() -> None:
    """A comparison that leaves requests out says how many and why."""
    base = Baseline(
        kind="chosen", model="gpt-5", requests=3, unable=2, cost_pusd=PicoUSD(1_000), quality=0.9, note="no images"
    )
    assert "  gpt-5 for all: no images" in texts(summary(baselines=(base,)))


def test_a_baseline_without_a_cost_shows_a_dash() -> None:
    """Unknown is a dash, never $0.00."""
    base = Baseline(kind="chosen", model="gpt-5", requests=3, unable=3, cost_pusd=None, quality=None)
    lines = texts(summary(baselines=(base,)))
    row = next(line for line in lines if line.startswith("gpt-5 for all"))
    assert row.split() == ["gpt-5", "for", "all", "3", "-", "-"]
    assert any(line == "Plan: $0.0000000053 (gpt-5 cannot do this job)" for line in lines)


def test_a_study_of_the_past_warns() -> None:
    """Past prices are never mistaken for what a run would cost."""
    shown = texts(summary(historic=True, prices_at="2025-03-01T12:00:00+00:00"))
    assert shown[8] == "warning: Prices of 2025-03-01: a study of the past, not to be sent"


def test_a_plan_for_money_says_how_much_quality_is_out_of_reach() -> None:
    """Without a cost bound the gap is one of quality."""
    shown = texts(summary(objective=Objective(max_cost="1"), lower_bound_pusd=None, gap=0.01))
    assert "No plan of this cost inside your rules is better by more than 1.00% of its quality" in shown


def test_a_gap_that_is_not_zero_is_never_shown_as_zero() -> None:
    """Only a proven optimum says 0%."""
    assert [gap(0.0), gap(0.000001), gap(0.0123)] == ["0%", "less than 0.01%", "1.23%"]


def test_questions_to_come_have_a_row_and_say_what_they_are_for() -> None:
    """Between the models and the total, which counts them; expected and at most."""
    lines = texts(summary(questions=questions()))
    row = next(number for number, line in enumerate(lines) if line.startswith("questions to cheap-1"))
    assert lines[row].split()[-2:] == ["standard", "~$0.00000000010"]
    assert lines[row + 1].startswith("Total ")
    place = lines.index("  questions: cheap-1 is asked about 2 templates (20 requests) whose task type is a guess,")
    assert lines[place + 1] == (
        "    once each, ~$0.00000000010, at most $0.00000000040; "
        "by its answers the job is planned again before it is sent"
    )


def test_questions_that_were_asked_say_how_many_were_answered() -> None:
    """What was spent is no estimate; emulated answers are marked."""
    lines = texts(summary(questions=asked()))
    assert next(line for line in lines if line.startswith("questions to")).endswith("  $0.000000000090")
    assert "  questions: cheap-1 was asked about 2 templates (20 requests): 1 answer, emulated" in lines


def test_a_better_start_is_told_with_what_to_type() -> None:
    """Below what the plan rests on, with its cost and the share that it saves."""
    other = CheaperStart(at="2026-11-24T04:00:00+00:00", cost_pusd=PicoUSD(2650))
    shown = texts(summary(cheaper_start=other))
    line = "  50% less, ~$0.0000000026, if it begins in cheaper hours: `--start-at 2026-11-24T04:00Z`"
    assert shown[8] == line
    assert line not in texts(summary())


def test_a_start_that_was_asked_for_is_shown() -> None:
    """Before a better one."""
    other = CheaperStart(at="2026-11-24T04:00:00+00:00", cost_pusd=PicoUSD(2650))
    shown = texts(summary(cheaper_start=other, start_at="2026-11-24T02:30:00+00:00"))
    assert shown[8] == "  starts at 2026-11-24 02:30 UTC, at the prices of then"
    assert shown[9].startswith("  50% less")


BATCHED = msgspec.structs.replace(
    header(),
    hard_cap_pusd=PicoUSD(36_000),
    hard_cap_source=reserved_source(1),
    savings=(*header().savings, Saving(cause="batch", saved_pusd=PicoUSD(300))),
    tier_savings={"batch": PicoUSD(300)},
    providers={
        "openai": msgspec.structs.replace(
            header().providers["openai"],
            tiers={ServiceTier.BATCH: TierTerms(window_s=86_400, typical_s=3_600, max_requests=50_000)},
        )
    },
)


def batched_lines(width: int | None) -> list[str]:
    """The screen of the plan by hand, its mails in a batch."""
    rows = plan().assignments.collect()
    tiers = pl.Series("service_tier", ["batch", "batch", "standard"], rows["service_tier"].dtype)
    return texts(plan_summary(Plan(BATCHED, rows.with_columns(tiers).lazy())), width)


@pytest.mark.parametrize("width", [None, 86])
def test_a_plan_with_batches_says_what_they_save_and_how_long_they_take(width: int | None) -> None:
    """The cap with its reason, the saving as a cause, the tier of each model, and a table of tiers."""
    assert batched_lines(width)[:24] == [
        "Read 3 requests (1 duplicate will be answered once)",
        "",
        "Plan: $0.0000000053 instead of $0.000000074 with gpt-5 for all, 93% less",
        "  expected quality 0.85 (you asked for 0.80), low end 0.77",
        "  90% range $0.0000000042 to $0.0000000064: output lengths are estimates",
        "  hard cap $0.000000036 (all that 1 request handed in can cost, reserved whole)",
        "    with a smaller `--max-cost` batches are handed in one after the other",
        "  saved by: cheaper models $0.000000039    duplicates $0.000000030    Batch API $0.00000000030",
        "  rests on: prices of 2026-11-23; quality unmeasured: prior only",
        "warning: `gpt-5` is switched off on 2026-12-11, in 18 days",
        "",
        "Model                     Tier      Requests  Input  Output  Quality             Cost",
        "cheap-1                   batch            1    100    ~200     0.80  ~$0.00000000030",
        "good-1                    standard         1     50    ~100     0.95   ~$0.0000000050",
        "Total                                      2    150    ~300     0.85   ~$0.0000000053",
        "gpt-5 for all                              3                    0.97    ~$0.000000074",
        "best single model (good-1) for all         3                    0.95    ~$0.000000012",
        "cheapest allowed model for each            3                    0.85   ~$0.0000000053",
        "",
        "Tier   Requests                 Saved  Answers within  Most within  Batches",
        "batch         1  ~$0.00000000030, 50%            24 h          1 h       ~1",
        "  batch saves less than a cent: `--tiers standard,flex` sends all at once",
        "",
        "No plan of this quality inside your rules costs less than $0.0000000053 (this one costs just that)",
    ]


def test_at_80_columns_the_tables_fit() -> None:
    """Columns that can be done without go, the tier of a model as well; the table of tiers still tells it."""
    lines = batched_lines(80)
    start = lines.index(next(line for line in lines if line.startswith("Model ")))
    assert max(map(len, lines[start : start + 11])) <= 80
    assert lines[start + 8].split()[0] == "Tier"


def test_a_users_own_cap_is_not_explained() -> None:
    """They know where it is from, and what follows from it is a warning."""
    own = msgspec.structs.replace(BATCHED, objective=Objective(max_cost="1"), hard_cap_source="`--max-cost`")
    rows = plan().assignments.collect()
    tiers = pl.Series("service_tier", ["batch", "batch", "standard"], rows["service_tier"].dtype)
    shown = texts(plan_summary(Plan(own, rows.with_columns(tiers).lazy())))
    assert not any("one after the other" in line for line in shown)


def test_what_waiting_would_save_is_one_line() -> None:
    """With the flag to type."""
    shown = texts(summary(if_waited=IfWaited(deadline_s=86_400, cost_pusd=PicoUSD(2_600))))
    assert shown[8] == "  if it may take longer: with `--deadline 24h` it would cost ~$0.0000000026, 51% less"
