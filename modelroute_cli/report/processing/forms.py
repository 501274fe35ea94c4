"""The record as Markdown, HTML, JSON and lines of a terminal: one content, four forms."""

import textwrap
from collections.abc import Callable, Mapping
from pathlib import PurePath

from modelroute_cli.base.errors import UsageError
from modelroute_cli.report.html.page import any_page
from modelroute_cli.report.html.section import Section
from modelroute_cli.report.html.tables import facts
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.markdown.text import bullets, heading, prose, table
from modelroute_cli.report.markup import element, joined
from modelroute_cli.report.processing.texts import Chapter, chapters
from modelroute_cli.report.processing.types import Record
from modelroute_cli.report.screen import Column, Line, Screen, safe

TITLE = "Record of processing"
_MOST = 2_000  # characters of one saying
_COLUMNS = (Column("Field", right=False), Column("Entry", right=False))


def markdown(found: Record) -> str:
    """For wikis and pull requests."""
    parts = [heading(TITLE, 1), prose(_made(found)), *(_markdown(each) for each in chapters(found))]
    return "\n\n".join(parts) + "\n"


def html(found: Record) -> str:
    """One file that fetches nothing."""
    top = joined((element("h1", TITLE), element("p", _made(found))))
    return any_page(TITLE, top, [_section(at, each) for at, each in enumerate(chapters(found))])


def screen(found: Record, width: int | None) -> Screen:
    """For a terminal, wrapped at its width (None: not)."""
    lines = [Line(TITLE, "bold"), Line(_made(found))]
    for each in chapters(found):
        lines += [Line(), Line(safe(each.title), "bold")]
        lines += [Line(text) for said in each.said for text in _wrapped(f"{said.term}: {said.text}", width)]
        lines += [Line(text) for paragraph in each.paragraphs for text in _wrapped(paragraph, width)]
    return tuple(lines)


FORMS: Mapping[str, Callable[[Record], str]] = {
    ".md": markdown,
    ".html": html,
    ".json": lambda found: to_json(found) + "\n",
}


def form_of(name: str) -> Callable[[Record], str]:
    """How a file of that name is written; UsageError for another ending."""
    form = FORMS.get(PurePath(name).suffix.lower())
    if form is not None:
        return form
    message = f"`{name}`: a record of processing is written as .md, .html or .json"
    raise UsageError(message, hint="name it with one of these endings: `-o processing.md`")


def _made(found: Record) -> str:
    return f"Made {found.made_at} by modelroute {found.tool_version}, from plans and journals. Counts, never the data."


def _markdown(each: Chapter) -> str:
    rows = [(said.term, said.text) for said in each.said]
    parts = [heading(each.title)]
    parts += [table(_COLUMNS, rows)] if rows else []
    parts += [bullets(each.paragraphs)] if each.paragraphs else []
    return "\n\n".join(parts)


def _section(at: int, each: Chapter) -> Section:
    paragraphs = [element("p", text) for text in each.paragraphs]
    said = [facts([(one.term, one.text) for one in each.said])] if each.said else []
    return Section(f"part-{at + 1}", each.title, joined((*said, *paragraphs)))


def _wrapped(text: str, width: int | None) -> list[str]:
    shown = safe(text, most=_MOST)
    return textwrap.wrap(shown, width, subsequent_indent="    ") if width else [shown]
