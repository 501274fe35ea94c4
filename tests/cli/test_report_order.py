"""What a report is asked for, by its flags."""

from pathlib import Path

import pytest

from modelroute_cli.base.errors import UsageError
from modelroute_cli.cli.flags import ReportFlags
from modelroute_cli.cli.report_order import Form, ReportOrder, how_to_report, report_order


def test_without_flags_the_report_is_for_the_terminal() -> None:
    """Printed, and in short."""
    assert report_order(ReportFlags()) == ReportOrder("terminal", None, opens=False, details=False)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.html", "html"),
        ("a.HTM", "html"),
        ("a.md", "markdown"),
        ("a.json", "json"),
        ("a.csv", "csv"),
        ("a.parquet", "parquet"),
        ("a.txt", "terminal"),
    ],
)
def test_the_ending_says_the_format(name: str, form: Form) -> None:
    """Nothing else has to be typed."""
    assert report_order(ReportFlags(output=Path(name))).form == form


def test_a_format_that_is_typed_counts_more_than_an_ending() -> None:
    """`--format csv -o table.txt` is a CSV file."""
    assert report_order(ReportFlags(form="csv", output=Path("table.txt"))).form == "csv"


def test_json_and_open_say_a_format_too() -> None:
    """`--open` is the page; a file that it names may have any ending of a page."""
    assert report_order(ReportFlags(as_json=True)).form == "json"
    assert report_order(ReportFlags(open_it=True)) == ReportOrder("html", None, opens=True, details=False)
    assert report_order(ReportFlags(open_it=True, output=Path("a.html"))).form == "html"


@pytest.mark.parametrize(
    ("flags", "message", "hint"),
    [
        (
            ReportFlags(output=Path("a.doc")),
            "the ending of `a.doc` names no format",
            "end it in .html, .md, .json, .csv, .parquet or .txt, or add `--format`",
        ),
        (
            ReportFlags(form="csv", as_json=True),
            "`--json` and `--format csv` contradict each other",
            "leave one of them out",
        ),
        (
            ReportFlags(form="parquet"),
            "a Parquet file cannot be printed",
            "name a file: `-o accounts.parquet`",
        ),
        (
            ReportFlags(open_it=True, output=Path("a.md")),
            "`--open` opens the HTML report, not markdown",
            "leave `--format` out, or name a file that ends in `.html`",
        ),
    ],
)  # fmt: skip
def test_orders_that_make_no_sense_are_refused(flags: ReportFlags, message: str, hint: str) -> None:
    """What is wrong, and what to type instead."""
    with pytest.raises(UsageError) as caught:
        report_order(flags)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_run_that_ended_names_the_report() -> None:
    """The next command to type."""
    assert how_to_report("0123") == (
        "\nTo compare it with the plan and the baseline, run (with `--open`: in the browser):\n"
        "    modelroute report 0123"
    )
