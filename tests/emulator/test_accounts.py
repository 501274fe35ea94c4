"""Tests of modelroute_cli.emulator.accounts, and of what the answers say of them."""

from typing import Any

import pytest
from msgspec.structs import replace
from support.emulating import UNLIMITED, NotingClock, ask, chat_body, read

from modelroute_cli.catalog.settings import EmulatorChange, EmulatorFaults, EmulatorLimits, EmulatorSettings
from modelroute_cli.emulator.accounts import Accounts, Wait
from modelroute_cli.emulator.answering import Answering
from modelroute_cli.emulator.buckets import Mark
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.gemini import GEMINI
from modelroute_cli.emulator.rate_limits import Load

LITTLE = Load(input_tokens=1, output_limit=1)


def with_limits(**limits: EmulatorLimits) -> EmulatorSettings:
    """Two underscores in a name stand for the stroke between provider and model."""
    return replace(UNLIMITED, limits={name.replace("__", "/"): item for name, item in limits.items()})


def answering(settings: EmulatorSettings, clock: NotingClock | None = None) -> Answering:
    """The emulator without HTTP."""
    return Answering(settings, clock or NotingClock())


def statuses(emulator: Answering, times: int, model: str = "gpt-4.1", provider: str = "acme") -> list[int]:
    """Of so many different requests."""
    return [ask(emulator, chat_body(f"Say {nth}.", model=model), provider).status for nth in range(times)]


def test_models_of_one_account_share_its_limits() -> None:
    """Whichever of them is asked."""
    accounts = Accounts(with_limits(acme=EmulatorLimits(rpm=2)), NotingClock())
    assert accounts.passage("acme", "a").admit(LITTLE) is None
    assert accounts.passage("acme", "b").admit(LITTLE) is None
    assert accounts.passage("acme", "c").admit(LITTLE) == Wait(30.0)
    assert accounts.passage("other", "a").admit(LITTLE) is None


def test_a_model_may_have_limits_of_its_own() -> None:
    """The others of its account do not notice, and what it refuses its account has not counted."""
    limits = with_limits(acme=EmulatorLimits(rpm=3), acme__small=EmulatorLimits(rpm=1))
    accounts = Accounts(limits, NotingClock())
    small, large = accounts.passage("acme", "small"), accounts.passage("acme", "large")
    assert [small.admit(LITTLE), small.admit(LITTLE)] == [None, Wait(60.0)]
    assert [large.admit(LITTLE), large.admit(LITTLE), large.admit(LITTLE)] == [None, None, Wait(20.0)]


def test_an_account_has_the_general_limits_where_it_names_none() -> None:
    """`rpm` and `tpm` of all accounts."""
    settings = replace(with_limits(acme=EmulatorLimits(tpm=500)), rpm=70, tpm=9000)
    standing = Accounts(settings, NotingClock()).passage("acme").standing()
    assert standing.requests == Mark(limit=70, remaining=70, reset_s=0.0)
    assert standing.tokens == Mark(limit=500, remaining=500, reset_s=0.0)


def test_the_headers_state_the_limit_that_is_nearest() -> None:
    """Of account and model the one with less left."""
    limits = with_limits(acme=EmulatorLimits(rpm=1000), acme__small=EmulatorLimits(rpm=4))
    headers = ask(answering(limits), chat_body(model="small"), "acme").headers
    assert (headers["x-ratelimit-limit-requests"], headers["x-ratelimit-remaining-requests"]) == ("4", "3")


def test_an_account_may_say_nothing_of_its_limits() -> None:
    """The mark of the emulator stays."""
    headers = ask(answering(with_limits(acme=EmulatorLimits(headers=False))), chat_body()).headers
    assert [name for name in headers if "ratelimit" in name] == []
    assert headers["x-modelroute-emulated"] == "1"


def test_a_429_may_say_nothing_of_the_wait() -> None:
    """Neither in a header nor in its sentence."""
    emulator = answering(with_limits(acme=EmulatorLimits(rpm=1, retry_after=False)))
    refused = [ask(emulator, chat_body(str(nth))) for nth in range(2)][1]
    assert (refused.status, read(refused)["error"]["message"]) == (429, "Too many requests.")
    assert [name for name in refused.headers if name.startswith("retry-after")] == []


def test_a_429_may_say_what_is_not_so() -> None:
    """One second, when it is a minute."""
    emulator = answering(with_limits(acme=EmulatorLimits(rpm=1, retry_after_s=1.0)))
    refused = [ask(emulator, chat_body(str(nth))) for nth in range(2)][1]
    assert refused.headers["retry-after"] == "1"


def test_in_an_outage_nothing_is_served_billed_or_counted() -> None:
    """Server errors, until it ends."""
    clock = NotingClock()
    change = EmulatorChange(at_s=5, until_s=10, outage=True)
    emulator = answering(with_limits(acme=EmulatorLimits(rpm=2, schedule=(change,))), clock)
    got = []
    for clock.now_s in (0.0, 5.0, 9.0, 10.0):
        got += statuses(emulator, 1)
    assert got == [200, 500, 500, 200]
    stats = emulator.ledger.stats()
    assert (stats.billed, stats.faults) == (2, {"outage": 2})


@pytest.mark.parametrize(("failures", "expected"), [("none", [500] * 4), ("errors", [500, 500, 429, 429])])
def test_errors_use_up_the_limit_where_they_count(failures: Any, expected: list[int]) -> None:  # noqa: ANN401 - a word of EmulatorLimits
    """Every request fails, and two a minute may come."""
    limits = with_limits(acme=EmulatorLimits(rpm=2, charge_failures=failures))
    emulator = answering(replace(limits, faults=EmulatorFaults(server_error=1.0)))
    assert statuses(emulator, 4) == expected


def test_an_answer_that_lasts_holds_its_place() -> None:
    """Where only one is answered at a time."""
    clock = NotingClock()
    emulator = answering(replace(with_limits(acme=EmulatorLimits(concurrency=1)), latency_s=1.0), clock)
    first = ask(emulator, chat_body("one"))
    assert statuses(emulator, 1) == [429]
    clock.now_s = first.delay_s + 0.001
    assert statuses(emulator, 1) == [200]


def test_groq_s_day_is_the_account_s_where_it_has_one() -> None:
    """Its request headers count a day."""
    headers = ask(answering(with_limits(groq=EmulatorLimits(rpd=50))), chat_body(), "groq").headers
    assert (headers["x-ratelimit-limit-requests"], headers["x-ratelimit-remaining-requests"]) == ("50", "49")


def test_gemini_s_day_is_another_quota_that_speaks_of_seconds() -> None:
    """As its free accounts do."""
    emulator = answering(with_limits(gemini=EmulatorLimits(rpd=1)))
    body = b'{"contents": [{"parts": [{"text": "Hi"}]}]}'
    incoming = Incoming(provider="gemini", client_id=None, body=body, model="gemini-3-flash")
    assert emulator.answer(incoming, GEMINI).status == 200
    refused = emulator.answer(incoming, GEMINI)
    assert refused.status == 429
    assert b"PerDay" in refused.body
    assert b'"retryDelay":"22.000s"' in refused.body.replace(b": ", b":")
