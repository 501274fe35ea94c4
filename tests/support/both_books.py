"""A run against the emulator, and both sides' books of it: what has to agree whatever the faults.

The emulator bills what it generated, whatever became of it afterwards; what we know of an attempt must agree with
its books to the pico-dollar, and what we cannot know must be held in full.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import polars as pl
from support.dying_journal import opened_dying
from support.in_process import EmulatedTransport, Met
from support.plans import CHEAP, OTHER, PRICES, STRONG, Row
from support.runs import PLENTY, Job, Setup, run, scratch

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import EmulatorFaults, EmulatorSettings, RunSettings
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame, read_state
from modelroute_cli.execution.work import RunOutcome

TWENTY_PERCENT = EmulatorFaults(
    rate_limited=0.025,
    server_error=0.025,
    slow=0.025,
    timeout=0.025,
    dropped=0.025,
    empty=0.025,
    truncated=0.025,
    malformed=0.025,
)
LIVELY = EmulatorSettings(latency_s=0.4, rpm=10**6, tpm=10**9)


@dataclass(frozen=True, slots=True)
class Told:
    """What the journal has to say of an attempt that met a fault: its outcome, its kind of failure, its verdict."""

    outcome: str
    failure: str | None = None
    verdict: str | None = None


ANSWERED = Told("answered", None, "pass")
TOLD: dict[str, Told] = {
    "rate_limited": Told("failed", "rate_limited"),
    "server_error": Told("failed", "transient"),
    "error_in_200": Told("failed", "transient"),
    "slow": ANSWERED,
    "timeout": Told("unknown", "unknown"),
    "dropped": Told("unknown", "unknown"),
    "malformed": Told("unknown", "malformed"),
    "empty": Told("answered", None, "empty"),
    "truncated": Told("answered", None, "truncated"),
    "refusal": Told("answered", None, "refusal"),
}
REASONS = {
    "rate_limited": "rate_limited 429: ",
    "server_error": "transient 500: ",
    "error_in_200": "transient",
    "timeout": "unknown: no complete answer from ",
    "dropped": "unknown: the connection to ",
    "malformed": "malformed 200: the answer cannot be read: ",
    "empty": "gate:empty: ",
    "truncated": "gate:truncated: ",
    "refusal": "gate:refusal: ",
}
"""How the reason of a failed request begins, by the fault that its last attempt, or the answer it keeps, met."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that ended, with both sides' books."""

    outcome: RunOutcome
    attempts: pl.DataFrame
    finals: pl.DataFrame
    met: dict[int, Met]  # by attempt
    held_pusd: PicoUSD


def rows_of(
    count: int, model_of: Callable[[int], str] = lambda number: (CHEAP, OTHER, STRONG)[number % 3]
) -> list[Row]:
    """Requests of a word or so, on three accounts."""
    return [
        Row(
            model=model_of(number),
            request=Request(
                custom_id=f"r{number}", prompt=f"Classify the mail number {number} as positive or negative."
            ),
        )
        for number in range(count)
    ]


def ran(
    transport: EmulatedTransport,
    count: int,
    run_settings: RunSettings,
    cap: PicoUSD = PLENTY,
    deaths: Sequence[tuple[int, bool]] = (),
) -> Ran:
    """A run of so many requests, which dies at each of these commits (just after it where that is true) and goes on."""
    with scratch() as folder:
        job = Job.of(rows_of(count), folder)
        for at, after in deaths:
            with suppress(StorageError):
                run(job, transport, Setup(cap=cap, settings=run_settings, open_journal=opened_dying(at, after=after)))
        outcome = run(job, transport, Setup(cap=cap, settings=run_settings))
        met = {int(name.rpartition("-")[2]): item for name, item in transport.met.items()}
        state = read_state(job.journal)
        return Ran(outcome, attempts_frame(job.journal), finals_frame(job.journal), met, state.held_pusd)


def price(model: str, met: Met) -> int:
    """What the other side charges for it."""
    input_pusd, output_pusd = PRICES[model]
    return met.input_tokens * input_pusd + met.output_tokens * output_pusd


def assert_books_agree(got: Ran) -> None:
    """Attempt by attempt: billed is counted, what may have been billed is held, and nothing else is.

    An attempt that the other side never met was cut off before it was sent.
    """
    known, unknown = 0, 0
    for row in got.attempts.iter_rows(named=True):
        met = got.met.get(row["attempt"])
        billed = 0 if met is None else price(row["model"], met)
        if row["cost_pusd"] is None:
            assert billed <= row["reserved_pusd"]
            unknown += billed
        else:
            assert row["cost_pusd"] == billed
            known += billed
    assert set(got.met) <= set(got.attempts["attempt"])
    assert got.outcome.spent_pusd == known
    assert unknown <= got.outcome.held_pusd == got.held_pusd


def assert_each_attempt_is_told_as_it_was(got: Ran) -> None:
    """Its outcome, failure and verdict are those of the fault that it met."""
    for row in got.attempts.iter_rows(named=True):
        told = Told(row["outcome"], row["failure"], row["verdict"])
        fault = got.met[row["attempt"]].fault
        expected = ANSWERED if fault is None else TOLD[fault]
        if got.met[row["attempt"]].status == 429:
            expected = TOLD["rate_limited"]
        assert told == expected, (row["attempt"], fault)


def assert_each_end_has_its_true_reason(got: Ran) -> None:
    """Accepted on an attempt that passed; failed for what its last attempt, or the answer that it keeps, met."""
    last = {row["row"]: row["attempt"] for row in got.attempts.iter_rows(named=True)}
    for final in got.finals.iter_rows(named=True):
        counts = final["attempt"] if final["attempt"] is not None else last[final["row"]]
        fault = got.met[counts].fault
        if final["status"] == "accepted":
            assert (fault in {None, "slow"}, final["reason"]) == (True, "")
        else:
            assert fault is not None
            assert final["reason"].startswith(REASONS[fault]), final


def check(got: Ran) -> None:
    """All of it."""
    assert got.outcome.accepted + got.outcome.failed + got.outcome.unsent == got.finals.height + got.outcome.unsent
    assert_books_agree(got)
    assert_each_attempt_is_told_as_it_was(got)
    assert_each_end_has_its_true_reason(got)
