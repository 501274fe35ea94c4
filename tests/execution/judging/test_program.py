"""Programs that judge answers: what they say in any order, and what becomes of a run when they misbehave."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from support.judge_program import command

from modelroute_cli.execution.judging.program import AskedRequest, Program, Question, Told, Turn, Untold

ENV = {"PATH": os.environ.get("PATH", "")}


def question(name: str = "a", output: str = "fine") -> Question:
    """A question about an answer."""
    return Question(name, "cheap-1", "email", AskedRequest((Turn("user", "write"),)), output)


def with_program(how: str, ask: Callable[[Program], Coroutine[object, object, object]], grace_s: float = 2.0) -> object:
    """What `ask` makes of a running program; it is closed afterwards."""

    async def main() -> object:
        program = await Program.start(command(how), ENV, print)
        try:
            return await ask(program)
        finally:
            await program.close(grace_s)

    return asyncio.run(main())


def test_it_is_asked_in_json_and_tells_a_quality() -> None:
    """Unknown fields of its answer are passed over."""
    told = with_program("length", lambda program: program.ask(question(), 10))
    assert told == Told("a", None, 0.4, "4 characters")


def test_it_sees_the_request_and_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each; what it writes to stderr is kept."""
    told = with_program("shows", lambda program: program.ask(question(), 10))
    assert told == Told(
        "a",
        False,
        None,
        '{"custom_id": "a", "model": "cheap-1", "output": "fine", '
        '"request": {"messages": [{"content": "write", "role": "user"}]}, "task_type": "email"}',
    )
    assert capsys.readouterr().out == "judging a\n"


def test_answers_may_come_in_any_order() -> None:
    """Each goes to the question it names."""

    async def ask(program: Program) -> list[bool | None]:
        told = await asyncio.gather(*(program.ask(question(name), 10) for name in "abc"))
        return [each.passed for each in told if isinstance(each, Told)]

    assert with_program("backwards", ask) == [True, False, True]


def test_a_program_that_dies_leaves_those_who_wait_unjudged() -> None:
    """At once, with its exit code; so are later questions."""

    async def ask(program: Program) -> list[Told | Untold]:
        return [await program.ask(question("a", "poison"), 10), await program.ask(question("b"), 10)]

    assert with_program("poison", ask) == [Untold("it ended with code 3")] * 2


def test_each_question_has_its_own_time() -> None:
    """One that is not answered is unjudged, the others are."""

    async def ask(program: Program) -> list[Told | Untold]:
        await program.ask(question("begin"), 10)
        return list(await asyncio.gather(program.ask(question("a", "hang"), 0.2), program.ask(question("b"), 10)))

    assert with_program("hangs", ask) == [Untold("no verdict within 0.2 s"), Told("b", True)]


def test_several_late_ones_in_a_row_end_it() -> None:
    """A program that hangs holds up a few answers, not all of a run."""

    async def ask(program: Program) -> list[Told | Untold]:
        return [await program.ask(question(str(nth), "hang"), 0.02) for nth in range(6)]

    found = with_program("hangs", ask)
    assert found == [
        *[Untold("no verdict within 0.02 s")] * 5,
        Untold("it answered none of 5 questions in a row in time"),
    ]


def test_a_late_verdict_is_not_taken_for_that_of_another_answer() -> None:
    """While a question about a request is open, the next answer to that request is not asked about."""

    async def ask(program: Program) -> list[Told | Untold]:
        late = await program.ask(question("a"), 0.3)
        same = await program.ask(question("a"), 0.3)
        await program.ask(question("b"), 0.3)  # now the program answers for `a`
        await program.ask(question("c"), 0.3)
        return [late, same, await program.ask(question("a"), 0.3)]

    found = with_program("late", ask)
    assert found == [
        Untold("no verdict within 0.3 s"),
        Untold("an earlier question about the same request is still open"),
        Untold("no verdict within 0.3 s"),
    ]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("floods", "it wrote 100 lines in a row that are no verdict anybody waits for"),
        ("long_line", "it wrote a line of more than 1,000,000 bytes"),
        ("unreadable", "its verdict cannot be read: Expected `float` <= 1.0 - at `$.quality`"),
        ("says_nothing", "its verdict has neither `pass` nor `quality`"),
    ],
)
def test_garbage_is_no_verdict(how: str, why: str) -> None:
    """Neither a flood nor an endless line fills the memory, and nobody waits for their time to run out."""
    assert with_program(how, lambda program: program.ask(question(), 60)) == Untold(why)


def test_a_program_that_ignores_the_end_is_killed() -> None:
    """First its input ends, then SIGTERM comes, then SIGKILL."""
    assert with_program("stubborn", lambda program: program.ask(question(), 10), 0.1) == Told("a", True)


def test_a_program_that_is_not_there_cannot_be_started(tmp_path: Path) -> None:
    """The caller is told by an OSError."""
    with pytest.raises(FileNotFoundError):
        asyncio.run(Program.start((str(tmp_path / "none"),), ENV, print))
