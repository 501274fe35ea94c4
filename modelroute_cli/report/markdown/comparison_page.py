"""A comparison as Markdown, for a pull request or a wiki."""

from collections.abc import Iterator

from modelroute_cli.report.comparison_rows import legend, parts, settings_lines
from modelroute_cli.report.comparison_types import Comparison
from modelroute_cli.report.markdown.text import bullets, heading, prose, table
from modelroute_cli.report.screen import Column


def comparison_page(found: Comparison) -> str:
    """The same numbers as on the terminal, in a table a part."""
    return "\n\n".join(_blocks(found)) + "\n"


def _blocks(found: Comparison) -> Iterator[str]:
    yield heading("Comparison", 1)
    yield bullets([legend(side) for side in found.sides])
    yield from (f"> **Careful:** {prose(text)}" for text in found.cautions)
    columns = [Column("", right=False), *(Column(side.mark) for side in found.sides)]
    for part in parts(found):
        if part.rows:
            yield heading(part.title)
            yield table(columns, [(row[0].strip(), *row[1:]) for row in part.rows])
    yield heading("Settings that differ" if found.settings_that_differ else "Settings")
    yield bullets(settings_lines(found))
