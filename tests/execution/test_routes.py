"""Where a request may go besides its planned model, and what that can cost at most."""

import dataclasses

from msgspec.structs import replace
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, card, plan_of, rates
from support.tickets import assigned, ticket

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import DataClass, Modality, Request, Tool
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.prices import PriceStep, Rate, RateCard
from modelroute_cli.execution.bounds import input_bound
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.tickets import History
from modelroute_cli.features.tokens import family
from modelroute_cli.planning.plan import Plan

REQUEST = Request(custom_id="r0", prompt="write")


def _open(card: ModelCard) -> str | None:
    del card
    return None


def _routes(parts: PlanParts | None = None, rows: tuple[Row, ...] = (Row(), Row(), Row(model=OTHER))) -> Routes:
    return Routes.of(plan_of(rows, parts))


def test_fallbacks_are_the_models_of_the_rule_then_its_escalations() -> None:
    """The most used first; a rule's requests never leave its models."""
    assert _routes().fallbacks == {"all": (CHEAP, OTHER, STRONG)}
    rows = (Row(), Row(model=OTHER, rule="private"))
    routes = _routes(PlanParts(escalations={"all": (STRONG,), "private": ()}), rows)
    assert routes.fallbacks == {"all": (CHEAP, STRONG), "private": (OTHER,)}


def test_a_fallback_is_the_next_model_not_tried() -> None:
    """Tried ones are passed over; after the last there is none."""
    routes = _routes()
    first = routes.fallback(ticket(), REQUEST, _open)
    assert first is not None
    assert (first.model, first.kind, first.history.tried, first.extra) == (OTHER, AttemptKind.FALLBACK, (CHEAP,), False)
    second = routes.fallback(first, REQUEST, _open)
    assert second is not None
    assert second.model == STRONG
    assert routes.fallback(second, REQUEST, _open) is None


def test_another_model_is_asked_at_the_standard_tier() -> None:
    """The planned tier is of the planned model: going back to it, and sending it again, keep it."""
    routes, flex = _routes(), ticket(replace(assigned(), service_tier="flex"))
    moved = routes.fallback(flex, REQUEST, _open)
    assert moved is not None
    assert (flex.service_tier, moved.service_tier) == ("flex", "standard")
    assert routes.again(moved, REQUEST, CHEAP, 9).service_tier == "flex"
    assert routes.again(flex, REQUEST, OTHER, 9).service_tier == "standard"


def test_the_reservation_covers_the_dearest_tier_that_may_serve() -> None:
    """What was asked for as priority may be served as standard, and the other way round."""
    plan = plan_of((Row(),))
    fast = replace(doubled(plan.header.rate_cards[CHEAP]), service_tier="priority")
    routes = Routes.of(Plan(replace(plan.header, tier_cards=(fast,)), plan.assignments))
    assert routes.rates[CHEAP] == {"standard": plan.header.rate_cards[CHEAP], "priority": fast}
    assert routes.ceilings[CHEAP].steps[0].rate.output_pusd == fast.steps[0].rate.output_pusd


def doubled(rates: RateCard) -> RateCard:
    """The same at twice the price."""
    rate = rates.steps[0].rate
    twice = {name: PicoUSD(2 * getattr(rate, name)) for name in Rate.__struct_fields__ if name != "audio_pusd"}
    return replace(rates, steps=(PriceStep(above_input_tokens=0, rate=Rate(**twice)),))


def test_a_closed_model_is_passed_over() -> None:
    """A stopped provider gets no fallbacks."""
    found = _routes().fallback(ticket(), REQUEST, lambda item: "closed" if item.name == OTHER else None)
    assert found is not None
    assert found.model == STRONG


def test_a_pinned_request_stays_on_its_model() -> None:
    """The user named the model: neither a failure nor a gate may send it to another."""
    pinned = Request(custom_id="r0", prompt="write", model=CHEAP)
    assert _routes().fallback(ticket(), pinned, _open) is None
    assert _routes().escalation(ticket(), pinned, _open) is None


def test_an_escalation_never_goes_to_a_cheaper_model() -> None:
    """A failed answer of a dear model is not asked of a cheap one; of two that are dearer the first is."""
    routes = _routes(PlanParts(escalations={"all": (CHEAP, STRONG)}), (Row(model=CHEAP), Row(model=OTHER)))
    stronger = routes.escalation(dataclasses.replace(ticket(), model=OTHER), REQUEST, _open)
    assert stronger is not None
    assert stronger.model == STRONG
    assert routes.escalation(dataclasses.replace(ticket(), model=STRONG), REQUEST, _open) is None


def test_an_escalation_counts_and_lives_on_what_is_left() -> None:
    """It starts with fresh tries, may be resent again, and is an extra."""
    worn = ticket(history=History(failures=3, resent=True, best=4, verdict="x"))
    stronger = _routes().escalation(worn, REQUEST, _open)
    assert stronger is not None
    assert (stronger.model, stronger.kind, stronger.extra) == (STRONG, AttemptKind.ESCALATION, True)
    assert stronger.history == History(tried=(CHEAP,), escalations=1, best=4, verdict="x")


def test_a_resend_doubles_the_limit_and_reserves_for_it() -> None:
    """200 tokens more at 10 pico-dollars each; once only, and never above the card's limit."""
    routes = _routes()
    again = routes.resend(ticket())
    assert again is not None
    assert (again.max_tokens, again.worst_pusd, again.kind) == (400, 2100 + 2000, AttemptKind.RESEND)
    assert routes.resend(again) is None
    small = _routes(PlanParts(cards={CHEAP: card(CHEAP, max_output_tokens=200)}))
    assert small.resend(ticket()) is None
    middling = _routes(PlanParts(cards={CHEAP: card(CHEAP, max_output_tokens=300)})).resend(ticket())
    assert middling is not None
    assert middling.max_tokens == 300
    tight = replace(card(CHEAP), context_tokens=100 + 250)
    narrow = _routes(PlanParts(cards={CHEAP: tight})).resend(ticket())
    assert narrow is not None
    assert narrow.max_tokens == 250


def test_a_thinking_model_gets_room_to_think() -> None:
    """A limit made for a model that does not think would be used up before the first visible word."""
    thinker = ModelCard(
        name=STRONG,
        provider="strong",
        model_id="s",
        base_model="s",
        context_tokens=100_000,
        max_output_tokens=64_000,
        thinking="always",
    )
    moved = _routes(PlanParts(cards={STRONG: thinker})).escalation(ticket(), REQUEST, _open)
    assert moved is not None
    assert moved.max_tokens == 200 + 4096


def test_another_format_gets_the_least_limit_that_it_takes() -> None:
    """A label of a few tokens may be asked for there too."""
    routes = _routes(PlanParts())
    there = {name: replace(each, format="openai_responses") for name, each in routes.providers.items()}
    few = dataclasses.replace(ticket(), assigned=replace(ticket().assigned, max_tokens=5))
    moved = dataclasses.replace(routes, providers=there).escalation(few, REQUEST, _open)
    assert moved is not None
    assert moved.max_tokens == 16


def test_what_a_model_cannot_do_is_not_sent_to_it() -> None:
    """No images to a model that sees none, no tools to one that knows none, nothing longer than its context."""
    picture = Request(custom_id="r", prompt="what is this", images=("https://example.invalid/a.png",))
    called = Request(custom_id="r", prompt="write", tools=(Tool(name="f"),))
    blind = replace(card(OTHER), modalities=(Modality.TEXT,), tools=False)
    routes = _routes(PlanParts(cards={OTHER: blind, STRONG: replace(card(STRONG), context_tokens=299)}))
    for request in (picture, called):
        assert routes.fallback(ticket(), request, _open) is None
    moved = routes.fallback(ticket(), REQUEST, _open)
    assert moved is not None
    assert moved.model == OTHER


def test_an_address_goes_where_it_is_read() -> None:
    """A provider that reads none gets pictures inline, which the plan must have allowed; sound is always read here."""
    plan = plan_of((Row(), Row(model=OTHER)), PlanParts(escalations={"all": ()}, cards={OTHER: hearing(OTHER)}))
    reading = {name: replace(each, fetches_links=False) for name, each in plan.header.providers.items()}
    picture = Request(custom_id="r", prompt="x", images=("https://example.invalid/a.png",))
    sound = Request(custom_id="r", prompt="x", audio=("https://example.invalid/a.wav",))
    for may_fetch, request, providers, is_sent in (
        (False, picture, plan.header.providers, True),
        (False, picture, reading, False),
        (True, picture, reading, True),
        (False, sound, plan.header.providers, False),
        (True, sound, plan.header.providers, True),
    ):
        job = replace(plan.header.job, may_fetch=may_fetch)
        routes = Routes.of(Plan(replace(plan.header, providers=providers, job=job), plan.assignments))
        assert (routes.fallback(ticket(), request, _open) is not None) == is_sent


def hearing(name: str) -> ModelCard:
    """A card that takes all there is."""
    return replace(card(name), modalities=tuple(Modality), context_tokens=10_000_000)


def test_taking_up_a_request_elsewhere_reserves_for_that_model() -> None:
    """A resumed request on another model is reserved by that model's prices; on its planned one as planned."""
    routes = _routes()
    planned = routes.planned(assigned())
    assert routes.again(planned, REQUEST, CHEAP, 200) is planned
    moved = routes.again(planned, REQUEST, STRONG, 300)
    assert (moved.model, moved.max_tokens) == (STRONG, 300)
    assert moved.worst_pusd == 10 * input_bound(REQUEST, {}).tokens + 100 * 300


def test_where_a_model_counts_exactly_the_plans_own_count_bounds_its_text() -> None:
    """100 tokens planned at 2 for each of o200k are at most 50 of them; elsewhere only the bytes are a bound."""
    long = Request(custom_id="r", prompt="write " * 100)
    cards = {OTHER: replace(card(OTHER), tokenizer="claude_4"), CHEAP: replace(card(CHEAP), tokenizer="claude_4")}
    plan = plan_of([Row()], PlanParts(cards=cards))
    families = {"o200k": family("o200k"), "claude_4": replace(family("claude_4"), ratio=2.0)}
    routes = Routes.of(Plan(replace(plan.header, token_families=families), plan.assignments))
    planned = routes.planned(assigned())
    worst = {name: routes.again(planned, long, name, 300).worst_pusd for name in (OTHER, STRONG)}
    assert worst == {
        OTHER: 2 * input_bound(long, {}).tokens + 20 * 300,
        STRONG: 10 * input_bound(long, {}, 50).tokens + 100 * 300,
    }


def test_limits_shrink_where_that_changes_nothing_else() -> None:
    """Not where a model thinks as much as its limit allows: by a budget, or by a share of it (OpenRouter)."""
    thinks = replace(card(OTHER), thinking="optional", efforts=("low",), effort="low")
    budgeted = replace(thinks, name=STRONG, provider="strong", thinking_budgets={"low": 1024})
    plan = plan_of([Row()], PlanParts(cards={OTHER: thinks, STRONG: budgeted}))
    routes = Routes.of(plan)
    assert [routes.sized(name) is not None for name in (CHEAP, OTHER, STRONG, "unknown")] == [True, True, False, False]
    shares = replace(plan.header.providers["other"], effort_field="reasoning")
    providers = {**plan.header.providers, "other": shares}
    routes = Routes.of(Plan(replace(plan.header, providers=providers), plan.assignments))
    assert [routes.sized(name) is not None for name in (CHEAP, OTHER)] == [True, False]


def test_a_token_less_is_worth_its_cheapest_price_on_the_tier() -> None:
    """A reservation counted it at the dearest of its tier and the standard one; other tiers have no part in it."""
    dear = replace(rates(CHEAP), service_tier="priority", steps=(_step(0, 70), _step(1000, 90)))
    cheap = replace(rates(CHEAP), service_tier="flex", steps=(_step(0, 5),))
    routes = _routes(PlanParts(tier_cards=(dear, cheap)))
    ways = routes.sized(CHEAP)
    assert ways is not None
    assert [ways.token_pusd(tier) for tier in ("standard", "flex", "priority")] == [10, 10, 70]


def _step(above: int, output_pusd: int) -> PriceStep:
    money = PicoUSD(1)
    rate = Rate(input_pusd=money, output_pusd=PicoUSD(output_pusd), cache_read_pusd=money, cache_write_pusd=money)
    return PriceStep(above_input_tokens=above, rate=rate)


def test_a_private_request_is_compared_with_no_model_that_its_rule_does_not_name() -> None:
    """By the class of its row; others are, and so is a private one where the rule lets it go there anyway."""
    routes = _routes(PlanParts(escalations={"all": ()}), (Row(), Row(model=STRONG, rule="other")))
    private = replace(REQUEST, data_class=DataClass.PERSONAL)
    public = replace(REQUEST, data_class=DataClass.PUBLIC)
    shown = [routes.beside(ticket(), request, STRONG) is not None for request in (REQUEST, public, private)]
    assert shown == [True, True, False]
    named = _routes(PlanParts(escalations={"all": (STRONG,)}), (Row(), Row(model=STRONG, rule="other")))
    assert named.beside(ticket(), private, STRONG) is not None
