"""Tests of modelroute_cli.emulator.answering."""

import math
import statistics

import pytest
from msgspec.structs import replace
from support.emulating import UNLIMITED, NotingClock, ask, chat_body, read

from modelroute_cli.catalog.settings import EmulatorFaults, EmulatorSettings
from modelroute_cli.emulator.answering import Answering


def make(settings: EmulatorSettings = UNLIMITED, clock: NotingClock | None = None) -> Answering:
    """A fresh emulator's inside."""
    return Answering(settings, clock or NotingClock())


def faulty(**faults: float) -> Answering:
    """One that has faults."""
    return make(replace(UNLIMITED, faults=EmulatorFaults(**faults)))


def test_an_answer_is_marked_and_counted() -> None:
    """Header, fingerprint, books."""
    answering = make()
    outgoing = ask(answering, chat_body())
    assert (outgoing.status, outgoing.headers["x-modelroute-emulated"]) == (200, "1")
    assert read(outgoing)["id"].startswith("emulated-")
    assert answering.ledger.stats().billed == 1


def test_two_emulators_of_one_seed_answer_alike() -> None:
    """Text, usage and latency; another seed answers otherwise."""
    settings = replace(UNLIMITED, latency_s=0.2)
    one, same, other = (ask(make(chosen), chat_body()) for chosen in (settings, settings, replace(settings, seed=2)))
    assert (one.body, one.delay_s) == (same.body, same.delay_s)
    assert (one.body, one.delay_s) != (other.body, other.delay_s)


def test_latency_is_the_median_plus_the_time_the_tokens_take() -> None:
    """Lognormal around latency_s + tokens / tokens_per_s."""
    answering = make(replace(UNLIMITED, latency_s=1.0, tokens_per_s=10.0))
    body = chat_body("Write a headline.")
    tokens = read(ask(answering, body))["usage"]["completion_tokens"]
    delays = [ask(answering, chat_body(f"Write a headline. {nth}")).delay_s for nth in range(201)]
    assert statistics.median(delays) == pytest.approx(1.0 + tokens / 10, rel=0.25)


def test_latency_zero_is_no_wait() -> None:
    """For fast tests."""
    assert ask(make(), chat_body()).delay_s == 0.0


def test_rate_limits_are_enforced_by_provider() -> None:
    """One account's 429 does not touch another's."""
    answering = make(replace(UNLIMITED, rpm=1))
    statuses = [ask(answering, chat_body(str(nth)), name).status for nth, name in enumerate(["a", "a", "b"])]
    assert statuses == [200, 429, 200]
    assert answering.ledger.stats().rate_limited == 1


def test_a_429_says_how_long_to_wait() -> None:
    """In both headers and in the sentence, and waiting so long is enough."""
    clock = NotingClock()
    answering = make(replace(UNLIMITED, rpm=6), clock)
    refused = [ask(answering, chat_body(str(nth))) for nth in range(7)][-1]
    assert (refused.status, refused.headers["retry-after"], refused.headers["retry-after-ms"]) == (429, "10", "10000")
    assert read(refused)["error"] == {
        "message": "Rate limit reached. Please try again in 10.000s.",
        "type": "requests",
        "param": None,
        "code": "rate_limit_exceeded",
    }
    clock.now_s += 10.0
    assert ask(answering, chat_body("6")).status == 200


def test_every_reply_has_the_rate_headers() -> None:
    """Also errors."""
    answering = make()
    for body in (chat_body(), b"{"):
        assert "x-ratelimit-remaining-tokens" in ask(answering, body).headers


def test_the_output_limit_counts_against_the_tokens_a_minute() -> None:
    """As providers count at admission; without a limit, 4,096."""
    answering = make(replace(UNLIMITED, tpm=10_000))
    remaining = "x-ratelimit-remaining-tokens"
    first = int(ask(answering, chat_body("Hi", max_tokens=100)).headers[remaining])
    assert 9_880 < first < 9_900
    assert first - int(ask(answering, chat_body("Hi")).headers[remaining]) > 4096


def test_a_broken_body_is_refused_and_not_billed() -> None:
    """400, in the books as refused."""
    answering = make()
    assert ask(answering, b"{").status == 400
    assert ask(answering, chat_body(model="gpt-5", max_tokens=3), "openai").status == 400
    stats = answering.ledger.stats()
    assert (stats.requests, stats.refused, stats.billed) == (2, 2, 0)


@pytest.mark.parametrize(
    ("fault", "status", "billed"), [("rate_limited", 429, 0), ("server_error", 500, 0), ("error_in_200", 200, 0)]
)
def test_faults_before_and_instead_of_an_answer(fault: str, status: int, billed: int) -> None:
    """Each with the status real providers use."""
    answering = faulty(**{fault: 1.0})
    outgoing = ask(answering, chat_body())
    assert outgoing.status == status
    assert "error" in read(outgoing)
    stats = answering.ledger.stats()
    assert (stats.faults, stats.billed) == ({fault: 1}, billed)


@pytest.mark.parametrize(
    ("provider", "fault", "status", "code"),
    [
        ("openai", "unauthorized", 401, "invalid_api_key"),
        ("openai", "unpaid", 429, "insufficient_quota"),
        ("deepseek", "unpaid", 402, "invalid_request_error"),
    ],
)
def test_an_account_may_be_served_no_more(provider: str, fault: str, status: int, code: str) -> None:
    """For its key or its money, in the provider's own words; nothing is billed, and no wait would help."""
    answering = faulty(**{fault: 1.0})
    outgoing = ask(answering, chat_body(), provider)
    assert (outgoing.status, read(outgoing)["error"]["code"]) == (status, code)
    assert "retry-after" not in outgoing.headers
    assert answering.ledger.stats().billed == 0


def test_faults_of_the_content() -> None:
    """Empty, cut, refused: 200s that a gate must catch."""
    choices = {
        fault: read(ask(faulty(**{fault: 1.0}), chat_body()))["choices"][0]
        for fault in ("empty", "truncated", "refusal")
    }
    assert choices["empty"]["message"]["content"] == ""
    assert choices["truncated"]["finish_reason"] == "length"
    assert choices["refusal"]["message"]["content"] is None
    assert choices["refusal"]["message"]["refusal"]


def test_a_malformed_answer_is_half_a_body() -> None:
    """JSON that ends too early."""
    outgoing = ask(faulty(malformed=1.0), chat_body())
    assert outgoing.status == 200
    assert outgoing.body.startswith(b'{"id":"emulated-')
    assert not outgoing.body.endswith(b"}")


def test_a_slow_answer_takes_many_times_as_long() -> None:
    """At least a second, also without latency."""
    assert ask(faulty(slow=1.0), chat_body()).delay_s > 0.3


@pytest.mark.parametrize(("provider", "lines"), [("deepseek", True), ("openrouter", True), ("openai", False)])
def test_some_keep_a_slow_line_open_with_blank_lines(provider: str, lines: bool) -> None:  # noqa: FBT001 - a column
    """Three a second; others say nothing until the answer is there."""
    outgoing = ask(faulty(slow=1.0), chat_body(), provider)
    assert outgoing.blank_lines == (math.ceil(3 * outgoing.delay_s) if lines else 0)
    assert ask(make(), chat_body(), provider).blank_lines == 0


def test_a_retry_may_fare_better() -> None:
    """The fault depends on how often the same body came."""
    answering = faulty(server_error=0.5)
    statuses = {ask(answering, chat_body()).status for _ in range(20)}
    assert statuses == {200, 500}


def test_a_repeated_long_prompt_reads_from_the_cache() -> None:
    """The only part of an answer that depends on what came before."""
    answering = make()
    body = chat_body("word " * 3000)
    first, second = (read(ask(answering, body)) for _ in range(2))
    cached = [reply["usage"]["prompt_tokens_details"]["cached_tokens"] for reply in (first, second)]
    assert cached[0] == 0
    assert cached[1] >= 1024
    assert first["choices"] == second["choices"]


def test_models_are_those_asked_for() -> None:
    """The emulator plays any; it lists the ones it has played."""
    answering = make()
    ask(answering, chat_body(model="m-2"))
    ask(answering, chat_body(model="m-1"))
    assert b'"m-1"' in answering.models("acme", {})
    assert answering.models("acme", {}).index(b"m-1") < answering.models("acme", {}).index(b"m-2")
