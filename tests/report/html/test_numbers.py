"""The page carries the numbers of the summary, whatever the run."""

from hypothesis import given, settings
from support.html_text import read
from support.random_runs import random_facts

from modelroute_cli.base.money import format_usd
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.report.html.page import run_page
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import RunFacts


def column(rows: list[list[str]], title: str) -> dict[str, str]:
    """One column of a table by the names of its rows."""
    at = rows[0].index(title)
    return {row[0]: row[at] for row in rows[1:]}


@settings(max_examples=15)
@given(random_facts())
def test_every_amount_is_that_of_the_summary(run: RunFacts) -> None:
    """Spent, held, by model, task type, template, tenant and kind of attempt, as the terminal writes them."""
    summary = summarise(run)
    tables = {caption.split(";")[0]: rows for caption, rows in read(run_page(summary)).tables.items()}
    amounts = column(tables["The amounts on one scale: filled is paid, hatched is the 90% range"], "Dollars")
    assert amounts["Spent"] == format_usd(summary.money.spent_pusd)
    assert amounts.get("Possibly billed beyond this", "$0.00") == format_usd(summary.money.held_pusd)
    models = {line.model: format_usd(line.cost_pusd) for line in summary.models}
    assert column(tables["What each model did"], "Cost") == models
    tasks = {line.task_type: format_usd(line.cost_pusd) for line in summary.task_types}
    assert column(tables["What each task type came to"], "Cost") == tasks
    assert summary.details is not None
    templates = {line.name: format_usd(line.cost_pusd) for line in summary.details.templates}
    assert column(tables["What each template came to"], "Cost") == templates
    tenants = {line.name or "(no tenant named)": format_usd(line.cost_pusd) for line in summary.details.tenants}
    assert column(tables.get("What each tenant came to", [["Cost"]]), "Cost") == tenants
    kinds = {line.kind: format_usd(line.cost_pusd) for line in summary.attempts}
    assert column(tables.get("Attempts by kind", [["Cost"]]), "Cost") == kinds
    assert set(kinds) <= set(AttemptKind)
