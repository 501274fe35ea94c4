"""Which kept runs may go."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.json_schemas import problems

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.kept_runs import HOLD_OUT, PILOT, RUN, Kept, KeptRun, summed
from modelroute_cli.report.kept_screen import choice_screen, kept_screen, size
from modelroute_cli.report.prune_choice import Wish, choose
from modelroute_cli.report.screen import width_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DONE = KeptRun(
    kind=RUN,
    name="d960cec63e35",
    source="jobs/mails\x1b.jsonl",
    state="finished",
    emulated=False,
    set_aside=False,
    requests=992,
    accepted=989,
    failed=3,
    waiting=0,
    handed_in=0,
    spent_pusd=PicoUSD(231_000_000_000),
    written_at="2026-11-20T12:00:00+00:00",
    size_bytes=1_234_567,
)


def kept(**changed: object) -> Kept:
    """A run of four days ago, with some of it changed."""
    line = structs.replace(DONE, **changed)
    return Kept(line, RunFolder(Path("runs"), line.name))


def names(found: list[Kept], wish: Wish) -> list[str]:
    """Those that go."""
    return [each.line.name for each in choose(found, wish, NOW).going]


def test_all_that_is_wished_for_must_hold() -> None:
    """Older, emulated and set aside: one alone is not enough."""
    old_emulated = kept(name="both", emulated=True, set_aside=True)
    found = [kept(name="new", written_at="2026-11-24T11:00:00+00:00", emulated=True), old_emulated, kept(name="real")]
    assert names(found, Wish(emulated=True)) == ["new", "both"]
    assert names(found, Wish(older_than=timedelta(days=1))) == ["both", "real"]
    assert names(found, Wish(older_than=timedelta(days=1), emulated=True)) == ["both"]
    assert names(found, Wish(set_aside=True)) == ["both"]


def test_the_latest_stay_of_those_that_are_meant() -> None:
    """Not of all."""
    found = [kept(name="c"), kept(name="b", emulated=True), kept(name="a", emulated=True)]
    assert names(found, Wish(keep=1)) == ["b", "a"]
    assert names(found, Wish(keep=1, emulated=True)) == ["a"]
    assert names(found, Wish(keep=0)) == ["c", "b", "a"]
    assert names(found, Wish(keep=9)) == []


def test_pilots_and_hold_outs_go_only_when_named() -> None:
    """For plans rest on them."""
    found = [kept(name="p", kind=PILOT), kept(name="h", kind=HOLD_OUT), kept(name="r")]
    assert names(found, Wish(keep=0)) == ["r"]
    assert names(found, Wish(keep=0, pilots=True)) == ["p", "h", "r"]


@pytest.mark.parametrize(
    ("changed", "wish", "why"),
    [
        ({"state": "running"}, Wish(keep=0, unfinished=True), "it is being executed"),
        (
            {"state": "unreadable", "problem": "no plan"},
            Wish(keep=0, unfinished=True),
            "it cannot be read: no plan",
        ),
        (
            {"state": "unfinished", "handed_in": 400},
            Wish(keep=0, unfinished=True),
            "a provider has 400 of its requests: collect or cancel them first",
        ),
        ({"state": "unfinished"}, Wish(keep=0), "it is not finished: `--unfinished` says that it may go"),
        ({"state": "unfinished"}, Wish(keep=0, unfinished=True), None),
        ({"state": "unfinished", "set_aside": True}, Wish(set_aside=True), None),
        (
            {"state": "unfinished", "set_aside": True},
            Wish(keep=0),
            "it is not finished: `--unfinished` says that it may go",
        ),
    ],
)
def test_what_somebody_may_need_stays_and_is_told(changed: dict[str, object], wish: Wish, why: str | None) -> None:
    """Whatever is wished for."""
    choice = choose([kept(**changed)], wish, NOW)
    assert [stays.why for stays in choice.staying] == ([] if why is None else [why])
    assert len(choice.going) == (1 if why is None else 0)


LINES = st.builds(
    kept,
    kind=st.sampled_from([RUN, PILOT]),
    state=st.sampled_from(["running", "unfinished", "finished", "unreadable"]),
    handed_in=st.sampled_from([None, 0, 5]),
    set_aside=st.booleans(),
    emulated=st.sampled_from([None, True, False]),
)
WISHES = st.builds(
    Wish,
    keep=st.sampled_from([None, 0, 1]),
    emulated=st.booleans(),
    set_aside=st.booleans(),
    pilots=st.booleans(),
    unfinished=st.booleans(),
)


@given(st.lists(LINES, max_size=6), WISHES)
def test_nothing_that_runs_or_is_handed_in_ever_goes(found: list[Kept], wish: Wish) -> None:
    """Nor anything that cannot be read, nor what is unfinished where nobody said so."""
    going = [each.line for each in choose(found, wish, NOW).going]
    assert all(line.state in {"unfinished", "finished"} and not line.handed_in for line in going)
    assert all(line.state == "finished" or wish.unfinished or (wish.set_aside and line.set_aside) for line in going)


def test_a_wish_must_say_which() -> None:
    """What else may go says nothing of that."""
    assert not Wish(pilots=True, unfinished=True).says_something
    assert all(wish.says_something for wish in (Wish(keep=0), Wish(emulated=True), Wish(set_aside=True)))


def test_the_list_says_what_each_is() -> None:
    """Names of files are made safe; the sum says what is set aside."""
    many = [kept(), kept(name="40dd462b59f4.1", set_aside=True, emulated=True, failed=0, kind=PILOT, accepted=None)]
    shown = [line.text for line in kept_screen(summed(many), None)]
    assert shown == [
        "Run                     State                  Done   Spent  Last written    Size  Job file",
        "d960cec63e35            finished, 3 failed  989/992  $0.231  2026-11-20    1.2 MB  mails?.jsonl",
        "40dd462b59f4.1 (pilot)  finished, emulated        -  $0.231  2026-11-20    1.2 MB  mails?.jsonl",
        "2 folders (1 of them set aside by --restart), 2.5 MB on disk",
    ]
    assert [line.text for line in kept_screen(summed([]), None)] == ["No runs are kept in this folder."]
    assert max(width_of(line.text) for line in kept_screen(summed(many), 80)) <= 80


def test_json_is_as_its_schema_says() -> None:
    """With what is not known as null."""
    assert problems("runs-list", to_json(summed([kept(), kept(accepted=None, spent_pusd=None, emulated=None)]))) == []


def test_what_cannot_be_read_and_what_stays_is_told() -> None:
    """Below the list."""
    broken = kept(state="unreadable", problem="no plan", accepted=None, spent_pusd=None, handed_in=None, failed=None)
    assert kept_screen(summed([broken]), None)[2].text == "warning: d960cec63e35: no plan"
    choice = choose([broken], Wish(keep=0), NOW)
    assert [line.text for line in choice_screen(choice, None)] == [
        "stays: d960cec63e35, it cannot be read: no plan",
    ]
    assert choose([kept()], Wish(keep=0), NOW).size_bytes == 1_234_567


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (9_960, "10 kB"), (1_234_567, "1.2 MB"), (5 * 10**15, "5,000 TB")],
)
def test_sizes_are_for_people(count: int, text: str) -> None:
    """Two digits or three."""
    assert size(count) == text
