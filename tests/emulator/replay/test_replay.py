"""Tests of modelroute_cli.emulator.replay.replay: what is recorded is what is answered, on the true wire."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.emulating import UNLIMITED
from support.replaying import (
    CHAT,
    FORMATS,
    GEMINI,
    LABELS,
    MESSAGES,
    RESPONSES,
    SCHEMA,
    Row,
    as_it_is,
    chat,
    hidden,
    job_of,
    outcomes_of,
    replaying,
    ticket,
    tickets,
)

from modelroute_cli.base.schema import GateRules, Request, Tool
from modelroute_cli.providers.base import Answer


def test_two_hundred_prompts_on_three_models_are_right_and_wrong_exactly_as_recorded(tmp_path: Path) -> None:
    """Each answer by itself, in three wire formats; no wrong answer is empty, and each is one of the labels."""
    requests, models = tickets(200), (CHAT, MESSAGES, GEMINI)
    recorded = {
        (n, model): float((n * 7 + place * 3) % 10 < 6) for n in range(200) for place, model in enumerate(models)
    }
    rows = [Row(f"r{number}", model, quality) for (number, model), quality in recorded.items()]
    emulator = replaying(job_of(tmp_path, requests), outcomes_of(tmp_path, rows))
    for (number, model), quality in recorded.items():
        text = emulator.ask(requests[number], model).text
        assert (text == requests[number].expected) == (quality == 1.0), (number, model)
        assert text in LABELS
    assert (emulator.stats.right, emulator.stats.wrong) == (360, 240)


@pytest.mark.parametrize("model", FORMATS)
@pytest.mark.parametrize(
    "request_",
    [
        ticket(1),
        ticket(1, system="You sort tickets.\n"),
        ticket(1, response_schema=SCHEMA),
        ticket(1, response_schema=SCHEMA, system="You sort tickets."),
        chat("chat", ("user", " A "), ("system", "Be brief."), ("user", "C?")),
        chat("turns", ("user", "A"), ("assistant", "B \n"), ("user", "C?")),
        chat("second", ("assistant", "Hello."), ("user", "And now?")),
        chat("twice", ("user", "One."), ("user", "Two.")),
        chat("only", ("system", "Say the word.")),
        Request(custom_id="odd", prompt="Caf\u00e9\u00a0\u2028 \U0001f600 \x1e JSON Schema: {}", system="x" * 3000),
    ],
    ids=lambda request: request.custom_id if isinstance(request, Request) else None,
)  # fmt: skip
def test_a_request_is_found_in_every_wire_format(model: str, request_: Request, tmp_path: Path) -> None:
    """Whatever the format does with turns, white space and the schema."""
    emulator = replaying(job_of(tmp_path, [ticket(9), request_]), replay=hidden(1.0))
    emulator.ask(request_, model)
    assert (emulator.stats.right, emulator.stats.unknown) == (1, 0)


@pytest.mark.parametrize("model", ["deepseek-flash", "portkey/anthropic/claude-haiku-5-5"])
def test_a_request_is_found_where_the_schema_is_told_in_words(model: str, tmp_path: Path) -> None:
    """Models that are held to none; the answer meets it all the same."""
    request = ticket(1, response_schema=SCHEMA)
    emulator = replaying(job_of(tmp_path, [request]), replay=hidden(1.0))
    found = json.loads(emulator.ask(request, model).text)
    assert (found["label"], set(found)) == ("technical", {"label", "sure"})


def test_a_beginning_that_is_marked_for_the_cache_is_found(tmp_path: Path) -> None:
    """Anthropic's format divides the text where the shared beginning ends."""
    request = ticket(1, system="You sort tickets. " * 400)
    emulator = replaying(job_of(tmp_path, [request]), replay=hidden(1.0))
    for chars in (50, 3000, 7215, 7240):
        emulator.ask(request, MESSAGES, prefix=1, prefix_chars=chars)
    assert (emulator.stats.right, emulator.stats.unknown) == (4, 0)


def test_the_same_request_gets_the_same_answer_and_counts_once(tmp_path: Path) -> None:
    """Sent again after a crash or a fault; on another model it is another answer."""
    request = ticket(1)
    rows = [Row("r1", CHAT, 0.0), Row("r1", GEMINI, 1.0)]
    emulator = replaying(job_of(tmp_path, tickets(5)), outcomes_of(tmp_path, rows))
    texts = [emulator.ask(request, CHAT).text for _ in range(3)]
    assert len(set(texts)) == 1
    assert emulator.ask(request, GEMINI).text == "technical"
    assert (emulator.stats.right, emulator.stats.wrong) == (1, 1)


def test_a_graded_quality_is_the_share_of_right_answers(tmp_path: Path) -> None:
    """By request, always the same for one seed, otherwise for another."""
    requests = tickets(200)
    outcomes = outcomes_of(tmp_path, [Row(request.custom_id, CHAT, 0.3) for request in requests])
    job = job_of(tmp_path, requests)
    found = []
    for seed in (1, 1, 2):
        emulator = replaying(job, outcomes, settings=replace(UNLIMITED, seed=seed))
        found.append([emulator.ask(request, CHAT).text == request.expected for request in requests])
    assert found[0] == found[1] != found[2]
    assert 0.2 < sum(found[0]) / 200 < 0.4


def test_what_is_not_recorded_is_answered_as_usual_and_told(tmp_path: Path) -> None:
    """Other models, requests with tools, other texts; this program's own question is none of them."""
    tooled = ticket(3, tools=(Tool(name="look_up"),))
    emulator = replaying(
        job_of(tmp_path, [ticket(1), tooled]), outcomes_of(tmp_path, [Row("r1", CHAT, 1.0), Row("r3", CHAT, 1.0)])
    )
    for request, model in ((ticket(1), GEMINI), (ticket(1), RESPONSES), (tooled, CHAT), (ticket(77), CHAT)):
        assert emulator.ask(request, model).usage is not None
    emulator.ask(Request(custom_id="own", prompt="Which type?\n<prompt-0f>\nWrite a poem\n</prompt-0f>"), CHAT)
    told = emulator.stats
    assert told.without_outcome == {GEMINI: 1, RESPONSES: 1}
    assert (told.with_tools, told.unknown, told.right, told.wrong) == (1, 1, 0, 0)


def test_recorded_tokens_are_what_usage_says(tmp_path: Path) -> None:
    """Thinking with them where the model thinks; never more than the limit, and nothing is cut off for them."""
    rows = [
        Row("r1", CHAT, 1.0, 150),
        Row("r1", RESPONSES, 1.0, 150),
        Row("r1", GEMINI, 1.0, 5000),
        Row("r1", MESSAGES, 1.0, 0),
    ]
    emulator = replaying(job_of(tmp_path, [ticket(1)]), outcomes_of(tmp_path, rows))
    found = {model: emulator.ask(ticket(1), model) for model in FORMATS}
    assert {answer.text for answer in found.values()} == {"technical"}
    assert {answer.finish_reason for answer in found.values()} == {"stop"}
    assert {model: _output(answer) for model, answer in found.items()} == {
        CHAT: (150, 0),
        RESPONSES: (150, 149),
        GEMINI: (2000, 1999),
        MESSAGES: (1, 0),
    }


def _output(answer: Answer) -> tuple[int, int]:
    assert answer.usage is not None
    return answer.usage.output_tokens, answer.usage.reasoning_tokens


def test_an_answer_longer_than_the_limit_is_cut(tmp_path: Path) -> None:
    """As any answer is."""
    request = Request(custom_id="s", prompt="Sum up.", expected="Sales grew by a third. " * 20)
    emulator = replaying(job_of(tmp_path, [request]), replay=hidden(1.0))
    answer = emulator.ask(request, CHAT, max_tokens=10)
    assert (answer.finish_reason, _output(answer)) == ("length", (10, 0))


def test_pictures_tell_requests_of_the_same_words_apart(tmp_path: Path) -> None:
    """By their content, as it is sent."""
    links = [f"https://example.com/{n}.png" for n in range(3)]
    requests = [
        Request(custom_id=f"p{n}", prompt="What is this?", images=(link,), expected=f"A {n}")
        for n, link in enumerate(links)
    ]
    emulator = replaying(job_of(tmp_path, requests, inline=as_it_is), replay=hidden(1.0))
    assert [emulator.ask(request, RESPONSES).text for request in requests] == ["A 0", "A 1", "A 2"]


def test_gates_of_the_request_choose_the_wrong_label(tmp_path: Path) -> None:
    """Labels that the gate allows, so that it cannot tell."""
    gates = GateRules(labels=("yes", "no", "unsure"))
    requests = [Request(custom_id=f"g{n}", prompt=f"Is {n} prime?", expected="yes", gates=gates) for n in range(20)]
    emulator = replaying(job_of(tmp_path, requests), replay=hidden(0.0))
    assert {emulator.ask(request, CHAT).text for request in requests} == {"no", "unsure"}
