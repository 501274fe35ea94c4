"""A program of the user's own that scores."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from support.judge_program import command
from support.pilot_answers import answer, requests

from modelroute_cli.base.errors import UsageError
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer
from modelroute_cli.pilot.scorers.command import Scorer, by_command

ENV = {"PATH": os.environ.get("PATH", "")}
HINT = (
    'it reads a line of JSON for each answer and writes one: `{"custom_id": "m-1", "model": "gpt-5", "quality": 0.7}`, '
    "the quality from 0 to 1, and flushes its output; then run the same command again: the answers are kept"
)


def scored(how: str, *answers: Answer, timeout_s: float = 5.0) -> tuple[Observation, ...]:
    """What a program makes of answers."""
    scorer = Scorer(run=command(how), env=ENV, timeout_s=timeout_s)
    return asyncio.run(by_command(answers, requests("reference"), scorer))


def refused(how: str, *answers: Answer, timeout_s: float = 5.0) -> str:
    """Why it came to nothing."""
    with pytest.raises(UsageError) as caught:
        scored(how, *answers, timeout_s=timeout_s)
    assert caught.value.hint == HINT
    return caught.value.message


def test_each_answer_has_its_own_quality() -> None:
    """Also those of several models to one request, in the order given."""
    told = [answer(name, model, "x" * length) for name, model, length in (("a", "m", 5), ("b", "m", 2), ("a", "n", 30))]
    assert [(each.custom_id, each.model, each.quality, each.scorer) for each in scored("scores", *told)] == [
        ("a", "m", 0.5, "command"),
        ("b", "m", 0.2, "command"),
        ("a", "n", 1.0, "command"),
    ]


def test_without_answers_nothing_is_started() -> None:
    """Not even a program that does not exist."""
    assert asyncio.run(by_command([], requests(), Scorer(run=("/nowhere",), env=ENV))) == ()


def test_a_gate_that_says_pass_alone_can_score() -> None:
    """A pass is 1, a failure 0; a program that says no model is believed."""
    assert [each.quality for each in scored("hangs", answer("a"), answer("b"))] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"quality": 7}, "its verdict cannot be read: Expected `float` <= 1.0 - at `$.quality`"),
        ({"quality": -0.1}, "its verdict cannot be read: Expected `float` >= 0.0 - at `$.quality`"),
        ({"quality": "good"}, "its verdict cannot be read: Expected `float | null`, got `str` - at `$.quality`"),
        ({"quality": None}, "its verdict has neither `pass` nor `quality`"),
        ({"quality": 0.5, "model": "other"}, "it answered for `other`"),
    ],
)
def test_what_is_no_quality_is_an_error_with_the_last_words(said: dict[str, object], why: str) -> None:
    """Never a 0; what a terminal would act on is shown as it is written."""
    message = refused("as_told", answer(output=json.dumps({"custom_id": "a", **said})))
    assert message.startswith(
        f"the scorer `{command('x')[0]} {command('x')[3]}` gave no quality for the answer of `cheap-1` to `a`: {why}"
    )
    assert "\x1b" not in message


@pytest.mark.parametrize("output", ["die", '{"custom_id": "a", "quality": NaN} die'])
def test_a_program_that_dies_is_an_error(output: str) -> None:
    """With its code and what it wrote last, on either stream."""
    assert refused("as_told", answer(output=output)).endswith(
        f"it ended with code 9; its last words: last words\\x1b[2J / {output}"
    )


@pytest.mark.parametrize(
    ("run", "name"),
    [
        (("./score",), "./score"),
        (("python3", "-u", "score.py", "--key=1.2"), "python3 score.py"),
        (("score", "--token", "abc"), "score"),
    ],
)
def test_a_scorer_is_called_by_its_script(run: tuple[str, ...], name: str) -> None:
    """And by no other of its arguments."""
    assert Scorer(run=run, env={}).name == name


def test_silence_is_an_error_when_its_time_is_over() -> None:
    """Four are asked at the same time, so each has four times its own."""
    assert "to `a`: no verdict within 0.2 s" in refused("hangs", answer(output="hang"), timeout_s=0.05)


def test_a_program_that_is_not_there_is_an_error() -> None:
    """Before anything is asked."""
    with pytest.raises(UsageError) as caught:
        asyncio.run(by_command([answer()], requests(), Scorer(run=("/nowhere/score",), env=ENV)))
    assert caught.value.message == "the scorer `/nowhere/score` cannot be started: No such file or directory"
    assert caught.value.hint == "name a program on your PATH, or its path; it must be executable"


def test_it_sees_the_request_its_reference_and_no_more_of_the_environment(tmp_path: Path) -> None:
    """One line of JSON; stderr goes to the log."""
    heard: list[str] = []
    place = tmp_path / "score.py"
    place.write_text(
        "import json, os, sys\n"
        "for line in sys.stdin:\n"
        "    asked = json.loads(line)\n"
        "    print(line.strip(), sorted(set(os.environ) & {'SECRET', 'SHOP'}), file=sys.stderr, flush=True)\n"
        "    print(json.dumps({'custom_id': asked['custom_id'], 'quality': 1}), flush=True)\n"
    )
    run = (command("x")[0], "-S", "-E", str(place))
    scorer = Scorer(run=run, env={**ENV, "SHOP": "1"}, log=heard.append)
    asyncio.run(by_command([answer("a")], requests("reference"), scorer))
    line, _, names = heard[0].rpartition(" [")
    assert names == "'SHOP']"
    assert json.loads(line) == {
        "custom_id": "a",
        "model": "cheap-1",
        "task_type": "other",
        "request": {"messages": [{"role": "user", "content": "What of a?"}], "expected": "reference"},
        "output": "fine",
    }
