"""A comparison on a terminal and as Markdown: the same rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.compared import made_up, measured, other_job, planned, ran, unfinished

from modelroute_cli.report.comparison import compare
from modelroute_cli.report.comparison_rows import legend, parts
from modelroute_cli.report.comparison_screen import comparison_screen
from modelroute_cli.report.comparison_types import Told
from modelroute_cli.report.layout import laid_out
from modelroute_cli.report.markdown.comparison_page import comparison_page
from modelroute_cli.report.screen import width_of

PAIR = compare([planned(), made_up("0123456789ab")])
LONG = "openrouter/anthropic/claude-haiku-5-5-20261001-thinking"


def texts(told: list[Told], width: int | None) -> list[str]:
    """The screen as it is written."""
    return [line.text for line in laid_out(comparison_screen(compare(told), width), width)]


def test_the_whole_screen() -> None:
    """Who is who, what forbids comparing, one row a quantity."""
    assert [line.text for line in comparison_screen(PAIR, 80)] == [
        "A: plan `a.plan`, of jobs/mails.jsonl, not run",
        "B: run 0123456789ab of jobs/mails.jsonl, finished, begun 2026-11-23 10:14 UTC, EMULATED",
        "warning: B is EMULATED: nothing was paid, and answers say nothing of the models",
        "warning: A is not run: the numbers are projections",
        "",
        "                                      A                B",
        "Money",
        "  Cost                   ~$0.0000000053    $0.0000000045",
        "    which is                    planned            spent",
        "    more or less than A                  -$0.00000000079",
        "    in percent                                    -14.9%",
        "  Cost per request        $0.0000000026    $0.0000000023",
        "    in percent of A's                             -14.9%",
        "  As planned             ~$0.0000000053   ~$0.0000000053",
        "  Hard cap                $0.0000000099    $0.0000000099",
        "  gpt-5 for all            $0.000000074     $0.000000060",
        "    saved against it              92.8%            92.5%",
        "  good-1 for all           $0.000000012     $0.000000018",
        "    saved against it              55.8%            74.9%",
        "Quality",
        "  Planned                         0.850            0.850",
        "    more or less than A                           +0.000",
        "  Realised                            -                -",
        "Requests",
        "  In the job file                     3                3",
        "  Planned                             3                3",
        "    of them duplicates                1                1",
        "  Accepted                            -                2",
        "  Failed                              -                0",
        "  Escalated                           -                1",
        "Requests by model",
        "  cheap-1                           50%              50%",
        "  good-1                            50%              50%",
        "Cost by model",
        "  cheap-1               ~$0.00000000030   $0.00000000031",
        "  good-1                 ~$0.0000000050    $0.0000000042",
        "",
        "Settings",
        "  Settings, prices and objective are the same",
    ]


def test_plain_output_names_the_sides_in_each_line() -> None:
    """And says which parts are of which sides."""
    said = [line.text for line in laid_out(comparison_screen(PAIR, None), None, plain=True)]
    assert said[5:9] == [
        "Money of A, B",
        "Cost: A about $0.0000000053, B $0.0000000045",
        "which is: A planned, B spent",
        "more or less than A: B -$0.00000000079",
    ]
    assert "Realised: A not known, B not known" in said


def test_what_is_unfinished_or_possibly_billed_has_its_rows() -> None:
    """And they are not there otherwise."""
    money = structs.replace(ran().run.money, held_pusd=400)  # type: ignore[union-attr]  # it is a run
    shown = texts([unfinished(), ran(money=money)], None)
    assert any(line.split() == ["Waiting", "2", "0"] for line in shown)
    assert any(line.split()[:3] == ["Possibly", "billed", "beyond"] for line in shown)
    assert any(line.split() == ["which", "is", "expected", "spent"] for line in shown)


def test_realised_quality_stands_with_its_interval() -> None:
    """Beside the planned one, which is another word."""
    shown = texts([ran(run_id="a1", realised=measured(0.95)), ran(run_id="b2", realised=measured(0.91))], None)
    at = next(at for at, line in enumerate(shown) if line.startswith("  Realised"))
    assert [line.split() for line in shown[at : at + 3]] == [
        ["Realised", "0.950", "0.910"],
        ["90%", "interval", "0.880-0.940", "0.880-0.940"],
        ["more", "or", "less", "than", "A", "-0.040"],
    ]


def test_too_many_sides_stand_in_several_tables_each_with_the_first() -> None:
    """For the first is what the others are held against."""
    shown = texts([planned(), *(made_up(f"{at}") for at in range(6))], 80)
    heads = [line.split() for line in shown if line.split() and set(line.split()) <= set("ABCDEFG")]
    assert heads == [["A", "B", "C"], ["A", "D", "E"], ["A", "F", "G"]]


@given(st.integers(2, 6), st.integers(40, 120))
def test_nothing_is_cut_and_nothing_is_wider_than_it_must_be(count: int, width: int) -> None:
    """Names stay whole; a line is wider only where it is one word."""
    models = tuple(structs.replace(line, model=f"{LONG}-{line.model}") for line in planned().plan.models)
    shown = texts([planned(models=models), *(ran(run_id=f"{at}") for at in range(count - 1))], width)
    assert sum(f"{LONG}-cheap-1" in line for line in shown) >= 2
    for line in shown:
        assert width_of(line) <= width or len(line.split()) == 1


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (planned(), "A: plan `a.plan`, of jobs/mails.jsonl, not run"),
        (unfinished(), "A: run 0123456789ab of jobs/mails.jsonl, unfinished, begun 2026-11-23 10:14 UTC"),
        (ran(started_at=None), "A: run 0123456789ab of jobs/mails.jsonl, finished"),
        (other_job("a\nb\x1b.jsonl", "sha256:1"), "A: plan `a.plan`, of a b?.jsonl, not run"),
    ],
)
def test_each_side_is_named(told: Told, said: str) -> None:
    """What it is, of which file, how far, since when; names of files are somebody else's text."""
    assert legend(compare([told, planned()]).sides[0]) == said


def test_markdown_has_the_same_rows() -> None:
    """Whatever Markdown would take for its own is escaped."""
    page = comparison_page(compare([planned(), other_job("x|<script>`[a](b).jsonl", "sha256:9")]))
    lines = page.splitlines()
    assert lines[:4] == [
        "# Comparison",
        "",
        r"- A: plan \`a.plan\`, of jobs/mails.jsonl, not run",
        r"- B: plan \`a.plan\`, of x\|\<script\>\`\[a\]\(b\).jsonl, not run",
    ]
    assert "|  | A | B |\n| :--- | ---: | ---: |\n| Cost | \\~\\$0.0000000053 | \\~\\$0.0000000053 |\n" in page
    rows = sum(len(part.rows) for part in parts(compare([planned(), planned()])))
    assert sum(line.startswith("| ") for line in lines) == rows + 10
    assert lines[-1] == "- Settings, prices and objective are the same"
    assert "<script>" not in page
