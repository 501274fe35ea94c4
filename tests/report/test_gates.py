"""What gates caught, and what that cost."""

import polars as pl
import pytest
from support.report_plans import STARTED

from modelroute_cli.base.frames import ATTEMPTS, check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_read import FINALS
from modelroute_cli.execution.verdict_log import NO_VERDICTS, VERDICTS, VerdictLog
from modelroute_cli.report.gates import GateLine, gate_lines

ATTEMPT = {
    "model": "cheap-1",
    "model_served": None,
    "service_tier": "standard",
    "started_at": STARTED,
    "outcome": "answered",
    "emulated": True,
    "reserved_pusd": 900,
}


def _attempts(*made: tuple[int, str, str | None, int | None]) -> pl.DataFrame:
    """Attempts numbered from 1: row, kind, verdict, cost."""
    rows = [
        {"attempt": at, "row": row, "kind": kind, "verdict": verdict, "cost_pusd": cost, **ATTEMPT}
        for at, (row, kind, verdict, cost) in enumerate(made, start=1)
    ]
    return check(pl.DataFrame(rows, schema=ATTEMPTS), ATTEMPTS)


def _finals(**ended: str) -> pl.DataFrame:
    """How rows ended: `r0="accepted"`."""
    rows = [{"row": int(row[1:]), "status": status, "attempt": 1, "reason": ""} for row, status in ended.items()]
    return pl.DataFrame(rows, schema=FINALS)


def _verdicts(looked: dict[str, int] | None, *failed: tuple[int, bool | None, bool | None]) -> VerdictLog:
    """How often gates looked, and of failed answers: attempt, right, same."""
    return VerdictLog(looked, pl.DataFrame(list(failed), schema=VERDICTS, orient="row"))


def _line(gate: str, looked: int | None, **numbers: int) -> GateLine:
    """A gate that found nothing but what is named."""
    none = dict.fromkeys(("failed", "accepted_after", "waiting", "false_alarms", "known"), 0)
    money = {"following_pusd": PicoUSD(0), "own_pusd": PicoUSD(0)}
    return GateLine(gate=gate, looked=looked, **{**none, **money, **numbers})  # type: ignore[arg-type]


def test_a_gate_is_told_by_what_it_caught_and_what_followed() -> None:
    """Row 0 fails twice, on two gates, and is accepted; row 1 passes; row 2 fails for good; row 3 waits."""
    attempts = _attempts(
        (0, "first", "length", 10),
        (0, "escalation", None, 5),  # a failed call
        (0, "retry", "refusal", 20),
        (0, "escalation", "pass", 40),
        (1, "first", "pass", 10),
        (2, "first", "length", 10),
        (3, "first", "length", 10),
    )
    finals = _finals(r0="accepted", r1="accepted", r2="failed")
    looked = {"truncated": 6, "refusal": 6, "empty": 5, "length": 4}
    verdicts = _verdicts(looked, (1, None, None), (3, None, None), (6, None, None), (7, None, None))
    assert gate_lines(attempts, finals, verdicts) == (
        _line("length", 4, failed=3, accepted_after=1, waiting=1, following_pusd=25),
        _line("refusal", 6, failed=1, accepted_after=1, following_pusd=40),
        _line("truncated", 6),
        _line("empty", 5),
    )


@pytest.mark.parametrize(
    ("right", "same", "alarms", "known"),
    [
        (None, None, 0, 0),
        (True, None, 1, 1),
        (False, None, 0, 1),
        (None, True, 1, 1),
        (None, False, 0, 0),  # another answer was accepted: that does not say that this one was wrong
        (False, False, 0, 1),
        (True, True, 1, 1),
    ],
)
def test_a_false_alarm_is_one_that_is_known(right: bool | None, same: bool | None, *, alarms: int, known: int) -> None:  # noqa: FBT001
    """By `expected`, or by the same answer accepted later."""
    attempts = _attempts((0, "first", "judge", 10), (0, "escalation", "pass", 10))
    verdicts = _verdicts({"judge": 2}, (1, right, same))
    line = gate_lines(attempts, _finals(r0="accepted"), verdicts)[0]
    assert (line.gate, line.false_alarms, line.known) == ("judge", alarms, known)


def test_what_a_judge_was_asked_is_its_own_cost() -> None:
    """What followed its failure is what its catch cost; no question is counted among that as well."""
    attempts = _attempts(
        (0, "first", "judge", 10), (0, "judge", None, 3), (0, "escalation", "pass", 20), (0, "judge", None, 4)
    )
    verdicts = _verdicts({"empty": 2, "judge": 2}, (1, None, None))
    line = gate_lines(attempts, _finals(r0="accepted"), verdicts)[0]
    assert (line.own_pusd, line.following_pusd, line.looked) == (PicoUSD(7), PicoUSD(20), 2)


def test_a_journal_that_does_not_say_who_looked_leaves_that_unknown() -> None:
    """None, never 0; what failed is known all the same."""
    attempts = _attempts((0, "first", "length", None), (0, "escalation", "pass", 7))
    assert gate_lines(attempts, _finals(r0="accepted"), NO_VERDICTS) == (
        _line("length", None, failed=1, accepted_after=1, following_pusd=7),
    )


def test_nothing_sent_nothing_said() -> None:
    """A run that has not begun has no gates."""
    assert gate_lines(_attempts(), _finals(), _verdicts({})) == ()
