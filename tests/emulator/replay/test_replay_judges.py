"""What judges say of answers in a replay: what is right, as often as they are told to."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.replaying import (
    CHAT,
    FORMATS,
    GEMINI,
    RESPONSES,
    Replaying,
    Row,
    hidden,
    job_of,
    outcomes_of,
    replaying,
    ticket,
    tickets,
)

from modelroute_cli.base.schema import JudgeRule, Request, TaskType
from modelroute_cli.planning.judge_prompt import JudgeQuestion, judge_request


def test_a_recorded_answer_is_said_as_it_is(tmp_path: Path) -> None:
    """Right or wrong, whatever the job expects; judges know what it was worth."""
    rows = [Row("r1", CHAT, 1.0, 9, "Technical, I would say."), Row("r1", GEMINI, 0.0, 9, "Billing, surely.")]
    emulator = replaying(job_of(tmp_path, [ticket(1)]), outcomes_of(tmp_path, rows))
    texts = [emulator.ask(ticket(1), model).text for model in (CHAT, GEMINI)]
    assert texts == ["Technical, I would say.", "Billing, surely."]
    assert [_score(emulator, ticket(1), text) for text in texts] == ["high", "low"]


def _score(emulator: Replaying, request: Request, output: str, judge: str = RESPONSES) -> str:
    """What a judge model says of an answer."""
    question = JudgeQuestion(rule=JudgeRule(model=judge), task_type=TaskType.CLASSIFICATION)
    score = json.loads(emulator.ask(judge_request(request, output, question), judge).text)["score"]
    return "high" if score in {"4", "5"} else "low" if score in {"1", "2"} else score


@pytest.mark.parametrize("judge", FORMATS)
def test_judges_know_what_is_right(judge: str, tmp_path: Path) -> None:
    """In every wire format; of a request that is none of the job they know nothing."""
    request = ticket(1, system="You sort tickets.")
    emulator = replaying(
        job_of(tmp_path, [*tickets(3), ticket(7), replace(request, custom_id="sys")]), replay=hidden(1.0)
    )
    assert [_score(emulator, request, text, judge) for text in ("Technical.", "billing")] == ["high", "low"]
    assert emulator.stats.judged == 2
    _score(emulator, ticket(55), "billing", judge)
    assert (emulator.stats.judged, emulator.stats.unknown) == (2, 1)


@pytest.mark.parametrize(
    ("output", "answer_first", "better"),
    [
        ("technical", True, "tie"),
        ("billing", True, "second"),
        ("billing", False, "first"),
    ],
)
def test_judges_compare_two_answers(output: str, answer_first: bool, better: str, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    """In either order; two that are right are as good as each other."""
    emulator = replaying(job_of(tmp_path, tickets(3)), replay=hidden(1.0))
    rule = JudgeRule(model=CHAT, mode="pairwise")
    question = JudgeQuestion(rule=rule, task_type=TaskType.CLASSIFICATION, answer_first=answer_first)
    said = json.loads(emulator.ask(judge_request(ticket(1), output, question), CHAT).text)
    assert said["better"] == better


def test_judges_err_as_often_as_the_settings_say(tmp_path: Path) -> None:
    """Always about the same answers."""
    requests = tickets(100)
    emulator = replaying(job_of(tmp_path, requests), replay=hidden(1.0, judges={CHAT: 0.8}))
    found = [_score(emulator, request, str(request.expected), CHAT) for request in requests]
    assert found == [_score(emulator, request, str(request.expected), CHAT) for request in requests]
    assert 70 <= found.count("high") <= 90
    assert {_score(emulator, request, str(request.expected), GEMINI) for request in requests[:9]} == {"high"}


def test_without_a_right_answer_in_the_job_answers_are_made_up_and_judged_alike(tmp_path: Path) -> None:
    """All right answers to a request say the same; wrong ones say something else, and are not empty."""
    requests = [
        Request(custom_id=f"m{n}", prompt=f"Write a short e-mail about the fair in hall {n}.") for n in range(30)
    ]
    rows = [Row(f"m{n}", model, float(n % 2), 60) for n in range(30) for model in (CHAT, GEMINI)]
    emulator = replaying(job_of(tmp_path, requests), outcomes_of(tmp_path, rows))
    for number, request in enumerate(requests):
        texts = [emulator.ask(request, model).text for model in (CHAT, GEMINI)]
        assert all(texts)
        wanted = "high" if number % 2 else "low"
        assert [_score(emulator, request, text) for text in texts] == [wanted, wanted]
        assert number % 2 == 0 or texts[0] == texts[1]
