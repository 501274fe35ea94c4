"""The vital signs of a run: for each model and account its circuit breaker, its lane, and what happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.breaker import Breaker, BreakerPolicy
from modelroute_cli.execution.dispatch import Start
from modelroute_cli.execution.lane import Lane

_OF_MODEL = BreakerPolicy()
_OF_ACCOUNT = BreakerPolicy(in_a_row=10)


@dataclass(slots=True, eq=False)
class Vital:
    """One model, or with None as model a whole account, that can be down."""

    provider: str
    model: str | None
    breaker: Breaker
    lane: Lane
    failing: set[str] = field(default_factory=set)  # models that failed since the last answer
    answers: int = 0
    paused_since: float | None = None  # it names times to wait, and gave no answer since
    paused_until: float = -inf

    @property
    def name(self) -> str:
        """For events."""
        return self.model or self.provider

    @property
    def told(self) -> str:
        """For people."""
        return f"model `{self.model}`" if self.model else f"provider `{self.provider}`"

    def hold(self) -> None:
        """Let its lane wait for what breaker and pause say."""
        self.lane.held_until = max(self.breaker.held_until, self.paused_until)


class Vitals(NamedTuple):
    """Those of one model."""

    own: Vital
    account: Vital


class VitalSigns:
    """Those of all models that were heard of."""

    def __init__(self, models: Mapping[str, ModelCard]) -> None:
        self._models = models
        self._by_model: dict[str, Vitals] = {}
        self._accounts: dict[str, Vital] = {}

    def of(self, start: Start) -> Vitals:
        """Those of the model that an attempt goes to."""
        known = self._by_model.get(start.ticket.model)
        return self._new(start) if known is None else known

    def known(self, model: str) -> tuple[Vital, ...]:
        """The model's own and its account's; none before it was heard of."""
        return self._by_model.get(model, ())

    def models_of(self, vital: Vital) -> list[str]:
        """The models that it is about."""
        if vital.model is not None:
            return [vital.model]
        return [name for name, vitals in self._by_model.items() if vitals.account is vital]

    def _new(self, start: Start) -> Vitals:
        model = start.ticket.model
        provider = self._models[model].provider
        if provider not in self._accounts:
            self._accounts[provider] = Vital(provider, None, Breaker(_OF_ACCOUNT), start.passage.account)
        own = Vital(provider, model, Breaker(_OF_MODEL), start.passage.model)
        vitals = self._by_model[model] = Vitals(own, self._accounts[provider])
        return vitals
