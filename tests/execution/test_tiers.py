"""A service tier that is not to be had: the same model at the standard tier, where money and rules allow it."""

import dataclasses
from pathlib import Path

import polars as pl
import pytest
from msgspec import structs
from msgspec.structs import replace
from support.fake_transport import Act, FakeProvider, Script, answer, failure
from support.plans import CHEAP, OTHER, PlanParts, Row, plan_of, rates
from support.runs import Job, Setup, Watcher, run
from support.tickets import assigned, ticket

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.catalog.prices import RateCard
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.providers.base import Call, Failure, FailureKind, WireRequest, WireResponse

FULL = failure(FailureKind.TIER, 429, message="Resource Unavailable")
REQUEST = Request(custom_id="r0", prompt="write")


def _flex_of(model: str) -> RateCard:
    """Half the price for output, nothing for input."""
    card = rates(model)
    cheaper = tuple(
        replace(step, rate=replace(step.rate, output_pusd=PicoUSD(5), input_pusd=PicoUSD(0))) for step in card.steps
    )
    return replace(card, service_tier="flex", steps=cheaper)


HALF = _flex_of(CHEAP)


def _flex_is_full(other: Failure = FULL) -> Script:
    """Flex fails, the standard tier answers."""
    return lambda call, nth: Act(other if call.service_tier == "flex" else answer())  # noqa: ARG005 - a script's form


def _job(folder: Path, rows: int = 1, **rule_tiers: tuple[ServiceTier, ...]) -> Job:
    parts = PlanParts(tier_cards=(HALF,), rule_tiers=rule_tiers)
    wanted = [Row(service_tier="flex") for _ in range(rows)]
    return Job.of(wanted, folder, plan_of(wanted, parts))


def _sent(provider: FakeProvider) -> list[tuple[str, str]]:
    return [(call.card.name, call.service_tier) for call in provider.sent]


def test_a_full_tier_goes_at_the_standard_one(tmp_path: Path) -> None:
    """The same model at once, and billed as such."""
    provider = FakeProvider(_flex_is_full())
    outcome = run(_job(tmp_path), provider)
    assert _sent(provider) == [(CHEAP, "flex"), (CHEAP, "standard")]
    assert (outcome.status, outcome.accepted, outcome.spent_pusd) == (RunStatus.DONE, 1, provider.billed_pusd)
    assert (provider.times[1] - provider.times[0], outcome.held_pusd) == (1.0, 0)


def test_the_journal_keeps_both_tiers(tmp_path: Path) -> None:
    """The kind of the second attempt says why it was made."""
    job = _job(tmp_path)
    run(job, FakeProvider(_flex_is_full()))
    kept = attempts_frame(job.journal).select("kind", pl.col("service_tier").cast(pl.String), "failure")
    assert kept.rows() == [("first", "flex", "tier"), ("standard", "standard", None)]


def test_a_full_tier_is_no_failure_of_the_request(tmp_path: Path) -> None:
    """With one try allowed, the standard tier still has its own."""
    provider = FakeProvider(_flex_is_full())
    outcome = run(_job(tmp_path), provider, Setup(settings=RunSettings(max_attempts=1)))
    assert (outcome.accepted, _sent(provider)) == (1, [(CHEAP, "flex"), (CHEAP, "standard")])


def test_a_switch_is_told_once_for_each_model(tmp_path: Path) -> None:
    """Fifty requests that switch are one piece of news."""
    watcher = Watcher()
    outcome = run(_job(tmp_path, 50), FakeProvider(_flex_is_full()), Setup(watcher=watcher))
    assert outcome.accepted == 50
    assert watcher.notices == ["`cheap-1` at flex goes at the standard tier instead: tier 429: Resource Unavailable"]


def test_the_reservation_covers_the_standard_tier(tmp_path: Path) -> None:
    """A cap of one worst case at the dearer tier is enough, and holds."""
    worst = PicoUSD(100 * 1 + 200 * 10)
    provider = FakeProvider(_flex_is_full())
    outcome = run(_job(tmp_path), provider, Setup(cap=worst))
    assert (outcome.status, outcome.accepted) == (RunStatus.DONE, 1)
    assert provider.billed_pusd <= worst


def test_a_rule_that_forbids_the_standard_tier_is_obeyed(tmp_path: Path) -> None:
    """The tier is tried again and again, then another model is; none of them at a tier the rule does not name."""
    provider = FakeProvider(_flex_is_full())
    outcome = run(_job(tmp_path, all=(ServiceTier.FLEX,)), provider, Setup(settings=RunSettings(max_attempts=3)))
    assert _sent(provider) == [(CHEAP, "flex")] * 3
    assert (outcome.accepted, outcome.failed) == (0, 1)


def test_a_rule_that_names_both_tiers_allows_the_switch(tmp_path: Path) -> None:
    """Naming tiers is a list of what is allowed."""
    provider = FakeProvider(_flex_is_full())
    outcome = run(_job(tmp_path, all=(ServiceTier.FLEX, ServiceTier.STANDARD)), provider)
    assert (outcome.accepted, _sent(provider)) == (1, [(CHEAP, "flex"), (CHEAP, "standard")])


def test_a_tier_that_comes_back_is_used_again(tmp_path: Path) -> None:
    """Each request tries its own tier first: capacity comes and goes."""
    first: list[str] = []

    def script(call: Call, nth: int) -> Act:
        del nth
        first.append(call.service_tier)
        return Act(FULL if len(first) == 1 else answer())

    provider = FakeProvider(script)
    run(_job(tmp_path, 2), provider, Setup(settings=RunSettings(concurrency=1)))
    assert [call.service_tier for call in provider.sent] == ["flex", "standard", "flex"]


def test_the_same_error_at_the_standard_tier_counts_as_a_failure(tmp_path: Path) -> None:
    """There is nothing to switch to: a few tries, then another model."""
    rows = [Row(), Row(model=OTHER)]
    job = Job.of(rows, tmp_path, plan_of(rows))
    provider = FakeProvider(lambda call, nth: Act(FULL if call.card.name == CHEAP else answer()))  # noqa: ARG005
    outcome = run(job, provider, Setup(settings=RunSettings(max_attempts=2)))
    assert (outcome.accepted, [name for name, _ in _sent(provider)].count(CHEAP)) == (2, 2)


def test_another_model_is_asked_at_a_tier_that_the_rule_names() -> None:
    """Where the rule names flex alone, a model that is not sold at flex is none for it."""
    rows = [Row(service_tier="flex"), Row(model=OTHER, service_tier="flex")]
    for cards, models in (((HALF, _flex_of(OTHER)), {CHEAP, OTHER}), ((HALF,), {CHEAP})):
        routes = Routes.of(plan_of(rows, PlanParts(tier_cards=cards, rule_tiers={"all": (ServiceTier.FLEX,)})))
        item = structs.replace(assigned(), service_tier="flex")
        moved = routes.fallback(dataclasses.replace(ticket(item), service_tier="flex"), REQUEST, lambda card: None)  # noqa: ARG005
        assert {CHEAP} | ({moved.model} if moved else set()) == models
        assert moved is None or moved.service_tier == "flex"


@pytest.mark.parametrize("status", [400, 429, 498])
def test_the_status_does_not_matter(status: int, tmp_path: Path) -> None:
    """Azure refuses a tier it does not sell with 400, Groq lacks capacity with 498."""
    provider = FakeProvider(_flex_is_full(failure(FailureKind.TIER, status)))
    assert run(_job(tmp_path), provider).accepted == 1


@dataclasses.dataclass
class Patient(FakeProvider):
    """Remembers how long each answer was waited for."""

    waited_s: list[float] = dataclasses.field(default_factory=list)

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Act as the script says."""
        self.waited_s.append(timeout_s)
        return await super().send(request, timeout_s)


@pytest.mark.parametrize(("timeout_s", "flex_s"), [(30.0, 900.0), (1200.0, 1200.0)])
def test_flex_is_given_a_quarter_of_an_hour(tmp_path: Path, timeout_s: float, flex_s: float) -> None:
    """Its answers may take longer than others; the standard tier in its place has the usual time."""
    provider = Patient(_flex_is_full())
    run(_job(tmp_path), provider, Setup(settings=RunSettings(timeout_s=timeout_s)))
    assert provider.waited_s == [flex_s, timeout_s]
