"""Texts of strangers do nothing, wherever they are shown: ids, tenants, templates, answers and what providers say."""

import csv
import io
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from markdown_it import MarkdownIt
from msgspec import structs
from support.cli import Cli
from support.report_plans import STARTED, assignments, attempts, facts, header
from support.run_folders import folder_of

from modelroute_cli.base.frames import ASSIGNMENTS, ATTEMPTS
from modelroute_cli.execution.journal_read import FINALS
from modelroute_cli.execution.results import write_results
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.run_types import RunFacts

HOSTILE = (
    "<script>alert(1)</script>",
    '<svg onload="alert(1)"><foreignObject>',
    "<img src=x onerror=alert(1)>",
    "</td></table></main>",
    "--><!--]]>",
    '=HYPERLINK("http://evil.example")',
    "@SUM(A1)",
    "+1",
    "-1",
    "\t=1",
    "\r\n=1",
    "\uff1d1",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "\u202eevil\u2066",
    "a\0b",
    "\u2028line\u2029",
    "| a |\n|---|\n```\n# h",
    "[x](javascript:alert(1)) ![y](http://evil.example/y.png) <http://evil.example>",
    "@octocat #1 http://evil.example www.evil.example",
    "$x$ `id` ${IFS}",
    "x" * 1_000_000,
)
_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d]")
_OBEYED = {"Cc", "Cs", "Zl", "Zp"}
_REORDERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KEPT = dict.fromkeys(map(ord, "\t\r\n\u2028\u2029\u202e\u2066"))  # texts of people; no terminal obeys a line end
_LONGEST_LINE = 2_000
_TAGS = frozenset({"h1", "h2", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "pre", "code"})
"""What our own Markdown is made of."""


def hostile_run() -> RunFacts:
    """A request for each text: its id, its tenant, its template, its answer, and the reason for which it failed."""
    first, tried = assignments().row(0, named=True), attempts().row(0, named=True)
    rows = [
        {**first, "row": at, "custom_id": text[:512], "tenant": text, "template": text[:80], "language": "en"}
        for at, text in enumerate(HOSTILE)
    ]
    sent = [
        {**tried, "attempt": at + 1, "row": at, "started_at": STARTED, "model_served": text, "verdict": "refusal",
         "detail": text}
        for at, text in enumerate(HOSTILE)
    ]  # fmt: skip
    ended = [{"row": at, "status": "failed", "attempt": at + 1, "reason": text} for at, text in enumerate(HOSTILE)]
    totals = structs.replace(header().totals, requests=len(rows), duplicates=0)
    return replace(
        facts(),
        plan=Plan(structs.replace(header(), totals=totals), pl.DataFrame(rows, schema=ASSIGNMENTS).lazy()),
        attempts=pl.DataFrame(sent, schema=ATTEMPTS),
        finals=pl.DataFrame(ended, schema=FINALS),
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that run, whose answers say the same."""
    root = tmp_path_factory.mktemp("hostile")
    folder_of(hostile_run(), root, {at + 1: text for at, text in enumerate(HOSTILE)})
    return root


@pytest.fixture
def shown(hostile: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command line in that folder."""
    return Cli(hostile, monkeypatch, capsys)


def obeyed(text: str) -> list[str]:
    """The signs in it that move a cursor, recolour a terminal or reorder what is read."""
    return [
        char
        for char in sorted(set(text))
        if char != "\n" and (unicodedata.category(char) in _OBEYED or char in _REORDERS)
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("report", "--details"),
        ("report", "--plain"),
        ("show", ".modelroute/runs/0123456789ab/plan"),
        ("runs", "list"),
        ("report", "--format", "markdown"),
    ],
)
def test_a_terminal_obeys_nothing(shown: Cli, arguments: tuple[str, ...]) -> None:
    """No escape, no sign that reorders a line, and no line of a megabyte."""
    done = shown(*arguments)
    assert done.code in {0, 1}
    assert (obeyed(done.out), obeyed(done.err)) == ([], [])
    assert max(map(len, (done.out + done.err).splitlines())) < _LONGEST_LINE


@pytest.mark.parametrize("command", ["report", "status"])
def test_json_is_the_same_and_moves_no_cursor(shown: Cli, command: str) -> None:
    """What a terminal would obey is escaped."""
    done = shown(command, "--json")
    assert obeyed(done.out) == []
    assert done.json["run_id"] == "0123456789ab"


def test_markdown_has_no_tag_link_or_picture_of_theirs(shown: Cli) -> None:
    """A parser that lets HTML through finds our own elements alone."""
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(shown("report", "--format", "markdown").out)
    assert {tag.lower() for tag in re.findall(r"<\s*([a-zA-Z0-9]+)", page)} <= _TAGS
    assert page.count("<table>") == page.count("</table>")


class _Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.add(tag)
        self.attributes.update((name, value or "") for name, value in attrs)


def test_html_runs_and_fetches_nothing(shown: Cli) -> None:
    """No script, no handler, no picture, no address outside the page, and nothing that a megabyte makes large."""
    page = shown("report", "--format", "html").out
    found = _Elements()
    found.feed(page)
    assert found.tags.isdisjoint(
        {"script", "img", "iframe", "object", "embed", "foreignobject", "form", "link", "base"}
    )
    assert [name for name, _ in found.attributes if name.startswith("on")] == []
    assert [value for name, value in found.attributes if name in {"href", "src"} and not value.startswith("#")] == []
    assert obeyed(page.replace("\t", " ")) == []
    assert len(page) < 300_000


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    csv.field_size_limit(10**7)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_computes_nothing(shown: Cli) -> None:
    """Accounts and results: as many rows as requests, and no cell that a spreadsheet takes for a formula."""
    run = hostile_run()
    shown("report", "-o", "accounts.csv")
    write_results(shown.folder / ".modelroute/runs/0123456789ab/journal.db", run.plan, shown.folder / "r.csv", "csv")
    for name in ("accounts.csv", "r.csv"):
        rows = rows_of((shown.folder / name).read_bytes().decode())
        assert len(rows) == len(HOSTILE)
        assert [cell[:9] for row in rows for cell in row.values() if _FORMULA.match(cell)] == []
        assert obeyed("".join(cell for row in rows for cell in row.values()).translate(_KEPT)) == []
