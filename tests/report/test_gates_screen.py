"""The gates of a run on a terminal."""

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.gates import GateLine
from modelroute_cli.report.gates_screen import gates_screen

REFUSAL = GateLine(
    gate="refusal",
    looked=1_000,
    failed=12,
    accepted_after=9,
    waiting=0,
    false_alarms=1,
    known=4,
    following_pusd=PicoUSD(2_000_000_000),
    own_pusd=PicoUSD(0),
)
JUDGE = GateLine(
    gate="judge",
    looked=None,
    failed=2,
    accepted_after=0,
    waiting=2,
    false_alarms=0,
    known=0,
    following_pusd=PicoUSD(1_000_000_000),
    own_pusd=PicoUSD(3_000_000_000),
)
EMPTY = GateLine(
    gate="empty",
    looked=1_000,
    failed=0,
    accepted_after=0,
    waiting=0,
    false_alarms=0,
    known=0,
    following_pusd=PicoUSD(0),
    own_pusd=PicoUSD(0),
)


def _texts(*lines: GateLine, width: int | None = None) -> list[str]:
    return [line.text for line in gates_screen(lines, width)]


def test_only_gates_that_failed_answers_are_shown() -> None:
    """What is not known says so."""
    assert _texts(REFUSAL, JUDGE, EMPTY) == [
        "",
        "Gate     Looked at  Failed  Then accepted  False alarms  Cost of it",
        "refusal      1,000      12        9 of 12  1 of 4 known     $0.0020",
        "judge      unknown       2         0 of 2       unknown     $0.0040",
    ]


def test_where_no_gate_failed_anything_there_is_no_table() -> None:
    """Most runs."""
    assert _texts(EMPTY) == []
    assert _texts() == []


def test_a_narrow_terminal_drops_columns() -> None:
    """The gate, what it failed, and what that cost stay."""
    assert _texts(REFUSAL, width=30) == ["", "Gate     Failed  Cost of it", "refusal      12     $0.0020"]
