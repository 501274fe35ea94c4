"""Targets of a company's pilot, beside what was measured."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.compared import made_up, measured, planned, ran, unfinished
from support.json_schemas import problems

from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.kpi_measures import MANUAL, MEASURES, Measured, measures
from modelroute_cli.report.kpi_page import baseline_page, results_page
from modelroute_cli.report.kpis import BaselineFile, Kpi, Kpis, KpisMeasured, baseline_file, measured_kpis
from modelroute_cli.report.own_words import is_untouched, marked
from modelroute_cli.report.realised import Within
from modelroute_cli.report.run_types import RunSummary

KEPT = structs.replace(measured(), ratio=Within(value=0.97, low=0.94, high=1.0))


def run(**changed: object) -> RunSummary:
    """The run by hand, with some of it changed."""
    found = ran(**changed).run
    assert found is not None
    return found


def asked(*kpis: Kpi) -> Kpis:
    """What is to be shown."""
    return Kpis(format=1, kpis=kpis)


def shown(kpi: Kpi, summary: RunSummary | None, base: BaselineFile | None = None) -> KpisMeasured:
    """What came of one of them."""
    plan = planned().plan
    return measured_kpis(asked(kpi), base or baseline_file(plan, summary), plan, summary)


def test_a_finished_run_tells_what_it_measured() -> None:
    """Money for each accepted request, shares of all that ended, time from first to last."""
    assert measures(run(realised=KEPT)) == {
        "cost_usd": Measured(Decimal("4.51E-9")),
        "cost_per_request_usd": Measured(Decimal("2.255E-9")),
        "saved_share": Measured(Decimal("0.924833")),
        "accepted_share": Measured(Decimal(1)),
        "quality": Measured(Decimal("0.91"), Decimal("0.88"), Decimal("0.94")),
        "quality_of_baseline": Measured(Decimal("0.97"), Decimal("0.94"), Decimal(1)),
        "hours": Measured(Decimal("0.016667")),
        "requests_per_hour": Measured(Decimal("119.997600")),
    }
    assert set(measures(run(realised=KEPT))) == set(MEASURES) - {MANUAL}


def test_what_was_not_measured_is_left_out() -> None:
    """Never a 0."""
    nothing = structs.replace(run().counts, accepted=0, failed=0)
    found = measures(run(counts=nothing, baselines=(), started_at=None))
    assert set(found) == {"cost_usd"}


@pytest.mark.parametrize(
    ("kpi", "status"),
    [
        (Kpi(name="a", measure="saved_share", at_least=Decimal("0.5")), "met"),
        (Kpi(name="a", measure="saved_share", at_least=Decimal("0.99")), "not met"),
        (Kpi(name="a", measure="hours", at_most=Decimal("0.01")), "not met"),
        (Kpi(name="a", measure="hours", at_least=Decimal("0.01"), at_most=Decimal("0.02")), "met"),
        (Kpi(name="a", measure="hours"), "no target"),
        (Kpi(name="a", measure=MANUAL, at_least=Decimal(1)), "not measured"),
        (Kpi(name="a", measure="quality_of_baseline", at_least=Decimal("0.94")), "met"),
        (Kpi(name="a", measure="quality_of_baseline", at_least=Decimal("0.95")), "met, not for certain"),
        (Kpi(name="a", measure="quality_of_baseline", at_least=Decimal("0.98")), "not met"),
    ],
)
def test_a_target_is_met_or_not_and_for_certain_where_its_interval_is(kpi: Kpi, status: str) -> None:
    """What nobody measured is neither."""
    assert shown(kpi, run(realised=KEPT)).results[0].status == status


def test_emulated_answers_meet_nothing() -> None:
    """However good they look."""
    kpi = Kpi(name="a", measure="saved_share", at_least=Decimal("0.5"))
    found = shown(kpi, made_up("a1").run)
    assert (found.emulated, found.results[0].status, found.results[0].value) == (True, "emulated", "0.924833")
    assert "**EMULATED: nothing was sent to a provider." in results_page(found)


@pytest.mark.parametrize(
    ("summary", "state", "said"),
    [
        (None, "planned", "Planned, not run: jobs/mails.jsonl. Nothing was measured yet. Prices of 2026-11-23."),
        (
            unfinished().run,
            "unfinished",
            "Run 0123456789ab of jobs/mails.jsonl is not finished: nothing is measured until it is.",
        ),
    ],
)
def test_what_is_not_over_measures_nothing(summary: RunSummary | None, state: str, said: str) -> None:
    """A plan projects, a part is no whole."""
    found = shown(Kpi(name="a", measure="cost_usd", at_most=Decimal(1)), summary)
    assert (found.state, found.results[0].status, found.results[0].value) == (state, "not measured", None)
    assert said in results_page(found)


def test_the_baseline_is_what_a_run_would_have_cost_there_else_what_the_plan_projects() -> None:
    """Its basis says which."""
    plan = planned().plan
    by_plan, by_run = baseline_file(plan, None), baseline_file(plan, run())
    assert by_plan.measures["cost_usd"] == Decimal("7.4E-8")
    assert by_plan.measures["cost_per_request_usd"] == Decimal("3.7E-8")
    assert by_plan.measures["quality"] == Decimal("0.97")
    assert by_plan.basis.startswith("projected by the plan")
    assert by_run.measures["cost_usd"] == Decimal("6.0E-8")
    assert by_run.basis.startswith("an estimate: the tokens of run 0123456789ab's answers")
    assert baseline_file(plan, made_up("a1").run).basis.startswith("EMULATED, an estimate")
    nobody = baseline_file(structs.replace(plan, baselines=()), None)
    assert (nobody.model, nobody.measures["cost_usd"], nobody.measures["quality"]) == (None, None, None)


def test_json_is_as_its_schema_says() -> None:
    """Numbers are decimal strings without exponents."""
    kpi = Kpi(name="a", measure="cost_per_request_usd", at_most=Decimal("0.00000010"))
    found = to_json(shown(kpi, run(realised=KEPT)))
    assert problems("kpis-measured", found) == []
    assert '"value": "0.000000002255"' in found
    assert '"at_most": "0.0000001"' in found


def test_what_people_measured_comes_before_what_a_plan_projects() -> None:
    """The baseline of a target is theirs where they gave one."""
    own = Kpi(name="a", measure="cost_usd", baseline=Decimal(3))
    assert shown(own, run()).results[0].baseline == "3"
    assert shown(structs.replace(own, baseline=None), run()).results[0].baseline == "0.00000006"


def test_the_page_says_target_today_measured_and_outcome() -> None:
    """Names are somebody's text."""
    kpi = Kpi(name="<b>|cost", measure="cost_per_request_usd", at_most=Decimal("0.002"), how="all `of` it")
    lines = results_page(shown(kpi, run())).splitlines()
    assert lines[0] == "# Results of the pilot"
    assert lines[2] == "Run 0123456789ab of jobs/mails.jsonl. Prices of 2026-11-23. Beside gpt-5 for everything."
    assert lines[6] == (r"| \<b\>\|cost | at most \$0.002 | \$0.00000003 | \$0.0000000023 | met | all \`of\` it |")
    assert lines[8] == "1 met, 0 not met, 0 without a verdict."
    quality = Kpi(name="q", measure="quality", at_least=Decimal("0.9"))
    assert "| 0.91 (0.88 to 0.94) |".replace("(", r"\(").replace(")", r"\)") in results_page(
        shown(quality, run(realised=KEPT))
    )


def test_the_baseline_file_is_read_as_it_was_written() -> None:
    """With what is not known as null."""
    found = baseline_file(planned().plan, run())
    page = baseline_page(found)
    assert msgspec.yaml.decode(page, type=BaselineFile) == found
    assert is_untouched(page)


@given(st.text(alphabet="ab\n-# <>é", max_size=60), st.sampled_from(["markdown", "yaml"]))
def test_a_file_is_ours_until_somebody_writes_in_it(text: str, form: str) -> None:
    """Anything before the mark, or behind it."""
    page = marked(f"{text}\n", "yaml" if form == "yaml" else "markdown")
    assert is_untouched(page)
    assert not is_untouched(f"a{page}")
    assert not is_untouched(f"{page}\n")
    assert not is_untouched(page + "mine\n")
    assert not is_untouched(text)
