"""Requests that are left with their providers."""

import pytest
from support.cli import Cli

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.cli.detached import emulator_of, is_left, left_advice, patience_of
from modelroute_cli.cli.flags import RunFlags
from modelroute_cli.cli.run import exit_code
from modelroute_cli.execution.work import Patience, RunOutcome, RunStatus


def _outcome(status: RunStatus, handed_in: int = 500) -> RunOutcome:
    return RunOutcome(
        status=status,
        accepted=0,
        failed=0,
        unsent=500,
        sent_now=500,
        spent_pusd=PicoUSD(0),
        held_pusd=PicoUSD(0),
        cap_pusd=PicoUSD(10**12),
        handed_in=handed_in,
    )


def test_a_run_waits_unless_it_is_detached() -> None:
    """An emulator that runs elsewhere stays, as a provider does."""
    assert patience_of(RunFlags(target="jobs.jsonl")) is Patience.WAIT
    assert patience_of(RunFlags(target="jobs.jsonl", detach=True)) is Patience.LEAVE
    assert patience_of(RunFlags(target="j", detach=True, emulator_url="http://127.0.0.1:1")) is Patience.LEAVE


def test_an_emulator_that_ends_with_the_program_cannot_be_left_anything() -> None:
    """The hint names the one that can."""
    with pytest.raises(UsageError) as refused:
        patience_of(RunFlags(target="jobs.jsonl", detach=True, emulator=True))
    assert refused.value.message == (
        "--detach: the emulator that --emulator starts ends with this program, and what it was handed with it"
    )
    assert refused.value.hint == (
        "start one that stays with `modelroute emulator`, and add `--emulator-url` with the address it prints"
    )


def test_the_refusal_comes_before_anything_is_read(cli: Cli) -> None:
    """Not even the job file."""
    done = cli("run", "none.jsonl", "--emulator", "--detach", "--yes")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err.startswith("error: --detach: the emulator")


@pytest.mark.parametrize(
    ("outcome", "flag", "left"),
    [
        (_outcome(RunStatus.WAITING), "--detach", True),
        (_outcome(RunStatus.STOPPED), "--yes", True),
        (_outcome(RunStatus.STOPPED), "--emulator-url", True),
        (_outcome(RunStatus.STOPPED), "--emulator", False),
        (_outcome(RunStatus.CAP_REACHED), "--yes", False),
        (_outcome(RunStatus.STOPPED, 0), "--yes", False),
        (_outcome(RunStatus.DONE, 0), "--yes", False),
    ],
)
def test_what_goes_on_without_the_program_is_told(outcome: RunOutcome, flag: str, *, left: bool) -> None:
    """Where money ended the run, that comes first; the table of what is handed in is shown all the same."""
    assert is_left(outcome, ["modelroute", "run", "jobs.jsonl", flag]) is left


def test_waiting_has_an_exit_code_of_its_own() -> None:
    """Scripts tell it from an ending and from an interruption."""
    assert int(exit_code(_outcome(RunStatus.WAITING))) == int(ExitCode.WAITING) == 5


def test_what_to_type_when() -> None:
    """To collect, to look, to stop; nothing of it is urgent."""
    told = left_advice(_outcome(RunStatus.WAITING), "0123456789ab", ["run", "my jobs.jsonl", "--detach", "--yes"])
    assert told.splitlines() == [
        "",
        "Your providers go on with what was handed in, and bill what they answer.",
        "To collect what is there, run the same again, today or later (without `--detach` it waits for all of it):",
        "    modelroute run 'my jobs.jsonl' --detach --yes",
        "To see how far it is, run:",
        "    modelroute status 0123456789ab",
        "To stop it (500 requests), and pay only for what was done, run:",
        "    modelroute cancel 0123456789ab",
    ]


def test_after_an_interruption_nothing_is_said_of_detaching() -> None:
    """The same command waits, as it did."""
    told = left_advice(_outcome(RunStatus.STOPPED), "0123456789ab", ["run", "jobs.jsonl"])
    assert "today or later:\n    modelroute run jobs.jsonl\n" in told


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [
        (["run", "j", "--emulator-url", "http://127.0.0.1:1"], ["--emulator-url", "http://127.0.0.1:1"]),
        (["run", "--emulator-url=http://127.0.0.1:1", "j"], ["--emulator-url=http://127.0.0.1:1"]),
        (["run", "j"], []),
    ],
)
def test_an_emulated_run_is_cancelled_where_it_was_handed_in(arguments: list[str], flag: list[str]) -> None:
    """The address goes with the command."""
    assert emulator_of(arguments) == flag
    told = left_advice(_outcome(RunStatus.WAITING), "0123456789ab", arguments).splitlines()
    assert told[-1].split() == ["modelroute", "cancel", "0123456789ab", *flag]
    assert told[1].startswith("The emulator goes on" if flag else "Your providers go on")
