"""The page of a run or of a plan as a whole: one file, in order, with every number from the summary."""

from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.hostile import LONG, SCRIPTS, UNSEEN, hostile_run
from support.html_text import read
from support.report_plans import attempts, facts, finals
from support.summaries import full_run, group, small_plan, small_run

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.detail_types import Details
from modelroute_cli.report.html.page import plan_page, run_page
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import RunSummary

FULL = run_page(full_run())
NAMES = read(FULL).names
HOSTILE = run_page(hostile_run())
SECTIONS = [
    "Projected and actual cost",
    "Cost and quality",
    "Saved by cause",
    "By model",
    "By task type",
    "By template",
    "By tenant",
    "Escalations and gates",
    "Latency",
    "Pace and limits",
    "Failures",
    "What this rests on",
]


class Headings(HTMLParser):
    """The texts of the headings of one level."""

    def __init__(self, level: str) -> None:
        super().__init__()
        self.level, self.found, self._inside = level, list[str](), False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._inside = tag == self.level
        if self._inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != self.level

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def headings(html: str, level: str) -> list[str]:
    """The headings of one level, in order."""
    found = Headings(level)
    found.feed(html)
    return found.found


def details(summary: RunSummary) -> Details:
    """What it says beyond its totals."""
    assert summary.details is not None
    return summary.details


def test_the_answer_is_the_only_first_heading() -> None:
    """What was answered for how much, instead of what."""
    assert headings(FULL, "h1") == ["989 requests answered for $6.400, 77.8% less than with gpt-5 for all"]


def test_sections_come_in_the_order_in_which_they_are_read() -> None:
    """And can be jumped to by links in the same order."""
    assert headings(FULL, "h2") == SECTIONS
    found = read(FULL)
    links = [value for tag, key, value in found.attributes if (tag, key) == ("a", "href")]
    keys = [value for tag, key, value in found.attributes if (tag, key) == ("section", "id")]
    assert links == ["#report", *(f"#{key}" for key in keys)]


def test_a_run_without_details_leaves_their_sections_out() -> None:
    """No empty table, no picture of nothing."""
    assert headings(run_page(structs.replace(small_run(), details=None)), "h2") == [
        "Projected and actual cost",
        "Saved by cause",
        "By model",
        "By task type",
        "Escalations and gates",
    ]


def test_a_run_that_has_sent_nothing_has_a_page() -> None:
    """All of it waits, nothing was spent, and what is unknown is called that."""
    nothing = replace(facts(), attempts=attempts().head(0), finals=finals().head(0), spent_pusd=PicoUSD(0))
    page = run_page(summarise(nothing))
    assert headings(page, "h1") == ["0 requests answered for $0.00 so far"]
    assert "unknown" in read(page).texts


def test_a_plan_is_called_a_projection() -> None:
    """Its page has the same order as far as there is anything to say."""
    page = plan_page(small_plan())
    assert headings(page, "h1") == ["Planned: 2 requests for ~$0.0000000053, 93% less than with gpt-5 for all"]
    assert headings(page, "h2") == [
        "Projected cost",
        "Cost and quality",
        "Saved by cause",
        "By model",
        "By task type",
        "Against one model",
        "How good this plan is",
        "What this rests on",
    ]
    assert "This plan was not run yet: all numbers are projections." in "".join(read(page).texts)


def test_the_page_allows_itself_nothing() -> None:
    """No script, no link to anything, no picture from anywhere; the policy says so too."""
    found = read(FULL)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(found.names)
    assert ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:") in found.attributes
    assert all(value.startswith("#") for _, key, value in found.attributes if key in {"href", "src", "action"})
    assert "url(http" not in FULL
    assert "@import" not in FULL


def test_the_page_can_be_read_by_machines_that_read_to_people() -> None:
    """Language, landmarks, a link past the top, captions, scopes, and pictures with names."""
    found = read(FULL)
    assert ("html", "lang", "en") in found.attributes
    assert {"header", "nav", "main", "footer", "title"} <= set(found.names)
    assert ("a", "class", "skip") in found.attributes
    assert found.names.count("caption") == found.names.count("table") == len(found.tables)
    scopes = {value for tag, key, value in found.attributes if (tag, key) == ("th", "scope")}
    assert scopes == {"col", "row"}
    images = found.attributes.count(("svg", "role", "img"))
    hidden = found.attributes.count(("svg", "aria-hidden", "true"))
    assert images + hidden == found.names.count("svg") - _inner(FULL)
    assert images == found.names.count("title") - 1 == found.names.count("desc")


def _inner(html: str) -> int:
    """Pictures inside of pictures, which are parts of those."""
    inner, depth = 0, 0
    for piece in html.split("<")[1:]:
        depth += piece.startswith("svg") - piece.startswith("/svg")
        inner += piece.startswith("svg") and depth > 1
    return inner


def test_an_emulated_run_says_so_before_all_else_and_a_real_one_does_not() -> None:
    """Nobody takes it for money."""
    said = [text for text in read(FULL).texts if text.strip()]
    assert said[1:3] == ["Skip to the report", "EMULATED: nothing was sent to a provider, nothing was paid"]
    assert "EMULATED" not in run_page(structs.replace(full_run(), emulated=False))


def test_hostile_texts_are_texts() -> None:
    """They add no element to what the page has, and no attribute of theirs is one."""
    names = set(read(HOSTILE).names)
    assert names <= set(read(FULL).names)
    attributes = {key for _, key, _ in read(HOSTILE).attributes}
    assert attributes <= {key for _, key, _ in read(FULL).attributes}
    said = "\n".join(read(HOSTILE).texts)
    assert all(script in said for script in SCRIPTS)


def test_nothing_that_cannot_be_seen_is_in_the_page() -> None:
    """No override turns an amount around, no control steers a program that shows the file."""
    unseen = {char for char in UNSEEN if not char.isprintable()}
    assert not unseen & set(HOSTILE)
    assert "pay [U+202E]00.001$[U+202C] [U+200B]now[U+0000] [U+001B][2Jgone" in "\n".join(read(HOSTILE).texts)


def test_a_megabyte_is_cut_and_that_is_said() -> None:
    """The page can still be sent by mail."""
    assert len(HOSTILE.encode()) < 300_000
    assert LONG[:3_000] not in HOSTILE
    assert "… (cut, 1,000,000 characters)" in HOSTILE


def test_a_thousand_groups_and_reasons_stay_a_page() -> None:
    """The dearest are shown, the number of the others is told."""
    run = full_run()
    many = tuple(group(f"tenant with a rather long name, number {at}", 1000.0 - at) for at in range(1000))
    reasons = tuple(structs.replace(run.failures[0], reason=f"reason {at}") for at in range(1000))
    found = structs.replace(details(run), templates=many, tenants=many)
    page = run_page(structs.replace(run, failures=reasons, details=found))
    assert len(page.encode()) < 300_000
    said = read(page).texts
    assert said.count("and 900 tenants more, in the other formats") == 1
    assert "88 tenants more" in said
    assert "and 950 reasons more, in the other formats" in said


@settings(max_examples=12)
@given(st.text(max_size=30), st.text(min_size=1, max_size=30))
def test_any_name_leaves_the_page_whole(name: str, text: str) -> None:
    """Whatever tenants, files and answers are called, another parser finds the same elements."""
    run = full_run()
    found = details(run)
    tenants = (structs.replace(found.tenants[0], name=name), found.tenants[1])
    samples = (structs.replace(found.samples[0], text=text, custom_id=name), found.samples[1])
    drawn = structs.replace(run, details=structs.replace(found, tenants=tenants, samples=samples))
    assert read(run_page(drawn)).names == NAMES


def test_headings_never_skip_a_level() -> None:
    """A reader that goes by headings finds its way."""
    levels = [int(name[1]) for name in read(FULL).names if name in {"h1", "h2", "h3"}]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
