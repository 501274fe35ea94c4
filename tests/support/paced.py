"""Runs under rate limits in virtual time, and how they compare with the best that the limits allow."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from support.fake_transport import Act, FakeProvider
from support.limited_provider import Kind, LimitedProvider, Quota
from support.plans import CHEAP, INPUT_TOKENS, MAX_TOKENS, OTHER, STRONG, PlanParts, Row, card, plan_of
from support.runs import Job, Setup, run, scratch

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.providers.base import Call

RICH = PicoUSD(10**12)
CLAIMED = INPUT_TOKENS + MAX_TOKENS  # tokens of a request, as they are counted at admission


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A model's provider, how many requests go there, and what the user knows of its limits."""

    provider: Callable[[], LimitedProvider]
    requests: int
    known: Limits = field(default_factory=Limits)
    ideal_s: float | None = None  # None: by rpm and tpm

    @property
    def bound_s(self) -> float:
        """The least time that the limits allow."""
        limited = self.provider()
        by_rates = max(self.requests / limited.rpm, self.requests * CLAIMED / limited.tpm) * 60
        return by_rates if self.ideal_s is None else self.ideal_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced:
    """How a run went."""

    lasted_s: float
    bound_s: float
    requests: int
    accepted: int
    refused: int
    most_in_flight: int

    @property
    def of_bound(self) -> float:
        """The share of the best possible pace."""
        return self.bound_s / self.lasted_s

    @property
    def refused_share(self) -> float:
        """429s for each request."""
        return self.refused / self.requests


def paced(sites: Mapping[str, Site], settings: RunSettings | None = None) -> Paced:
    """Run them side by side."""
    rows = _rows(sites)
    limited = {
        model: replace(site.provider(), length_of=lambda call: _length(rows, call)) for model, site in sites.items()
    }
    provider = FakeProvider(_by_model(limited))
    settings = settings or RunSettings(fit_output_limits=False)
    with scratch() as folder:
        job = Job.of(rows, folder, plan_of(rows, _parts(sites)))
        outcome = run(job, provider, Setup(cap=RICH, settings=settings))
    return Paced(
        lasted_s=outcome.took_s,
        bound_s=max(site.bound_s for site in sites.values()),
        requests=len(rows),
        accepted=outcome.accepted,
        refused=sum(each.refused for each in limited.values()),
        most_in_flight=provider.most_in_flight,
    )


def _rows(sites: Mapping[str, Site]) -> list[Row]:
    """Requests whose answers are of log-normal length, 50 tokens in the mean."""
    chance = random.Random(11)  # noqa: S311 - lengths
    return [
        Row(model=model, output_tokens=max(1, round(50 * chance.lognormvariate(-0.125, 0.5))))
        for model, site in sites.items()
        for _ in range(site.requests)
    ]


def _length(rows: Sequence[Row], call: Call) -> float:
    """Of a request's answer, as a multiple of the mean."""
    return rows[int(call.request.custom_id.removeprefix("r"))].output_tokens / 50


def several(scale: float = 1.0, *, seconds: float = 300.0) -> Mapping[str, Site]:
    """Three models with limits of different kinds and sizes, answers of 1 to 6 s, 2% transient errors."""
    return {
        CHEAP: _site(rpm=60 * scale, latency_s=1.0, seconds=seconds),
        OTHER: _site(rpm=6000 * scale, tpm=90 * CLAIMED * scale, latency_s=3.0, seconds=seconds, per_minute=90 * scale),
        STRONG: _site(rpm=30 * scale, latency_s=6.0, seconds=seconds * 0.9),
    }


def alone(
    limited: LimitedProvider, requests: int, known: Limits | None = None, ideal_s: float = inf
) -> dict[str, Site]:
    """One model."""
    ideal = None if ideal_s == inf else ideal_s
    return {CHEAP: Site(provider=_copier(limited), requests=requests, known=known or Limits(), ideal_s=ideal)}


def _copier(limited: LimitedProvider) -> Callable[[], LimitedProvider]:
    """Fresh ones of the same make."""
    assert limited.requests is not None

    def made() -> LimitedProvider:
        assert limited.requests is not None
        quota = replace(limited.requests)
        return replace(limited, requests=quota, tokens=Quota(per_minute=limited.tpm), refused_at=[])

    return made


def _site(
    *, rpm: float, latency_s: float, seconds: float, tpm: float = 10**12, per_minute: float | None = None
) -> Site:
    def made() -> LimitedProvider:
        return LimitedProvider(rpm=round(rpm), tpm=round(tpm), mean_latency_s=latency_s, errors=0.02)

    known = Limits(rpm=round(rpm), tpm=round(tpm) if tpm < 10**12 else None)
    return Site(provider=made, requests=round((per_minute or rpm) * seconds / 60), known=known)


def _by_model(limited: Mapping[str, LimitedProvider]) -> Callable[[Call, int], Act]:
    return lambda call, nth: limited[call.card.name].script(call, nth)


def _parts(sites: Mapping[str, Site]) -> PlanParts:
    names: Sequence[str] = (CHEAP, OTHER, STRONG)
    cards = {name: card(name, limits=sites[name].known if name in sites else None) for name in names}
    return PlanParts(cards=cards, escalations={})


def half(now: float) -> float:
    """Somebody else takes half of the limit at all times."""
    del now
    return 0.5


def third_after_a_while(now: float) -> float:
    """The limit is cut to a third after 60 s."""
    return 1.0 if now < 60 else 1 / 3


def doubled_after_a_while(now: float) -> float:
    """Only half of the limit is there for the first 60 s."""
    return 0.5 if now < 60 else 1.0


def storm(*, retry_after: bool = True, kind: Kind = "steady", latency_s: float = 1.0) -> Mapping[str, Site]:
    """A thousand requests, 40 a second allowed, nobody says so; at best 25 s."""
    quota = Quota(per_minute=2400, kind=kind)
    limited = LimitedProvider(
        rpm=2400, requests=quota, retry_after=retry_after, least_retry_s=1.0, mean_latency_s=latency_s
    )
    return alone(limited, 1000)


def steadily(
    per_minute: int, quota: Quota, ideal_s: float, *, known: bool = True, headers: bool = False, errors: float = 0.0
) -> Mapping[str, Site]:
    """One model for as many seconds as the ideal is, at a limit that is as the quota has it."""
    limited = LimitedProvider(rpm=per_minute, requests=quota, headers=headers, least_retry_s=1.0, errors=errors)
    limits = Limits(rpm=per_minute) if known else Limits()
    return alone(limited, _within(quota, ideal_s), limits, ideal_s)


def _within(quota: Quota, seconds: float) -> int:
    """How many requests such a quota has room for in that time, what is kept for a burst left out."""
    steps = int(seconds)
    return int(sum(quota.per_minute / 60 * quota.share(at) * (1 - quota.others(at)) for at in range(steps)))
