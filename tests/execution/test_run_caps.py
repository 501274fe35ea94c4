"""Runs under caps of tenants, providers and days, in virtual time."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.fake_transport import Act, FakeProvider, Script, always, answer, failure
from support.plans import CHEAP, OTHER, STRONG, WORST, Row
from support.runs import Job, Setup, run, scratch

from modelroute_cli.base.money import PicoUSD, to_decimal
from modelroute_cli.catalog.settings import CapSettings, RunSettings
from modelroute_cli.execution.caps import CapKind
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame
from modelroute_cli.execution.work import Before, RunOutcome, RunStatus
from modelroute_cli.providers.base import Answer, Call, FailureKind

ONE = 600  # what an answer of 50 tokens of the cheap model costs
ACME, OTHERS = Row(tenant="acme"), Row(tenant="other")
DAY_S = 86_400.0


def dollars(pusd: int) -> str:
    """As settings have it."""
    return f"{to_decimal(pusd):f}"


def told(outcome: RunOutcome) -> list[tuple[CapKind, str, int]]:
    """The caps that were reached, and how many requests each kept back."""
    return [(short.kind, short.name, short.requests) for short in outcome.short]


def served(job: Job) -> Counter[str | None]:
    """Accepted requests by tenant."""
    done = finals_frame(job.journal).filter(status="accepted")
    return Counter(job.rows[row].tenant for row in done["row"])


def test_a_tenant_without_money_keeps_nobody_else_back(tmp_path: Path) -> None:
    """Its first four are answered, its others are left, and every request of the others is answered."""
    job = Job.of([ACME] * 10 + [OTHERS] * 10, tmp_path)
    caps = CapSettings(tenants={"acme": dollars(WORST[CHEAP] + 3 * ONE)})

    outcome = run(job, FakeProvider(always(answer())), Setup(caps=caps))

    assert (outcome.status, outcome.unsent, served(job)) == (RunStatus.CAP_REACHED, 6, {"acme": 4, "other": 10})
    assert outcome.message == (
        "the cap of $0.0000000039 for tenant `acme` leaves no room for 6 of its requests: $0.0000000024 spent"
    )
    [short] = outcome.short
    assert short.enough_pusd == 4 * ONE + 2 * 6 * ONE + WORST[CHEAP]


def test_what_is_said_to_be_enough_is_enough(tmp_path: Path) -> None:
    """The same run with the cap that was named ends; nothing is paid twice."""
    job = Job.of([ACME] * 30, tmp_path)
    provider = FakeProvider(always(answer()))
    first = run(job, provider, Setup(caps=CapSettings(tenants={"acme": dollars(5_000)})))
    [short] = first.short

    second = run(job, provider, Setup(caps=CapSettings(tenants={"acme": dollars(short.enough_pusd)})))

    assert (second.status, second.accepted, len(provider.sent)) == (RunStatus.DONE, 30, 30)


def test_a_run_that_goes_on_knows_what_its_tenants_spent(tmp_path: Path) -> None:
    """With the same caps as before, nothing more is sent."""
    job = Job.of([ACME] * 10 + [OTHERS] * 3, tmp_path)
    provider = FakeProvider(always(answer()))
    setup = Setup(caps=CapSettings(tenants={"default": dollars(3_000)}))
    first = run(job, provider, setup)
    sent = len(provider.sent)

    second = run(job, provider, setup)

    assert (first.accepted, second.accepted, len(provider.sent)) == (4, 4, sent)
    assert told(second) == [(CapKind.TENANT, "acme", 8), (CapKind.TENANT, "other", 1)]


def test_lost_answers_stay_counted_for_their_tenant(tmp_path: Path) -> None:
    """They may have been billed: three of them use up a tenant's money, also in the next session."""
    job = Job.of([ACME] * 10, tmp_path)
    provider = FakeProvider(always(None))
    setup = Setup(
        caps=CapSettings(tenants={"acme": dollars(3 * WORST[CHEAP])}),
        settings=RunSettings(concurrency=2, timeout_s=5.0),
    )
    run(job, provider, setup)

    second = run(job, provider, setup)

    assert len(provider.sent) == 3
    assert second.message == (
        "the cap of $0.0000000063 for tenant `acme` leaves no room for 10 of its requests: $0.00 spent, "
        "$0.0000000063 held for attempts whose outcome is unknown"
    )


def test_a_provider_without_money_keeps_nobody_else_back(tmp_path: Path) -> None:
    """Its requests are left, those of the others go on; a retry elsewhere counts there."""
    job = Job.of([Row()] * 6 + [Row(model=OTHER)] * 6, tmp_path)

    outcome = run(
        job, FakeProvider(always(answer())), Setup(caps=CapSettings(providers={"cheap": dollars(WORST[CHEAP])}))
    )

    assert (outcome.accepted, told(outcome)) == (7, [(CapKind.PROVIDER, "cheap", 5)])
    assert outcome.message == (
        "the cap of $0.0000000021 for provider `cheap` leaves no room for 5 of its requests: $0.00000000060 spent"
    )


def test_money_that_is_only_reserved_is_waited_for(tmp_path: Path) -> None:
    """Concurrency falls to what a tenant's money covers at worst, and all of its requests are answered."""
    job = Job.of([ACME] * 10 + [OTHERS] * 10, tmp_path)
    provider = FakeProvider(always(answer()))
    most = PicoUSD(10 * ONE + 2 * WORST[CHEAP])

    outcome = run(job, provider, Setup(caps=CapSettings(tenants={"acme": dollars(most)})))

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 20)
    at_once = [
        int(call.request.custom_id[1:]) for call, at in zip(provider.sent, provider.times, strict=True) if at == 0
    ]
    assert sorted(at_once) == [0, 1, 2, 3, 10, 11, 12, 13]


def test_a_day_has_its_own_money(tmp_path: Path) -> None:
    """Answers that take most of a day: on each day as many are sent as its money covers, until all are answered."""
    job = Job.of([Row()] * 6, tmp_path)
    provider = FakeProvider(always(answer(), after_s=DAY_S))
    setup = Setup(
        caps=CapSettings(per_day=dollars(2 * WORST[CHEAP])),
        settings=RunSettings(timeout_s=2 * DAY_S, fit_output_limits=False),
    )

    outcome = run(job, provider, setup)

    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 6)
    assert [int(time // DAY_S) for time in provider.times] == [0, 0, 1, 1, 2, 2]


def test_a_day_without_money_ends_the_run(tmp_path: Path) -> None:
    """It does not wait for midnight: it says which day it is, and the same command goes on the next day."""
    job = Job.of([Row()] * 6, tmp_path)
    setup = Setup(caps=CapSettings(per_day=dollars(WORST[CHEAP] + ONE)))

    outcome = run(job, FakeProvider(always(answer())), setup)

    assert (outcome.status, outcome.accepted) == (RunStatus.CAP_REACHED, 2)
    assert outcome.message == (
        "the cap of $0.0000000027 for 2026-11-23 (UTC) leaves no room for 4 of its requests: $0.0000000012 spent"
    )


def test_questions_asked_before_count_on_the_day_of_the_run(tmp_path: Path) -> None:
    """What was spent and held before is gone from the day's money too."""
    job = Job.of([Row()] * 3, tmp_path)
    setup = Setup(caps=CapSettings(per_day=dollars(3_000)), asked=Before(PicoUSD(500), PicoUSD(401)))

    outcome = run(job, FakeProvider(always(answer())), setup)

    assert (outcome.accepted, told(outcome)) == (0, [(CapKind.DAY, "2026-11-23", 3)])


def test_an_escalation_that_only_the_day_has_no_money_for_stays_open(tmp_path: Path) -> None:
    """Tomorrow may bring it a better answer; without money at all it would end with the answer it has."""
    job = Job.of([Row()], tmp_path)
    refusal = FakeProvider(always(answer("I cannot help with this.")))

    outcome = run(job, refusal, Setup(caps=CapSettings(per_day=dollars(WORST[CHEAP] + 1000))))
    assert (outcome.status, outcome.unsent, outcome.failed) == (RunStatus.CAP_REACHED, 1, 0)

    outcome = run(job, refusal, Setup(cap=PicoUSD(WORST[CHEAP] + 1000)))
    assert (outcome.status, outcome.failed) == (RunStatus.DONE, 1)


def test_escalations_leave_a_tenants_money_to_its_waiting_requests(tmp_path: Path) -> None:
    """A tenant whose money covers its first answers and no escalation besides gets every first answer."""
    job = Job.of([ACME] * 10, tmp_path)
    provider = FakeProvider(always(answer("")))
    caps = CapSettings(tenants={"acme": dollars(9 * ONE + WORST[CHEAP])})

    outcome = run(job, provider, Setup(caps=caps, settings=RunSettings(concurrency=1)))

    assert {call.card.name for call in provider.sent} == {CHEAP}
    assert (len(provider.sent), outcome.failed, outcome.status) == (10, 10, RunStatus.DONE)


def test_hard_cap_and_tenant_can_both_be_short(tmp_path: Path) -> None:
    """Each is told, so that one more try is enough."""
    job = Job.of([ACME] * 5 + [Row()] * 5, tmp_path)
    caps = CapSettings(tenants={"acme": dollars(100)})

    outcome = run(job, FakeProvider(always(answer())), Setup(cap=PicoUSD(WORST[CHEAP]), caps=caps))

    assert told(outcome) == [(CapKind.RUN, "", 9), (CapKind.TENANT, "acme", 5)]
    assert outcome.message == (
        "the hard cap of $0.0000000021 leaves no room for the 9 requests to go: $0.00000000060 spent; "
        "the cap of $0.00000000010 for tenant `acme` leaves no room for 5 of its requests: $0.00 spent"
    )


@given(st.integers(0, 2**32))
@settings(max_examples=12, deadline=None)
def test_a_run_always_ends_and_passes_no_cap(seed: int) -> None:
    """Failures, lost, bad and cut answers, dear and cheap requests of several tenants: it ends, and all caps hold."""
    dice = random.Random(seed)  # noqa: S311 - a case
    rows = [_row(dice) for _ in range(40)]
    amounts = {name: dice.randint(1_000, 40_000) for name in ("acme", "default", "cheap", "strong", "day")}
    caps = CapSettings(
        tenants={name: dollars(amounts[name]) for name in ("acme", "default")},
        providers={name: dollars(amounts[name]) for name in ("cheap", "strong")},
        per_day=dollars(amounts["day"]),
    )
    setup = Setup(
        cap=PicoUSD(dice.randint(1_000, 60_000)),
        caps=caps,
        settings=RunSettings(concurrency=dice.choice([1, 4, 32]), timeout_s=30.0, max_attempts=2),
    )
    with scratch() as folder:
        job = Job.of(rows, folder)
        provider = FakeProvider(_troubled(dice))
        for cap in (setup.cap, PicoUSD(2 * setup.cap)):
            outcome = run(job, provider, replace(setup, cap=cap))
            assert outcome.spent_pusd + outcome.held_pusd <= cap
            _assert_kept(job, amounts)


def _row(dice: random.Random) -> Row:
    return Row(
        tenant=dice.choice([None, "acme", "other"]),
        model=dice.choice([CHEAP, CHEAP, OTHER, STRONG]),
        importance=dice.choice(["premium", "standard", "bulk"]),
        prefix=dice.choice([None, 1]),
    )


def _troubled(dice: random.Random) -> Script:
    """A provider that does everything wrong now and then."""
    replies = [
        *[answer()] * 6,
        answer(output_tokens=200, finish_reason="length"),
        answer(""),
        failure(FailureKind.TRANSIENT, 500),
        failure(FailureKind.RATE_LIMITED, 429, retry_after_s=2.0),
        None,
    ]

    def script(call: Call, nth: int) -> Act:
        del nth
        reply = dice.choice(replies) if dice.random() > 0.01 else failure(FailureKind.QUOTA, 429)
        if isinstance(reply, Answer) and reply.usage is not None:
            fits = structs.replace(reply.usage, output_tokens=min(reply.usage.output_tokens, call.max_tokens))
            reply = replace(reply, usage=fits)
        return Act(reply, after_s=dice.uniform(0.1, 20))

    return script


def _assert_kept(job: Job, amounts: dict[str, int]) -> None:
    """By the journal alone: what was spent, and what may have been, under every cap."""
    gone: Counter[str] = Counter()
    for attempt in attempts_frame(job.journal).iter_rows(named=True):
        cost = attempt["reserved_pusd"] if attempt["cost_pusd"] is None else attempt["cost_pusd"]
        tenant = job.rows[attempt["row"]].tenant
        gone["day"] += cost
        gone[attempt["model"].partition("-")[0]] += cost
        gone[f"tenant {tenant}"] += cost if tenant else 0
    most = {**amounts, "tenant acme": amounts["acme"], "tenant other": amounts["default"]}
    assert [name for name in gone if gone[name] > most.get(name, 10**12)] == []
