"""The report of a run as Markdown."""

from dataclasses import replace

from msgspec import structs
from support.random_runs import Asked, Tried, facts_of
from support.report_plans import facts

from modelroute_cli.report.detail_types import FailureSample
from modelroute_cli.report.markdown.run_page import headline, run_page
from modelroute_cli.report.run_summary import summarise


def test_the_answer_stands_first() -> None:
    """What was spent, instead of what."""
    lines = run_page(summarise(facts())).splitlines()
    assert lines[0] == ("# jobs/mails.jsonl: \\$0.0000000045 instead of \\~\\$0.000000060 with gpt-5 for all, 92% less")
    assert lines[2] == "**EMULATED: nothing was sent to a provider, nothing was paid**"
    assert lines[4] == ("Run 0123456789ab, finished: 2 requests sent, 2 accepted 2026-11-23 10:14 to 10:15 UTC")
    assert lines[6] == "|  | Projected | Actual |  |"


def test_every_table_has_its_heading() -> None:
    """In the order in which a reader wants them."""
    page = run_page(summarise(facts()))
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## Savings",
        "## Models",
        "## Task types",
        "## Gates",
        "## Templates",
        "## Latency",
        "## What it rests on",
    ]
    assert "\n| cheaper models | \\$0.000000031 |\n" in page


def test_without_a_baseline_only_the_spend_is_told() -> None:
    """Nothing is made up to compare with."""
    bare = structs.replace(summarise(facts()), baselines=())
    assert headline(bare) == "$0.0000000045 spent"


def test_failures_and_tenants_have_tables_of_their_own() -> None:
    """Names are escaped; a failure shows what it ended on."""
    tried = Tried(kind="first", model="cheap-1", cost_pusd=5, tokens=1, latency_s=1.0, refused=False)
    run = facts_of([Asked("t1", "a|b", 1, (tried,), "failed", "<b>no</b>")])
    said = FailureSample(
        custom_id="id-0", reason="<b>no</b>", model="cheap-1", template="t1", text="@all `x`", cut=False
    )
    page = run_page(summarise(replace(run, samples=(said,))))
    assert "\n| \\<b\\>no\\</b\\> | 1 | id-0 |\n" in page
    assert "\n| a\\|b | 1 | 0 | 1 | 0 |" in page
    assert "\n| id-0 | cheap-1 | @&#8203;all \\`x\\` |\n" in page
