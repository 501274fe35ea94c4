"""Which caps were reached, and what would be enough."""

from dataclasses import replace

from msgspec import structs
from support.plans import CHEAP, OTHER, STRONG, WORST, rates
from support.tickets import assigned, ticket

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.execution.budget import Budget, Margins
from modelroute_cli.execution.caps import CapKind, Caps
from modelroute_cli.execution.observed import LEAST_ANSWERS, Learned, Load, load_of
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.shortfall import Lacking, Shortfall, lacking, shortfalls, waits_for_tomorrow
from modelroute_cli.execution.sizing import Sizing, Ways
from modelroute_cli.execution.tickets import Ticket

DAY = "2026-11-23"


def purse(cap: int, **caps: object) -> Purse:
    """A purse with this hard cap and these caps, before anything was spent."""
    named = {"tenants": {}, "providers": {}, "per_day": None, **caps}
    settings = CapSettings(**named)  # type: ignore[arg-type]
    learned = Learned.of({name: rates(name) for name in (CHEAP, OTHER, STRONG)})
    return Purse(Budget(PicoUSD(cap)), Margins(), learned, Caps(settings, lambda model: model.partition("-")[0], DAY))


def of(tenant: str | None = None, model: str = CHEAP, row: int = 0) -> Ticket:
    """A first attempt: expected to cost 500, at most 2,100 on the cheap model."""
    return ticket(structs.replace(assigned(row, model=model), tenant=tenant))


def test_what_fits_lacks_nothing() -> None:
    """To the last pico-dollar."""
    assert lacking(of(), purse(WORST[CHEAP])) == []
    assert [budget.cap for budget in lacking(of(), purse(WORST[CHEAP] - 1))] == [WORST[CHEAP] - 1]


def test_money_that_is_reserved_may_come_back() -> None:
    """Only what is spent or held is gone."""
    own = purse(WORST[CHEAP] + 100)
    own.budget.reserve(PicoUSD(100))
    assert lacking(of(), own) == []
    own.budget.settle(PicoUSD(100), PicoUSD(100))
    own.budget.spent = PicoUSD(101)
    assert lacking(of(), own) == [own.budget]


def test_a_request_that_fits_with_a_smaller_limit_lacks_nothing() -> None:
    """It would go so."""
    own = replace(purse(WORST[CHEAP] - 1), sizing=Sizing(lambda _: Ways(1, lambda _: PicoUSD(10))))
    for _ in range(100):
        own.sizing.observe(of(), 50, cut=False)
    assert lacking(of(), own) == []


def test_each_cap_is_told_with_what_would_be_enough() -> None:
    """What is gone, twice what waits under it is expected to cost, and the dearest of it; the most requests first."""
    own = purse(1_000, tenants={"acme": "0.000000000900"}, providers={"strong": "0.000000000001"})
    own.budget.spent = PicoUSD(700)
    parked = [of("acme"), of("acme", row=1), of(model=STRONG, row=2)]
    hard = Shortfall(
        kind=CapKind.RUN,
        name="",
        cap_pusd=PicoUSD(1_000),
        spent_pusd=PicoUSD(700),
        held_pusd=PicoUSD(0),
        requests=3,
        waiting=3,
        enough_pusd=PicoUSD(700 + 2 * 3 * 500 + WORST[STRONG]),
    )
    acme = replace(
        hard,
        kind=CapKind.TENANT,
        name="acme",
        cap_pusd=PicoUSD(900),
        spent_pusd=PicoUSD(0),
        requests=2,
        waiting=2,
        enough_pusd=PicoUSD(2 * 2 * 500 + WORST[CHEAP]),
    )
    strong = replace(
        acme,
        kind=CapKind.PROVIDER,
        name="strong",
        cap_pusd=PicoUSD(1),
        requests=1,
        waiting=1,
        enough_pusd=PicoUSD(2 * 500 + WORST[STRONG]),
    )
    assert shortfalls(parked, own) == (hard, acme, strong)


def test_a_cap_that_would_come_next_is_told_too() -> None:
    """Ten requests of a tenant without money: with more, the hard cap would have too little for them."""
    parked = [of("acme", row=row) for row in range(10)]
    for cap, kinds in ((4_999, [CapKind.TENANT, CapKind.RUN]), (5_000, [CapKind.TENANT])):
        told = shortfalls(parked, purse(cap, tenants={"acme": "0"}))
        assert [short.kind for short in told] == kinds
    told = shortfalls(parked, purse(4_999, tenants={"acme": "0"}))
    assert (told[1].requests, told[1].waiting, told[1].enough_pusd) == (0, 10, 2 * 10 * 500 + WORST[CHEAP])
    assert told[1].words == (
        "the hard cap of $0.0000000050 is likely to be short for the 10 requests to go under it: $0.00 spent"
    )


def test_tomorrow_is_not_told_of_today() -> None:
    """A day's money may not do for all that waits: the next day has its own."""
    parked = [of("acme", row=row) for row in range(10)]
    [short] = shortfalls(parked, purse(10**6, tenants={"acme": "0"}, per_day="0.000000004000"))
    assert short.kind is CapKind.TENANT


def test_what_the_hard_cap_left_out_is_told_with_the_rest() -> None:
    """Counted, not kept."""
    left_out = Lacking()
    for row in range(3):
        left_out.add(of(row=row), WORST[CHEAP])
    [short] = shortfalls([of(row=4)], purse(1), left_out)
    assert (short.requests, short.waiting) == (4, 4)
    assert shortfalls([], purse(1), Lacking()) == ()


def test_few_answers_are_a_hint() -> None:
    """One that cost four times its plan: the rest may too."""
    own = purse(1)
    own.learned.observe(CHEAP, load_of(assigned()), Load(400, 200, 2_000))
    [short] = shortfalls([of()], own)
    assert short.enough_pusd == 2 * 4 * 500 + WORST[CHEAP]


def test_what_would_be_enough_follows_what_answers_really_cost() -> None:
    """Three times the plan, once enough answers have shown it."""
    own = purse(1)
    for _ in range(LEAST_ANSWERS):
        own.learned.observe(CHEAP, load_of(assigned()), Load(300, 150, 1500))
    [short] = shortfalls([of()], own)
    assert short.enough_pusd == 2 * 3 * 500 + WORST[CHEAP]


def test_only_a_day_is_waited_for() -> None:
    """Not where another cap is in the way too, nor where nothing is."""
    assert waits_for_tomorrow(of(), purse(10**6, per_day="0.000000000001"))
    assert not waits_for_tomorrow(of(), purse(1, per_day="0.000000000001"))
    assert not waits_for_tomorrow(of(), purse(10**6))


def test_every_cap_has_its_words() -> None:
    """Whose it is, how much, how many it keeps back, and what is gone of it."""
    one = Shortfall(
        kind=CapKind.RUN,
        name="",
        cap_pusd=PicoUSD(10**12),
        spent_pusd=PicoUSD(9 * 10**11),
        held_pusd=PicoUSD(0),
        requests=3,
        waiting=3,
        enough_pusd=PicoUSD(0),
    )
    held = replace(one, held_pusd=PicoUSD(10**10))
    assert [
        one.words,
        held.words,
        replace(one, kind=CapKind.TENANT, name="acme").words,
        replace(one, kind=CapKind.PROVIDER, name="openai").words,
        replace(one, kind=CapKind.DAY, name=DAY).words,
    ] == [
        "the hard cap of $1.000 leaves no room for the 3 requests to go: $0.900 spent",
        (
            "the hard cap of $1.000 leaves no room for the 3 requests to go: $0.900 spent, "
            "$0.010 held for attempts whose outcome is unknown"
        ),
        "the cap of $1.000 for tenant `acme` leaves no room for 3 of its requests: $0.900 spent",
        "the cap of $1.000 for provider `openai` leaves no room for 3 of its requests: $0.900 spent",
        "the cap of $1.000 for 2026-11-23 (UTC) leaves no room for 3 of its requests: $0.900 spent",
    ]
