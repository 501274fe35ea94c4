"""The sections of the page: their numbers are the terminal's, and what is unknown is called that."""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs
from support.html_text import Read, read
from support.report_plans import asked, facts
from support.summaries import details, full_run, group, latency, pace, sample, small_plan, small_run, usd

from modelroute_cli.execution.journal_redactions import Redactions
from modelroute_cli.planning.plan import Saving
from modelroute_cli.report.detail_types import Choice
from modelroute_cli.report.html.basis import basis_section, plan_grounds, run_grounds
from modelroute_cli.report.html.checks import checks_section, happened_section, quality_section
from modelroute_cli.report.html.costs import cost_section, planned_cost_section
from modelroute_cli.report.html.curves import curve_section, plan_choices
from modelroute_cli.report.html.failures import failures_section
from modelroute_cli.report.html.groups import TENANTS, groups_section
from modelroute_cli.report.html.planned import planned_baselines, planned_models, planned_proof
from modelroute_cli.report.html.savings import plan_savings, run_savings
from modelroute_cli.report.html.section import Section, drawn
from modelroute_cli.report.html.speed import busiest, latency_section, pace_section
from modelroute_cli.report.html.spending import models_section, tasks_section, tiers_section
from modelroute_cli.report.redaction import Redaction
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import FailureLine
from modelroute_cli.report.tier_use import TierUse


def seen(part: Section | None) -> Read:
    """A section that there is, as it is read."""
    assert part is not None
    return read(drawn(part).text)


def rows(part: Section | None, at: int = 0) -> list[list[str]]:
    """The rows of one of its tables, the header first, pictures left out."""
    return [[cell for cell in row if cell] for row in list(seen(part).tables.values())[at]]


def said(part: Section | None) -> str:
    """All of its words."""
    return "\n".join(seen(part).texts)


def test_costs_stand_on_one_scale_and_against_the_plan() -> None:
    """The same rows as the terminal's, and the range with its ends."""
    part = cost_section(full_run())
    assert rows(part) == [
        ["Amount", "Dollars"],
        ["gpt-5 for all, an estimate", "$28.800"],
        ["Projected; in nine of ten cases $5.200 to $11.300", "$7.900"],
        ["Spent", "$6.400"],
        ["Possibly billed beyond this", "$0.020"],
        ["Hard cap", "$10.000"],
    ]
    assert rows(part, 1)[1] == ["Cost", "$7.900", "$6.400", "inside the 90% range"]
    assert rows(part, 1)[-2] == ["Saved", "74.7%", "77.8%", "against gpt-5 for all"]
    assert "Possibly billed beyond this: up to $0.020, for attempts whose outcome is unknown" in said(part)


def test_a_plan_has_its_range_its_cap_and_its_baselines() -> None:
    """All of them projections."""
    assert rows(planned_cost_section(small_plan())) == [
        ["Amount", "Dollars"],
        ["gpt-5 for all", "~$0.000000074"],
        ["best single model (good-1) for all", "~$0.000000012"],
        ["cheapest allowed model for each", "~$0.0000000053"],
        ["Projected; in nine of ten cases $0.0000000042 to $0.0000000064", "$0.0000000053"],
        ["Hard cap", "$0.0000000099"],
    ]


def test_savings_go_from_the_baseline_to_what_was_spent() -> None:
    """Cause by cause, with what is left after each."""
    assert rows(run_savings(full_run())) == [
        ["Cause", "Saved", "Left to pay"],
        ["gpt-5 for all", "$28.800"],
        ["cheaper models", "$21.400", "$7.400"],
        ["duplicates", "$1.300", "$6.100"],
        ["attempts not accepted", "-$0.300", "$6.400"],
        ["Spent", "$6.400"],
    ]
    assert rows(plan_savings(small_plan()))[-1] == ["Planned cost", "$0.0000000053"]


def test_causes_that_do_not_add_up_are_not_drawn() -> None:
    """A picture that meets by force would lie."""
    off = structs.replace(full_run(), savings=(Saving(cause="cheaper_models", saved_pusd=usd(1)),))
    assert "These causes do not add up to the whole saving, which is why they are not drawn." in said(run_savings(off))
    assert "svg" not in seen(run_savings(off)).names
    assert run_savings(structs.replace(full_run(), savings=())) is None
    assert run_savings(structs.replace(full_run(), baselines=())) is None
    assert plan_savings(structs.replace(small_plan(), baselines=())) is None


def test_the_real_causes_of_a_run_add_up() -> None:
    """Also where questions cost something: what a run computes is drawn."""
    for run in (facts(), replace(facts(), questions=asked())):
        assert "svg" in seen(run_savings(summarise(run))).names


def test_a_curve_has_its_marks_and_all_its_points_in_numbers() -> None:
    """What is drawn is written too."""
    found = details().basis
    part = curve_section(found.curve, found.choices)
    assert rows(part) == [
        ["Way to answer all of it", "Expected cost", "Expected quality"],
        ["this plan", "~$7.900", "0.930"],
        ["the baseline, gpt-5", "~$31.200", "0.970"],
        ["best single model, gpt-6-luna", "~$12.400", "0.910"],
        ["cheapest model for each", "~$0.900", "0.620"],
    ]
    assert len(rows(part, 1)) == 1 + 4 + 12
    assert "from ~$0.900 at quality 0.620; to ~$21.527 at quality 0.970; this plan: ~$7.900" in said(part)


def test_a_mark_above_the_line_is_explained() -> None:
    """It is no mistake: the line keeps rules that the mark does not."""
    curve = details().basis.curve
    above = Choice(kind="best_single", model="a", cost_pusd=usd(2), quality=0.99)
    below = Choice(kind="best_single", model="a", cost_pusd=usd(2), quality=0.5)
    told = "A mark above the line is what your rules do not allow for some request."
    assert told in said(curve_section(curve, (above,)))
    assert told not in said(curve_section(curve, (below,)))


def test_there_is_no_curve_without_points_and_choices() -> None:
    """And a plan always has itself."""
    assert curve_section((), ()) is None
    assert [each.kind for each in plan_choices(small_plan())] == ["plan", "chosen", "best_single", "all_cheapest"]


def test_models_have_what_they_did_and_their_tokens() -> None:
    """The terminal's numbers."""
    part = models_section(full_run())
    assert rows(part)[1] == ["gpt-6-luna", "531", "490", "410 k", "230 k", "12 k", "0", "~$5.280", "$4.400"]
    assert rows(part, 1)[1] == ["cheap-1 input", "1", "100", "100", "+0.0%", "within 2%, exact: held"]
    assert models_section(structs.replace(full_run(), models=())) is None


def test_task_types_have_what_they_came_to() -> None:
    """The most frequent first."""
    assert rows(tasks_section(small_run()))[1] == ["email", "1", "1", "0", "~$0.00000000030", "$0.00000000025"]
    assert tasks_section(structs.replace(small_run(), task_types=())) is None


def test_tiers_are_told_where_there_are_several() -> None:
    """Unknown is a dash, never 0."""
    assert tiers_section(small_run()) is None
    batch = TierUse(
        service_tier="batch",
        requests=5,
        answers=5,
        cost_pusd=usd(1),
        standard_pusd=None,
        saved_pusd=None,
        batches=1,
        waited_median_s=90.0,
        waited_longest_s=None,
        ends=(),
    )
    part = tiers_section(structs.replace(small_run(), service_tiers=(batch,)))
    assert rows(part)[1] == ["batch", "5", "5", "$1.000", "-", "-", "2 min", "-"]


def test_groups_are_named_and_the_nameless_are_told_apart() -> None:
    """A baseline that is not known is called that."""
    lines = (group("Blue Kettle", 4.0), structs.replace(group("", 1.0), baseline_pusd=None))
    found = rows(groups_section(lines, TENANTS))
    assert found[1] == ["Blue Kettle", "100", "3", "98", "2", "7", "~$4.400", "$4.000", "~$32.000", "87.5%"]
    assert found[2] == ["(no tenant named)", "100", "3", "98", "2", "7", "~$1.100", "$1.000", "-", "-"]
    assert groups_section((), TENANTS) is None


def test_groups_that_stand_together_are_counted() -> None:
    """One line for all that are not told apart."""
    others = structs.replace(group("(others)", 1.0), groups=412)
    assert rows(groups_section((others,), TENANTS))[1][0] == "412 others"


def test_the_dearest_groups_are_seen_at_once_and_the_others_fold() -> None:
    """All of them are there."""
    part = groups_section(tuple(group(f"t{at}", 20.0 - at) for at in range(15)), TENANTS)
    assert [len(rows(part, at)) - 1 for at in (0, 1)] == [12, 3]
    assert "3 tenants more" in said(part)


def test_gates_and_kinds_of_attempts() -> None:
    """What was caught, what followed."""
    part = checks_section(full_run())
    assert rows(part)[1:] == [
        ["first", "992", "992", "$5.600"],
        ["escalation", "61", "61", "$0.700"],
        ["retry", "9", "9", "$0.100"],
    ]
    assert rows(part, 1)[1] == ["schema", "992", "41", "40 of 41", "2 of 9 known", "$0.350"]
    assert checks_section(structs.replace(full_run(), attempts=(), gates=())) is None


def test_sections_of_nothing_are_left_out() -> None:
    """No quality without an ended request, no events that did not happen."""
    assert quality_section(full_run()) is None
    assert happened_section(full_run()) is None
    assert failures_section(small_run()) is None
    assert latency_section(()) is None
    assert pace_section(()) is None


def test_latency_has_figures_and_a_column_for_each_range() -> None:
    """Each model on the same ranges."""
    part = latency_section((latency("a"), latency("b")))
    assert rows(part)[1] == ["a", "1,000", "1.62 s", "6.04 s", "32 s"]
    assert rows(part, 1)[0][:3] == ["Model", "<0.1 s", "0.1 s"]
    assert rows(part, 1)[1] == ["a", "0", "3", "41", "212", "418", "251", "64", "9", "2", "0", "0"]
    assert seen(part).attributes.count(("svg", "role", "img")) == 2


def test_pace_has_the_busiest_minute_beside_the_limit() -> None:
    """A limit that is not known is called that."""
    part = pace_section((pace("a"), pace("b", None)))
    assert rows(part)[1] == ["a", "2,566", "36", "444", "500", "400 k", "450 k"]
    assert rows(part)[2][4] == "unknown"
    assert "Areas are requests begun; what is filled was refused with 429; a dashed line is the limit" in said(part)


def test_the_legend_of_pace_names_what_is_drawn() -> None:
    """Nothing was refused, and no limit is known or near."""
    calm = structs.replace(pace("a", 100_000), refused=(0,) * 40)
    words = said(pace_section((calm,))).split("\n")
    assert words[-1] == "Areas are requests begun"
    assert ": 40 steps of 10 s, at most 82 requests in one; the limit is far above" in words


def test_the_busiest_minute_is_one_that_was() -> None:
    """Sixty seconds in a row, or one step where that is longer; a short run is not stretched to a minute."""
    assert busiest((5, 1, 1, 9, 9), 30.0) == 18
    assert busiest((5, 9), 120.0) == 9
    assert busiest((5, 9), 10.0) == 14
    assert busiest((), 1.0) == 0


def _failures(lines: Sequence[FailureLine]) -> Section | None:
    found = structs.replace(details(), samples=(sample("x" * 500, "refusal"),))
    return failures_section(structs.replace(full_run(), failures=tuple(lines), details=found))


def test_failures_name_the_first_and_that_there_are_more() -> None:
    """And show how one of them ended."""
    part = _failures([FailureLine(reason="refusal", requests=9, custom_ids=("a", "b"))])
    assert rows(part)[1] == ["refusal", "9", "a, b, ..."]
    assert "row-17\n: \nrefusal\n (\ngpt-6-luna\n) The beginning:\n" + "x" * 500 in said(part)
    few = _failures([FailureLine(reason="refusal", requests=2, custom_ids=("a", "b"))])
    assert rows(few)[1] == ["refusal", "2", "a, b"]


def test_what_it_rests_on() -> None:
    """Warnings first, then dates, sources, assumptions; personal data in counts alone."""
    run = full_run()
    part = basis_section(run_grounds(run, details().basis))
    words = said(part).split("\n")
    assert words[1] == "warning: `gpt-5` is switched off on 2026-12-11, in 18 days"
    assert words[words.index("Prices of") + 1] == "2026-11-23 10:00 UTC"
    told = "Personal data found: e-mail addresses in 812 requests, IBANs in 3 (counted here, never logged)"
    assert told in words
    assert rows(part)[1] == ["gpt-5", "genai-prices, 2026-11-20"]
    assert rows(part, 1)[1] == ["o200k", "exact", "1.000", "2%"]
    assert "1.25 x the projection" in said(basis_section(plan_grounds(small_plan())))


def test_what_was_redacted_is_counted() -> None:
    """In a run as in a plan; never what it was."""
    run = structs.replace(full_run(), redacted=Redactions(requests=3, strange=1, unknown=1))
    told = "Redacted before they were sent: 3 requests; 1 answer with placeholders that were never given out"
    assert told in said(basis_section(run_grounds(run, details().basis)))
    plan = structs.replace(small_plan(), redaction=Redaction(requests=2, found={"email": 2}, media="refuse"))
    assert "Redacted before they are sent: 2 requests (e-mail" in said(basis_section(plan_grounds(plan)))


def test_what_only_a_plan_says() -> None:
    """Who is given what, one model for everything, and how near the best it is."""
    plan = small_plan()
    assert rows(planned_models(plan))[1][:3] == ["cheap-1", "standard", "1"]
    assert rows(planned_baselines(plan))[1] == ["gpt-5 for all", "3", "0", "0.97", "~$0.000000074", "92.8%"]
    assert "No plan of this quality inside your rules costs less than $0.0000000053" in said(planned_proof(plan))
