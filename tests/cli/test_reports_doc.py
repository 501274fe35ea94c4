"""docs/reports.md says what reports are."""

import re
from pathlib import Path

from modelroute_cli.cli.report_order import ENDINGS
from modelroute_cli.report.accounting.write import CSV_COLUMNS
from modelroute_cli.report.groups import TEMPLATES_TOLD, TENANTS_TOLD

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reports.md").read_text(encoding="utf-8")


def first_cells(section: str) -> tuple[str, ...]:
    """What stands in the first column of a section's table, in quotes of code."""
    text = PAGE.split(f"## {section}\n")[1].split("\n## ")[0]
    return tuple(re.findall(r"^\| `([a-z_]+)` \|", text, flags=re.MULTILINE))


def test_every_column_of_the_accounts_is_documented_in_order() -> None:
    """And no other."""
    assert first_cells("Accounts") == CSV_COLUMNS


def test_every_format_has_its_ending() -> None:
    """The table names one of each."""
    told = re.findall(r"^\| [A-Za-z]+[^|]*\| `(\.[a-z]+)` \|", PAGE, flags=re.MULTILINE)
    assert {ENDINGS[ending] for ending in told} == set(ENDINGS.values())


def test_what_it_links_to_is_there() -> None:
    """Schemas and pages."""
    linked = re.findall(r"\]\(([a-z/-]+\.(?:json|md))\)", PAGE)
    assert [name for name in linked if not (DOCS / name).is_file()] == []
    assert len(linked) == 4


def test_how_many_groups_are_told_is_what_it_says() -> None:
    """The bounds of the summary."""
    assert f"{TEMPLATES_TOLD} templates and {TENANTS_TOLD} tenants are told one by one" in PAGE
