"""Which stronger model failed answers go to, in a run and by themselves."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.fake_transport import Act, FakeProvider, answer, failure
from support.plans import CHEAP, INPUT_TOKENS, OTHER, PRICES, STRONG, PlanParts, Row, card, plan_of
from support.runs import PLENTY, Job, Setup, run, scratch
from support.tickets import assigned, ticket

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.catalog.cards import Limits, ModelCard
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.climbing import PRIOR_WEIGHT, Climbing, Doors, Standing
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.observed import Learned
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.steps import Held, Later
from modelroute_cli.execution.tickets import History, Ticket
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.planning.plan import Plan
from modelroute_cli.planning.quality import load_prior
from modelroute_cli.providers.base import Call, FailureKind

REQUEST = Request(custom_id="r0", prompt="write")
CARDS = {
    CHEAP: replace(card(CHEAP), base_model="gemini-2.5-flash-lite"),
    OTHER: replace(card(OTHER), base_model="gpt-6-luna"),
    STRONG: replace(card(STRONG), base_model="gpt-6-sol"),
}
LADDER = PlanParts(cards=CARDS, allowed={"all": (CHEAP,)}, escalations={"all": (STRONG, OTHER)})
LIST = PlanParts(cards=CARDS, escalations={"all": (STRONG, OTHER)})
REFUSED = "I cannot help with this."
COST = {name: INPUT_TOKENS * rate[0] + 50 * rate[1] for name, rate in PRICES.items()}
"""Of an answer of 50 tokens."""


def _plan(rows: Sequence[Row], parts: PlanParts = LADDER) -> Plan:
    return plan_of(rows, parts)


def _refusing(*models: str) -> FakeProvider:
    """These models refuse everything."""

    def script(call: Call, nth: int) -> Act:
        del nth
        return Act(answer(REFUSED if call.card.name in models else "Here it is."))

    return FakeProvider(script)


def _asked(job: Job) -> Counter[str]:
    """Answers by model."""
    return Counter(attempts_frame(job.journal).filter(outcome="answered")["model"])


def _finals(job: Job) -> Counter[str]:
    with reading(job.journal) as connection:
        return Counter(status for (status,) in connection.execute("SELECT status FROM finals"))


def test_with_money_for_all_every_model_gets_its_chance(tmp_path: Path) -> None:
    """The other one first: where it fails too there is still the strong one, which makes two chances of one."""
    rows = [Row() for _ in range(12)]
    job = Job.of(rows, tmp_path, _plan(rows))

    outcome = run(job, _refusing(CHEAP))

    assert (outcome.accepted, _asked(job)) == (12, Counter({CHEAP: 12, OTHER: 12}))


def test_a_tight_cap_serves_all_with_what_it_buys_where_a_list_serves_a_few(tmp_path: Path) -> None:
    """Money for two strong answers is money for ten of the other model: the list's first takes it all."""
    rows = [Row() for _ in range(10)]
    cap = PicoUSD(10 * COST[CHEAP] + 10 * COST[OTHER] + 30_000 - 12_000)
    one_by_one = Setup(cap=cap, settings=RunSettings(concurrency=1))
    accepted = {}
    for name, parts in (("ladder", LADDER), ("list", LIST)):
        (tmp_path / name).mkdir()
        job = Job.of(rows, tmp_path / name, _plan(rows, parts))
        outcome = run(job, _refusing(CHEAP), one_by_one)
        accepted[name] = (outcome.accepted, dict(_asked(job)))
        assert outcome.spent_pusd <= cap
    assert accepted["list"][0] < accepted["ladder"][0] == 10


def test_a_rate_limited_run_asks_the_ladder_while_first_answers_still_come(tmp_path: Path) -> None:
    """Where first answers come slowly, escalations are not left to the end of the run."""
    rows = [Row() for _ in range(60)]
    job = Job.of(rows, tmp_path, _plan(rows, dataclasses.replace(LADDER, limits={"cheap": Limits(rpm=60)})))

    run(job, _refusing(CHEAP), Setup(settings=RunSettings(concurrency=2)))

    kinds = attempts_frame(job.journal).sort("attempt")["kind"].to_list()
    assert kinds.index("escalation") < 10
    assert Counter(kinds) == {"first": 60, "escalation": 60}


def test_answers_that_no_money_reaches_are_kept(tmp_path: Path) -> None:
    """They end as failed, with what they have and why."""
    rows = [Row() for _ in range(4)]
    job = Job.of(rows, tmp_path, _plan(rows))
    cap = PicoUSD(4 * COST[CHEAP] + 3_000)

    outcome = run(job, _refusing(CHEAP), Setup(cap=cap, settings=RunSettings(concurrency=1)))

    assert (outcome.status, outcome.failed) == (RunStatus.DONE, 4)
    with reading(job.journal) as connection:
        reasons = {reason for (reason,) in connection.execute("SELECT reason FROM finals")}
    assert reasons == {f"gate:refusal: {REFUSED} (no money left for escalation)"}


def test_a_failed_answer_goes_where_the_plan_said_first(tmp_path: Path) -> None:
    """To the strong model of its cascade, where the ladder by itself would try the other one before."""
    rows = [Row(escalate_to=STRONG) for _ in range(8)] + [Row() for _ in range(4)]
    job = Job.of(rows, tmp_path, _plan(rows))

    outcome = run(job, _refusing(CHEAP))

    assert (outcome.accepted, _asked(job)) == (12, Counter({CHEAP: 12, STRONG: 8, OTHER: 4}))


def test_a_planned_escalation_that_cannot_be_had_leaves_the_ladder(tmp_path: Path) -> None:
    """Its model is gone, or the money does not reach for one attempt of it; a second failure climbs on as ever."""
    rows = [Row(escalate_to=STRONG) for _ in range(5)]
    job = Job.of(rows, tmp_path, _plan(rows))

    def script(call: Call, nth: int) -> Act:
        del nth
        if call.card.name == STRONG:
            return Act(failure(FailureKind.ACCOUNT, 401))
        return Act(answer(REFUSED if call.card.name == CHEAP else "Here it is."))

    outcome = run(job, FakeProvider(script), Setup(settings=RunSettings(concurrency=1)))

    assert (outcome.accepted, _asked(job)) == (5, Counter({CHEAP: 5, OTHER: 5}))


def test_what_the_strong_model_fails_as_well_goes_on_by_the_ladder(tmp_path: Path) -> None:
    """The plan chose one escalation, not all of them."""
    rows = [Row(escalate_to=OTHER) for _ in range(3)]
    job = Job.of(rows, tmp_path, _plan(rows))
    outcome = run(job, _refusing(CHEAP, OTHER))
    assert (outcome.accepted, _asked(job)) == (3, Counter({CHEAP: 3, OTHER: 3, STRONG: 3}))


def test_a_second_failure_climbs_on(tmp_path: Path) -> None:
    """Where the other model's answer fails too, the strong one is asked; no model twice, none too many."""
    rows = [Row() for _ in range(3)]
    for most, asked in ((2, {CHEAP: 3, OTHER: 3, STRONG: 3}), (1, {CHEAP: 3, STRONG: 3})):
        folder = tmp_path / str(most)
        folder.mkdir()
        job = Job.of(rows, folder, _plan(rows))
        outcome = run(job, _refusing(CHEAP, OTHER), Setup(settings=RunSettings(max_escalations=most)))
        assert (outcome.accepted, dict(_asked(job))) == (3, asked)


def test_an_escalation_whose_model_dies_is_chosen_again(tmp_path: Path) -> None:
    """It goes to another stronger model, not down the list of fallbacks, and is not counted twice."""
    rows = [Row() for _ in range(5)]
    job = Job.of(rows, tmp_path, _plan(rows))

    def script(call: Call, nth: int) -> Act:
        del nth
        if call.card.name == STRONG:
            return Act(failure(FailureKind.ACCOUNT, 401))
        return Act(answer(REFUSED if call.card.name == CHEAP else "Here it is."))

    outcome = run(job, FakeProvider(script), Setup(settings=RunSettings(max_escalations=1, concurrency=1)))

    assert (outcome.accepted, _asked(job)) == (5, Counter({CHEAP: 5, OTHER: 5}))
    assert Counter(attempts_frame(job.journal)["kind"]) == {"first": 5, "escalation": 6}


def test_a_continued_run_climbs_on_from_the_answers_it_has(tmp_path: Path) -> None:
    """What failed its gate is judged again, not asked again."""
    rows = [Row() for _ in range(6)]
    job = Job.of(rows, tmp_path, _plan(rows))
    setup = Setup(cap=PLENTY, settings=RunSettings(concurrency=1))

    def stop_after_four(call: Call, nth: int) -> Act:
        del call, nth
        if len(first.sent) == 4:
            setup.stop.request()
        return Act(answer(REFUSED))

    first = FakeProvider(stop_after_four)
    run(job, first, setup)
    second = _refusing(CHEAP)
    outcome = run(job, second)

    assert (outcome.accepted, outcome.failed) == (6, 0)
    assert Counter(attempts_frame(job.journal).filter(outcome="answered")["model"])[CHEAP] == 6


@settings(max_examples=12, deadline=None)
@given(
    refusing=st.sets(st.sampled_from([CHEAP, OTHER, STRONG])),
    worths=st.lists(st.sampled_from(["premium", "standard", "bulk"]), min_size=1, max_size=12),
    extra=st.integers(0, 60_000),
    concurrency=st.integers(1, 4),
)
def test_no_ladder_passes_the_cap_or_leaves_a_request_open(
    refusing: set[str], worths: list[str], extra: int, concurrency: int
) -> None:
    """Whatever fails: first answers come for all, every request ends, and the cap holds."""
    rows = [Row(importance=worth) for worth in worths]
    cap = PicoUSD(len(rows) * COST[CHEAP] + 2_100 * concurrency + extra)
    with scratch() as folder:
        job = Job.of(rows, folder, _plan(rows))
        provider = _refusing(*refusing)
        outcome = run(job, provider, Setup(cap=cap, settings=RunSettings(concurrency=concurrency)))
    assert outcome.status is RunStatus.DONE
    assert (outcome.accepted + outcome.failed, provider.billed_pusd) == (len(rows), outcome.spent_pusd)
    assert outcome.spent_pusd <= cap
    if CHEAP not in refusing:
        assert outcome.accepted == len(rows)


def _climbing(money: int, *, closed: Sequence[str] = (), unjudged: int = 0, most_steps: int = 1) -> Climbing:
    """A ladder by itself, with so much money."""
    routes = Routes.of(_plan([Row()]))

    def why(item: ModelCard) -> str | None:
        return "closed" if item.name in closed else None

    return Climbing(
        routes,
        Learned.of(_plan([Row()]).header.rate_cards),
        Doors(why, why),
        lambda: Standing(PicoUSD(money), unjudged, PicoUSD(10**9)),
        most_steps,
    )


def _chosen(climbing: Climbing, rows: Sequence[int]) -> Mapping[str | None, int]:
    """Where so many failed answers go, and how many are held."""
    for row in rows:
        climbing.stronger(ticket(assigned(row)), REQUEST)
    found = [*climbing.again((), lambda item: REQUEST)]  # noqa: ARG005 - the same for all
    return Counter(each.ticket.model if isinstance(each, Later) else None for each in found)


def test_the_first_of_a_kind_is_held_until_a_choice_is_made() -> None:
    """Then it is due at once; what comes later of its kind goes where the choice sends it."""
    climbing = _climbing(10**6)
    due = [climbing.is_due]
    assert climbing.stronger(ticket(), REQUEST) == Held()
    due.append(climbing.is_due)
    assert _models([*climbing.again((), lambda item: REQUEST)]) == [STRONG]  # noqa: ARG005 - the same for all
    due.append(climbing.is_due)
    assert _models([climbing.stronger(ticket(assigned(1)), REQUEST)]) == [STRONG]
    due.append(climbing.is_due)  # twice as many as when it was chosen
    assert due == [False, True, False, True]


def _models(found: Sequence[object]) -> list[str]:
    return [each.ticket.model for each in found if isinstance(each, Later)]


def test_money_decides_who_goes_where() -> None:
    """Four answers: for two of the other model and no more, for all of it, for one of the strong among them."""
    assert _chosen(_climbing(2 * COST[OTHER]), range(4)) == {OTHER: 2, None: 2}
    assert _chosen(_climbing(4 * COST[OTHER]), range(4)) == {OTHER: 4}
    assert _chosen(_climbing(3 * COST[OTHER] + COST[STRONG]), range(4)) == {OTHER: 3, STRONG: 1}
    assert _chosen(_climbing(-1), range(4)) == {None: 4}


def test_the_way_on_is_part_of_the_choice() -> None:
    """For less than the strong model alone costs, the other one and then that one where it fails is the better way."""
    money = 2 * COST[STRONG]
    assert _chosen(_climbing(money, most_steps=1), range(2)) == {STRONG: 2}
    assert _chosen(_climbing(money, most_steps=2), range(2)) == {OTHER: 2}


def test_money_is_kept_for_failures_that_are_to_come() -> None:
    """Half of the first answers are still out: half of the money is theirs."""
    climbing = _climbing(4 * COST[OTHER], unjudged=4)
    for row in range(4):
        climbing.judged(ticket(assigned(row)), passed=False)
    assert _chosen(climbing, range(4)) == {OTHER: 2, None: 2}


def test_escalations_of_the_plan_that_wait_are_chosen_anew() -> None:
    """They came to no crowd when they were planned."""
    climbing = _climbing(10**6)
    planned = climbing.stronger(ticket(replace(assigned(0), escalate_to=OTHER)), REQUEST)
    assert _models([planned]) == [OTHER]
    assert isinstance(planned, Later)
    assert _models([*climbing.again([planned.ticket], lambda item: REQUEST)]) == [STRONG]  # noqa: ARG005 - the same for all


def test_a_model_that_is_closed_is_not_chosen() -> None:
    """And where all are, the answer is kept at once."""
    assert _chosen(_climbing(10**6, closed=[STRONG]), range(2)) == {OTHER: 2}
    climbing = _climbing(10**6, closed=[STRONG, OTHER])
    following = climbing.stronger(ticket(history=History(best=3, verdict="refusal: no")), REQUEST)
    assert not isinstance(following, Later | Held)
    assert following.reason == "gate:refusal: no"


def test_what_escalated_answers_were_worth_is_learned() -> None:
    """A strong model whose answers fail as well loses its advantage to the cheaper one."""
    climbing = _climbing(10**6)
    for row in range(5 * PRIOR_WEIGHT):
        climbing.judged(_escalated(row, STRONG), passed=False)
        climbing.judged(_escalated(row, OTHER), passed=True)
    assert _chosen(climbing, range(3)) == {OTHER: 3}


def _escalated(row: int, model: str) -> Ticket:
    return dataclasses.replace(ticket(assigned(row), history=History(escalations=1, tried=(CHEAP,))), model=model)


def test_the_floor_of_a_request_holds_on_the_ladder() -> None:
    """Only the strong model is believed to be as good as it asks."""
    strict = Request(
        custom_id="r0", prompt="write", min_quality=load_prior().expected("gpt-6-sol", TaskType.OTHER, "und")
    )
    climbing = _climbing(10**6)
    climbing.stronger(ticket(), strict)
    assert _models([*climbing.again((), lambda item: strict)]) == [STRONG]  # noqa: ARG005 - the same for all
    poor = _climbing(2 * COST[OTHER])
    poor.stronger(ticket(), strict)
    assert _models([*poor.again((), lambda item: strict)]) == []  # noqa: ARG005 - the same for all


def test_idle_with_other_money_is_a_last_chance() -> None:
    """What settled cheaper than it was reserved for is offered once more, and only once at the same money."""
    climbing = _climbing(0)
    climbing.stronger(ticket(), REQUEST)
    assert climbing.is_last_chance(parked=False)
    assert _models([*climbing.again((), lambda item: REQUEST)]) == []  # noqa: ARG005 - the same for all
    assert not climbing.is_last_chance(parked=False)
    climbing._standing = lambda: Standing(PicoUSD(10**6), 0, PicoUSD(10**9))
    assert climbing.is_last_chance(parked=False)


def test_what_is_held_ends_when_all_its_models_are_gone() -> None:
    """It is not chosen for again and again."""
    closed: list[str] = []
    climbing = _climbing(10**6, closed=closed)
    climbing.stronger(ticket(history=History(best=3, verdict="refusal: no")), REQUEST)
    closed += [STRONG, OTHER]
    [following] = climbing.again((), lambda item: REQUEST)  # noqa: ARG005 - the same for all
    assert not isinstance(following, Later | Held)
    assert (following.reason, climbing.held, climbing.is_due) == ("gate:refusal: no", [], False)
