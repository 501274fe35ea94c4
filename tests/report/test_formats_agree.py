"""Whatever was run, every format carries the same numbers."""

import io

from hypothesis import given, settings
from support.journal_of import journal_of
from support.random_runs import random_facts
from support.read_back import Rounded, from_csv, from_html, from_json, from_markdown, from_terminal
from support.runs import scratch

from modelroute_cli.report.accounting.rows import account_blocks
from modelroute_cli.report.accounting.write import write_csv
from modelroute_cli.report.details_screen import details_screen
from modelroute_cli.report.html.page import run_page as html_page
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.markdown.run_page import run_page as markdown_page
from modelroute_cli.report.run_screen import report_screen
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import RunFacts


def accounts(run: RunFacts) -> str:
    """The accounts of a run as CSV, by its journal."""
    file = io.BytesIO()
    with scratch() as folder:
        write_csv(account_blocks(run.plan, journal_of(run, folder / "journal.db")), file)
    return file.getvalue().decode()


@settings(max_examples=20)
@given(random_facts())
def test_all_formats_carry_the_same_numbers(run: RunFacts) -> None:
    """Money of the whole, of models, tenants and templates, what was saved, and how many requests were answered."""
    summary = summarise(run)
    told = from_json(to_json(summary))
    assert (told.spent_pusd, told.accepted) == (summary.money.spent_pusd, summary.counts.accepted)
    assert from_csv(accounts(run)) == told
    models = {line.model: line.cost_pusd for line in summary.models}
    shown = Rounded(told, models, summary.baselines[0].actual_saved_share).shown()
    assert from_terminal((*report_screen(summary, None), *details_screen(summary.details, None))) == shown
    assert from_markdown(markdown_page(summary)) == shown
    assert from_html(html_page(summary)) == shown
