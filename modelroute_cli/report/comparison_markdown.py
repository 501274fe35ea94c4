"""A comparison as Markdown, for a pull request or a wiki; names are texts of strangers, so all marks are escaped."""

import re
from collections.abc import Iterator

from modelroute_cli.report.comparison_rows import Part, legend, parts, settings_lines
from modelroute_cli.report.comparison_types import Comparison

_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&@:-])")


def comparison_markdown(found: Comparison) -> str:
    """The same numbers as on the terminal, in a table a part."""
    return "\n".join(_lines(found))


def _lines(found: Comparison) -> Iterator[str]:
    yield "# Comparison"
    yield ""
    yield from (f"- {_text(legend(side))}" for side in found.sides)
    for text in found.cautions:
        yield ""
        yield f"> **Careful:** {_text(text)}"
    for part in parts(found):
        if part.rows:
            yield from _table(part, [side.mark for side in found.sides])
    yield ""
    yield "## Settings that differ" if found.settings_that_differ else "## Settings"
    yield ""
    yield from (f"- {_text(text)}" for text in settings_lines(found))


def _table(part: Part, marks: list[str]) -> Iterator[str]:
    yield ""
    yield f"## {part.title}"
    yield ""
    yield f"| | {' | '.join(marks)} |"
    yield f"|---|{'---:|' * len(marks)}"
    for row in part.rows:
        yield f"| {' | '.join(_text(cell.strip()) for cell in row)} |"


def _text(text: str) -> str:
    """The text with every sign escaped that Markdown could take for its own."""
    return _MARKS.sub(r"\\\1", text)
