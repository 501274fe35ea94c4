"""Readers that pull the numbers out of a report again, one for each format."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt

from modelroute_cli.base.money import PicoUSD, format_usd, from_usd
from modelroute_cli.report.screen import Screen

UNNAMED = frozenset({"(no tenant)", "(no tenant named)", "(no template)"})
_GAP = re.compile(r"\s{2,}")
_SPACE = "\u200b"
Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a report for people says of a run, as it says it."""

    spent: str
    saved: str
    models: Mapping[str, str]  # name -> cost
    tenants: Mapping[str, str]
    templates: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What a report for programs says, to the last pico-dollar."""

    spent_pusd: int
    accepted: int
    failed: int
    tenants: Mapping[str, int]
    templates: Mapping[str, int]


def from_terminal(screen: Screen) -> Shown:
    """The tables of a screen that is as wide as needed: their cells are two blanks apart."""
    lines = [_GAP.split(line.text.strip()) for line in screen]
    compared = {line[0]: line for line in lines if line[0] in {"Cost", "Saved"} and len(line) > 2}
    return Shown(
        compared["Cost"][2],
        compared["Saved"][2],
        **{name: _costs(_under(lines, head)) for name, head in _HEADS.items()},
    )


_HEADS = {"models": "Model", "tenants": "Tenant", "templates": "Template"}


def _under(lines: Sequence[list[str]], head: str) -> Rows:
    """A table and its title, up to an empty line or one that is no row of it."""
    at = next((at for at, line in enumerate(lines) if line[0] == head), None)
    if at is None:
        return []
    end = next((end for end in range(at, len(lines)) if len(lines[end]) < 2), len(lines))
    return list(lines[at:end])


def _costs(rows: Rows) -> dict[str, str]:
    """The column `Cost` by the first one."""
    if not rows:
        return {}
    place = rows[0].index("Cost")
    return {"" if row[0] in UNNAMED else row[0]: row[place] for row in rows[1:]}


class _Tables(HTMLParser):
    """Every table of a page, in order, under its first header."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Rows] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A table, a row or a cell begins."""
        del attrs
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        """A cell ends."""
        if tag in {"td", "th"}:
            self._inside = False

    def handle_data(self, data: str) -> None:
        """Text of a cell; others are none of ours."""
        if self._inside:
            self.tables[-1][-1][-1] += data.replace(_SPACE, "")

    def named(self, head: str) -> Rows:
        """The first table whose first header is this; none where there is none."""
        return next((rows for rows in self.tables if rows and rows[0][0] == head), [])


def from_html(page: str, compared: str = "Against the plan") -> Shown:
    """The tables of a page; `compared` heads the one that holds projected against actual."""
    reader = _Tables()
    reader.feed(page)
    against = {row[0]: row for row in reader.named(compared)}
    found = {name: _costs(reader.named(head)) for name, head in _HEADS.items()}
    return Shown(against["Cost"][2], against["Saved"][2], **found)


def from_markdown(page: str) -> Shown:
    """The same, once a parser has made a page of it."""
    return from_html(MarkdownIt("commonmark").enable("table").render(page), "")


def from_json(text: str) -> Told:
    """The keys that scripts read."""
    found: dict[str, Any] = json.loads(text)
    groups = {
        name: {line["name"]: from_usd(line["cost_usd"]) for line in found["details"][name]}
        for name in ("tenants", "templates")
    }
    counts = found["counts"]
    return Told(from_usd(found["money"]["spent_usd"]), counts["accepted"], counts["failed"], **groups)


def from_csv(text: str) -> Told:
    """The sums of the accounts; duplicates are no requests of their own."""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    own = Counter(row["status"] for row in rows if not row["duplicate_of"])
    groups = {name: _sums(rows, name.removesuffix("s")) for name in ("tenants", "templates")}
    named = groups["tenants"] if set(groups["tenants"]) - {""} else {}
    spent = sum(from_usd(row["cost_usd"]) for row in rows)
    return Told(spent, own["accepted"], own["failed"], named, groups["templates"])


def _sums(rows: Sequence[Mapping[str, str]], column: str) -> dict[str, int]:
    """Costs by a column, whose cells are as they were before they were defused."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row[column].removeprefix("'")] += from_usd(row["cost_usd"])
    return dict(sums)


@dataclass(slots=True)
class Rounded:
    """What a report for people must say where one for programs says this."""

    told: Told
    models: Mapping[str, PicoUSD] = field(default_factory=dict)
    saved_share: float | None = None

    def shown(self) -> Shown:
        """Rounded as every report rounds."""
        return Shown(
            format_usd(self.told.spent_pusd),
            "-" if self.saved_share is None else f"{self.saved_share:.1%}",
            {name: format_usd(cost) for name, cost in self.models.items()},
            {name: format_usd(cost) for name, cost in self.told.tenants.items()},
            {name: format_usd(cost) for name, cost in self.told.templates.items()},
        )
