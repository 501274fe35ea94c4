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
from modelroute_cli.execution.shortfall import Shortfall, lacking, shortfalls, waits_for_tomorrow
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
    """What is gone, twice what its requests are expected to cost, and the dearest of them; the most requests first."""
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
        enough_pusd=PicoUSD(700 + 2 * 3 * 500 + WORST[STRONG]),
    )
    acme = replace(
        hard,
        kind=CapKind.TENANT,
        name="acme",
        cap_pusd=PicoUSD(900),
        spent_pusd=PicoUSD(0),
        requests=2,
        enough_pusd=PicoUSD(2 * 2 * 500 + WORST[CHEAP]),
    )
    strong = replace(
        acme,
        kind=CapKind.PROVIDER,
        name="strong",
        cap_pusd=PicoUSD(1),
        requests=1,
        enough_pusd=PicoUSD(2 * 500 + WORST[STRONG]),
    )
    assert shortfalls(parked, own) == (hard, acme, strong)


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
