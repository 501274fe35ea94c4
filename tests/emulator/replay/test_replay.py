"""Tests of modelroute_cli.emulator.replay.replay: what is recorded is what is answered, on the true wire."""

import asyncio
import json
from pathlib import Path
from typing import Literal

import pytest
from msgspec.structs import replace
from support.emulating import UNLIMITED
from support.replaying import (
    CHAT,
    GEMINI,
    MESSAGES,
    RESPONSES,
    Replaying,
    Row,
    as_it_is,
    job_of,
    outcomes_of,
    replaying,
)

from modelroute_cli.base.schema import GateRules, JudgeRule, Message, Request, TaskType, Tool
from modelroute_cli.catalog.hidden_quality import EmulatorDrift, EmulatorReplay
from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.answering import Given
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.chat import CHAT as CHAT_DIALECT
from modelroute_cli.emulator.exchange import Posted, key_of
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.emulator.server import start
from modelroute_cli.planning.judge_prompt import JudgeQuestion, judge_request
from modelroute_cli.providers.base import Answer
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport

FORMATS = (CHAT, RESPONSES, MESSAGES, GEMINI)
LABELS = ("billing", "technical", "other")
Role = Literal["system", "user", "assistant"]
_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"label": {"type": "string", "enum": list(LABELS)}, "sure": {"type": "boolean"}},
    "required": ["label", "sure"],
    "additionalProperties": False,
}


def ticket(number: int, **fields: object) -> Request:
    """A request whose right answer is one of three labels."""
    prompt = f"Which label fits this ticket: billing, technical or other?\n\n  Ticket {number}.\tIt broke."
    return replace(Request(custom_id=f"r{number}", prompt=prompt, expected=LABELS[number % 3]), **fields)


def tickets(count: int) -> list[Request]:
    """Requests of one template."""
    return [ticket(number) for number in range(count)]


def chat(custom_id: str, *turns: tuple[Role, str]) -> Request:
    """A request of several turns."""
    return Request(custom_id=custom_id, messages=tuple(Message(role, said) for role, said in turns))


def hidden(quality: float, **fields: object) -> EmulatorReplay:
    """Every model is worth the same on everything."""
    return replace(EmulatorReplay(qualities={"*": {"*": quality}}), **fields)


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
        ticket(1, response_schema=_SCHEMA),
        ticket(1, response_schema=_SCHEMA, system="You sort tickets."),
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
    request = ticket(1, response_schema=_SCHEMA)
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
    requests = tickets(400)
    outcomes = outcomes_of(tmp_path, [Row(request.custom_id, CHAT, 0.3) for request in requests])
    job = job_of(tmp_path, requests)
    found = []
    for seed in (1, 1, 2):
        emulator = replaying(job, outcomes, settings=replace(UNLIMITED, seed=seed))
        found.append([emulator.ask(request, CHAT).text == request.expected for request in requests])
    assert found[0] == found[1] != found[2]
    assert 0.23 < sum(found[0]) / 400 < 0.37


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


@pytest.mark.parametrize(
    ("bad", "finish", "text"),
    [("refusal", "refusal", False), ("empty", "stop", False), ("truncated", "length", True), ("wrong", "stop", True)],
)
def test_bad_answers_show_as_often_as_gates_shall_catch_them(bad: str, finish: str, text: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    """A share of the wrong ones, by model; right answers never."""
    requests = [
        Request(custom_id=f"s{n}", prompt=f"Sum up report {n}.", expected=f"Report {n} says that sales grew.")
        for n in range(60)
    ]
    settings = hidden(0.5, gate_catch={CHAT: 0.5}, bad_answers=bad)
    emulator = replaying(job_of(tmp_path, requests), replay=settings)
    answers = [(request, emulator.ask(request, CHAT)) for request in requests]
    told = emulator.stats
    assert (told.shown_bad > 0) == (bad != "wrong")
    if bad != "wrong":
        shown = [answer for _, answer in answers if answer.finish_reason == finish and bool(answer.text) == text]
        shown = [answer for answer in shown if all(answer.text != request.expected for request, _ in answers)]
        assert len(shown) >= told.shown_bad > 5
        assert told.shown_bad < told.wrong
    assert sum(answer.text == request.expected for request, answer in answers) == told.right


def test_a_drift_makes_right_answers_wrong_from_then_on(tmp_path: Path) -> None:
    """After so many requests; the same ones again are answered as before, and it is told how many fell."""
    requests = tickets(300)
    drift = EmulatorDrift(model=CHAT, after_requests=100, quality=0.5)
    emulator = replaying(job_of(tmp_path, requests), replay=hidden(1.0, drift=(drift,)))
    right = [emulator.ask(request, CHAT).text == request.expected for request in requests]
    assert all(right[:100])
    assert 0.38 < sum(right[100:]) / 200 < 0.62
    assert all(emulator.ask(request, GEMINI).text == request.expected for request in requests[:50])
    assert right == [emulator.ask(request, CHAT).text == request.expected for request in requests]
    [told] = emulator.stats.drifts
    assert (told.since, told.after_requests, told.changed) == ("2026-11-23T10:00:00+00:00", 100, right.count(False))


def test_a_drift_may_come_with_time_and_on_one_template(tmp_path: Path) -> None:
    """Seconds from the first request of the job."""
    requests = tickets(40)
    drift = EmulatorDrift(model=CHAT, after_s=60, quality=0.0, template="odd")
    job = job_of(tmp_path, requests, templates=["odd" if n % 2 else "even" for n in range(40)])
    emulator = replaying(job, replay=hidden(1.0, drift=(drift,)))
    right = []
    for number, request in enumerate(requests):
        emulator.clock.now_s = 5.0 * number
        right.append(emulator.ask(request, CHAT).text == request.expected)
    assert right == [number < 12 or number % 2 == 0 for number in range(40)]


def test_a_drift_that_does_not_come_changes_nothing(tmp_path: Path) -> None:
    """And says so."""
    drift = EmulatorDrift(model=CHAT, after_requests=9, quality=0.0)
    emulator = replaying(job_of(tmp_path, tickets(5)), replay=hidden(1.0, drift=(drift,)))
    assert all(emulator.ask(request, CHAT).text == request.expected for request in tickets(5))
    [told] = emulator.stats.drifts
    assert (told.since, told.after_requests, told.changed) == (None, None, 0)


def test_lines_of_a_batch_are_answered_as_recorded(tmp_path: Path) -> None:
    """The same answers as alone, however often the results are read, and counted once."""
    requests = tickets(20)
    rows = [Row(request.custom_id, CHAT, float(number % 2)) for number, request in enumerate(requests)]
    emulator = replaying(job_of(tmp_path, requests), outcomes_of(tmp_path, rows))
    incomings = [
        Incoming(
            provider="mistral",
            client_id=None,
            body=format_for(emulator.call(each, CHAT).provider).encode(emulator.call(each, CHAT)).body,
        )
        for each in requests
    ]
    for _ in range(2):
        for incoming, request, row in zip(incomings, requests, rows, strict=True):
            posted = Posted(incoming=incoming, dialect=CHAT_DIALECT, digest=key_of(incoming), nth=0)
            served = emulator.emulator._answering.line(Given(posted=posted, at_s=0.0))
            text = json.loads(served.body)["choices"][0]["message"]["content"]
            assert (text == request.expected) == (row.quality == 1.0)
    assert (emulator.stats.right, emulator.stats.wrong) == (10, 10)


def test_a_whole_batch_of_the_wire_is_answered_as_recorded(tmp_path: Path) -> None:
    """Anthropic's, from its creation to its results."""
    requests = tickets(6)
    rows = [Row(request.custom_id, MESSAGES, float(number % 2)) for number, request in enumerate(requests)]
    emulator = replaying(job_of(tmp_path, requests), outcomes_of(tmp_path, rows))
    params = [
        json.loads(format_for(emulator.call(each, MESSAGES).provider).encode(emulator.call(each, MESSAGES)).body)
        for each in requests
    ]
    body = {
        "requests": [
            {"custom_id": each.custom_id, "params": param} for each, param in zip(requests, params, strict=True)
        ]
    }
    url = "http://emulated/anthropic/v1/messages/batches"
    headers = {"anthropic-version": "2023-06-01"}
    made = json.loads(emulator.emulator.exchange("POST", url, headers, iter((json.dumps(body).encode(),))).content())
    emulator.clock.now_s = 100.0
    returned = emulator.emulator.exchange("GET", f"{url}/{made['id']}/results", headers, iter(()))
    found = {
        line["custom_id"]: line["result"]["message"]["content"][0]["text"]
        for line in map(json.loads, returned.content().splitlines())
    }
    assert [found[each.custom_id] == each.expected for each in requests] == [row.quality == 1.0 for row in rows]


def test_faults_go_on_beside_the_replay(tmp_path: Path) -> None:
    """A truncated answer is a right one, cut."""
    request = Request(custom_id="s", prompt="Sum up.", expected="Sales grew by a third, and costs fell.")
    settings = replace(UNLIMITED, faults=EmulatorFaults(truncated=1.0))
    emulator = replaying(job_of(tmp_path, [request]), replay=hidden(1.0), settings=settings)
    answer = emulator.ask(request, CHAT)
    assert (answer.finish_reason, str(request.expected).startswith(answer.text)) == ("length", True)


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


def test_the_server_replays_too(tmp_path: Path) -> None:
    """Over HTTP, with the books at /stats."""
    emulator = replaying(job_of(tmp_path, tickets(4)), replay=hidden(1.0))

    async def ask() -> tuple[str, bytes]:
        server = await start(UNLIMITED, replay=emulator.replay)
        transport = make_transport(2)
        try:
            call = emulator.call(ticket(2), CHAT, provider=rewire(emulator.catalog.providers["mistral"], server.url))
            sent = await transport.send(format_for(call.provider).encode(call), 10.0)
            stats = server.stats.replay
            assert stats is not None
            return json.loads(sent.body)["choices"][0]["message"]["content"], json.dumps([stats.right]).encode()
        finally:
            await transport.close()
            await server.stop()

    assert asyncio.run(ask()) == ("other", b"[1]")


def test_gates_of_the_request_choose_the_wrong_label(tmp_path: Path) -> None:
    """Labels that the gate allows, so that it cannot tell."""
    gates = GateRules(labels=("yes", "no", "unsure"))
    requests = [Request(custom_id=f"g{n}", prompt=f"Is {n} prime?", expected="yes", gates=gates) for n in range(20)]
    emulator = replaying(job_of(tmp_path, requests), replay=hidden(0.0))
    assert {emulator.ask(request, CHAT).text for request in requests} == {"no", "unsure"}
