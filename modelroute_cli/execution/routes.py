"""Where a request may go when its planned model will not do: which models, and what they could cost at most."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil

import polars as pl

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import HANDED_IN, DataClass, Request, ServiceTier, TaskType
from modelroute_cli.catalog.cards import ModelCard, Provider, least_output_tokens
from modelroute_cli.catalog.prices import RateCard, dearest
from modelroute_cli.execution.bounds import InputBound, input_bound, worst_case
from modelroute_cli.execution.expected import taken_on
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.sizing import Ways
from modelroute_cli.execution.tickets import Assigned, History, Ticket
from modelroute_cli.features.redaction.order import Redactor
from modelroute_cli.features.tokens import TokenFamily
from modelroute_cli.planning.needed import lacks
from modelroute_cli.planning.plan import JobRef, Plan
from modelroute_cli.planning.reach import Reach

_STANDARD = ServiceTier.STANDARD.value
_PRIVATE = (DataClass.PERSONAL, DataClass.CONFIDENTIAL)
_REASONING_ROOM_TOKENS = 4_096  # judgement: what a thinking model gets above a limit made for one that does not think


@dataclass(frozen=True, slots=True)
class Routes:
    """The models of a plan, their rates, and where each of its rules lets a request go."""

    models: Mapping[str, ModelCard]
    rates: Mapping[str, Mapping[str, RateCard]]  # model -> service tier -> card
    ceilings: Mapping[str, RateCard]  # the same at their dearest hour and tier, for reservations
    escalations: Mapping[str, tuple[str, ...]]
    fallbacks: Mapping[str, tuple[str, ...]]  # rule -> models the plan uses under it, others it allows, its escalations
    providers: Mapping[str, Provider]
    job: JobRef
    tiers: Mapping[str, frozenset[str]] = field(default_factory=dict)  # rule -> service tiers, where it names any
    reach: Reach | None = None  # what the optimiser may choose from; None where a plan does not say
    families: Mapping[str, TokenFamily] = field(default_factory=dict)  # by tokenizer, as they count this job
    redactor: Redactor = field(default_factory=Redactor)  # what every request goes through before it is sent
    fallen: set[tuple[str, str]] = field(default_factory=set)  # template, model: it got worse there, and gets no more

    @classmethod
    def of(cls, plan: Plan) -> "Routes":
        """What the plan allows."""
        header = plan.header
        used = _models_by_rule(plan.assignments)
        fallbacks = {
            rule: tuple(
                dict.fromkeys((*used.get(rule, ()), *header.allowed.get(rule, ()), *header.escalations.get(rule, ())))
            )
            for rule in sorted({*used, *header.escalations})
        }
        rates = {name: header.cards_of(name) for name in header.rate_cards}
        ceilings = {name: dearest(*cards.values()) for name, cards in rates.items()}
        return cls(
            models=header.models,
            rates=rates,
            ceilings=ceilings,
            escalations=header.escalations,
            fallbacks=fallbacks,
            providers=header.providers,
            job=header.job,
            tiers={rule: frozenset(map(str, named)) for rule, named in header.rule_tiers.items()},
            reach=Reach.of(header) if header.allowed else None,
            families=header.token_families,
            redactor=Redactor.of(header.redaction),
        )

    def provider_of(self, model: str) -> str:
        """The account that a model is reached through; empty for one that is not in the plan."""
        return self.models[model].provider if model in self.models else ""

    def planned(self, assigned: Assigned, *, late: bool = False) -> Ticket:
        """The first attempt, as planned."""
        return Ticket(
            assigned=assigned,
            kind=AttemptKind.FIRST,
            model=assigned.model,
            service_tier=assigned.service_tier,
            max_tokens=assigned.max_tokens,
            input_tokens=assigned.input_tokens,
            worst_pusd=assigned.cost_high_pusd,
            history=History(),
            late=late,
        )

    def fallback(
        self,
        ticket: Ticket,
        request: Request,
        closed: Callable[[ModelCard], str | None],
        names: Iterable[str] | None = None,
    ) -> Ticket | None:
        """The request on the first open model of `names` (None: of its rule) that can do it; None: there is none."""
        history = replace(ticket.history, failures=0, unknown=0, tried=(*ticket.history.tried, ticket.model))
        wanted = self.fallbacks.get(ticket.assigned.rule, ()) if names is None else names
        elsewhere = replace(ticket, kind=AttemptKind.FALLBACK, history=history)
        return self._first(replace(elsewhere, closing=0), request, wanted, closed)

    def escalation(
        self,
        ticket: Ticket,
        request: Request,
        closed: Callable[[ModelCard], str | None],
        names: Iterable[str] | None = None,
    ) -> Ticket | None:
        """The request on the first open model of `names` (None: all stronger ones) that can do it; None: none can."""
        before = ticket.history
        history = replace(
            before,
            failures=0,
            unknown=0,
            resent=False,
            tried=(*before.tried, ticket.model),
            escalations=before.escalations + 1,
        )
        stronger = replace(ticket, kind=AttemptKind.ESCALATION, extra=True, history=history)
        return self._first(stronger, request, self.stronger(ticket) if names is None else names, closed)

    def stronger(self, ticket: Ticket) -> list[str]:
        """The models that a failed answer may go to by its rule: none that is cheaper than the one that gave it."""
        names = self.escalations.get(ticket.assigned.rule, ())
        return [name for name in names if self._is_dearer(name, ticket.model)]

    def has_elsewhere(self, model: str, closed: Callable[[ModelCard], str | None]) -> bool:
        """Whether any rule that may use a model has another one that is open."""
        sharing = {name for names in self.fallbacks.values() if model in names for name in names} - {model}
        return any(name in self.models and closed(self.models[name]) is None for name in sharing)

    def may_switch(self, ticket: Ticket) -> bool:
        """Whether a request may be sent at the standard tier after all: it is not, and its rule allows that one."""
        return ticket.service_tier != _STANDARD and self._allows_standard(ticket.assigned.rule)

    def at_standard(self, ticket: Ticket, request: Request) -> Ticket:
        """The same request on the same model at the standard tier.

        What is reserved for other tiers covers that one too, for those that are handed in it does not.
        """
        moved = replace(ticket, kind=AttemptKind.STANDARD, service_tier=_STANDARD)
        if ticket.service_tier not in HANDED_IN:
            return moved
        bound = self._bound_on(ticket.model, ticket.assigned, request)
        worst = worst_case(self.ceilings[ticket.model], bound, ticket.max_tokens)
        return replace(moved, worst_pusd=PicoUSD(max(worst, ticket.worst_pusd)))

    def _allows_standard(self, rule: str) -> bool:
        named = self.tiers.get(rule)
        return named is None or _STANDARD in named

    def _is_dearer(self, name: str, than: str) -> bool:
        """Whether a model's output costs no less: an escalation never goes down to a cheaper model."""
        known = name in self.ceilings and than in self.ceilings
        return known and _output_pusd(self.ceilings[name]) >= _output_pusd(self.ceilings[than])

    def beside(self, ticket: Ticket, request: Request, name: str) -> Ticket | None:
        """The request on a model that it is compared with, at the standard tier; None where that cannot do it.

        What the user bound to a model goes to no other, not even for that, and what is private (by its row) to none
        that its rule does not name.
        """
        if request.model is not None or name not in self.models or _STANDARD not in self.rates.get(name, {}):
            return None
        if request.data_class in _PRIVATE and name not in self.fallbacks.get(ticket.assigned.rule, ()):
            return None
        card = self.models[name]
        moved = replace(self._moved(ticket, request, card), service_tier=_STANDARD)
        return moved if self._does(card, request, moved) else None

    def with_more_room(self, ticket: Ticket) -> Ticket | None:
        """The request again after its answer was cut off: with the planned limit where it had less, else with more."""
        return self.as_planned(ticket) if ticket.is_fitted else self.resend(ticket)

    def as_planned(self, ticket: Ticket) -> Ticket:
        """The same model with the planned output limit, which holds from then on; no extra: the plan has it."""
        return replace(
            ticket,
            kind=AttemptKind.RESEND,
            max_tokens=ticket.assigned.max_tokens,
            worst_pusd=ticket.assigned.cost_high_pusd,
            history=replace(ticket.history, failures=0, cut=True),
        )

    def resend(self, ticket: Ticket) -> Ticket | None:
        """The same model with up to twice the output limit, once; None when its card allows no more."""
        card = self.models[ticket.model]
        roomier = min(2 * ticket.max_tokens, card.max_output_tokens, card.context_tokens - ticket.input_tokens)
        if ticket.history.resent or roomier <= ticket.max_tokens:
            return None
        return replace(
            ticket,
            kind=AttemptKind.RESEND,
            extra=True,
            max_tokens=roomier,
            worst_pusd=PicoUSD(
                ticket.worst_pusd + _output_pusd(self.ceilings[card.name]) * (roomier - ticket.max_tokens)
            ),
            history=replace(ticket.history, failures=0, unknown=0, resent=True),
        )

    def sized(self, model: str) -> Ways | None:
        """What output limits on a model may shrink to; None where it is told how much to think by them."""
        card = self.models.get(model)
        if card is None or _thinks_by_limit(card, self.providers[card.provider]):
            return None
        return Ways(least_output_tokens(self.providers[card.provider]), partial(self._least_token_pusd, model))

    def _least_token_pusd(self, model: str, service_tier: str) -> PicoUSD:
        """The least that an output token of a reservation at this tier may have been counted for."""
        cards = [card for tier, card in self.rates[model].items() if tier in {service_tier, _STANDARD}]
        return min(step.rate.output_pusd for step in dearest(*cards).steps)

    def again(self, ticket: Ticket, request: Request, model: str, max_tokens: int) -> Ticket:
        """The request on a model it was on before, with the output limit it had there."""
        if (model, max_tokens) == (ticket.assigned.model, ticket.assigned.max_tokens):
            return ticket
        worst = worst_case(self.ceilings[model], self._bound_on(model, ticket.assigned, request), max_tokens)
        tier = ticket.assigned.service_tier if model == ticket.assigned.model else _STANDARD
        return replace(ticket, model=model, service_tier=tier, max_tokens=max_tokens, worst_pusd=worst)

    def _first(
        self, ticket: Ticket, request: Request, names: Iterable[str], closed: Callable[[ModelCard], str | None]
    ) -> Ticket | None:
        if request.model is not None:  # the user named its model: no other may answer
            return None
        for name in names:
            if name in ticket.history.tried or name not in self.models or name not in self.rates:
                continue
            if self.fallen and (ticket.assigned.template, name) in self.fallen:
                continue
            if not self._is_good(name, ticket.assigned, request):
                continue
            card, tier = self.models[name], self._tier_on(name, ticket.assigned)
            if tier is None or closed(card) is not None:
                continue
            moved = replace(self._moved(ticket, request, card), service_tier=tier)
            if self._does(card, request, moved):
                return moved
        return None

    def _is_good(self, name: str, assigned: Assigned, request: Request) -> bool:
        """Whether a model is believed to be as good as the rule and the request ask, where the plan says."""
        if self.reach is None:
            return True
        task = TaskType(assigned.task_type)
        own = request.min_quality or 0.0
        tongue, template = assigned.language, assigned.template
        believed = self.reach.quality(name, task, tongue, template)
        return believed >= own and self.reach.is_good(name, assigned.rule, task, tongue, template)

    def _does(self, card: ModelCard, request: Request, ticket: Ticket) -> bool:
        """Whether a model takes such a request: what it carries and asks for, and its size."""
        provider = self.providers[card.provider]
        lacking = lacks(card, provider, request.needs(), may_fetch=self.job.may_fetch)
        return not lacking and ticket.input_tokens + ticket.max_tokens <= card.context_tokens

    def _tier_on(self, model: str, assigned: Assigned) -> str | None:
        """The tier another model gets a request at: the standard one, or the planned one where a rule wants that."""
        if self._allows_standard(assigned.rule):
            return _STANDARD
        return assigned.service_tier if assigned.service_tier in self.rates[model] else None

    def _moved(self, ticket: Ticket, request: Request, card: ModelCard) -> Ticket:
        """The ticket for another model, with an output limit and a reservation made for it."""
        limit = self._limit_on(card, ticket.assigned, request)
        max_tokens = max(limit, least_output_tokens(self.providers[card.provider]))
        worst = worst_case(self.ceilings[card.name], self._bound_on(card.name, ticket.assigned, request), max_tokens)
        return replace(ticket, model=card.name, max_tokens=max_tokens, worst_pusd=worst)

    def _limit_on(self, card: ModelCard, assigned: Assigned, request: Request) -> int:
        """The output limit that a plan would give it there; where the plan does not say enough, a roomy one."""
        spot = None if self.reach is None else self.reach.spot(card.name, assigned.rule, assigned.service_tier)
        if self.reach is None or spot is None or assigned.model not in self.models:
            return _roomy_limit(card, assigned)
        return int(taken_on(spot, assigned, request, self.reach).max_tokens[0])

    def _bound_on(self, model: str, assigned: Assigned, request: Request) -> InputBound:
        """What a request takes on a model at most.

        The plan's count is o200k tokens times its model's ratio, and more than that, so it bounds the text on every
        model that counts as o200k does; on others the bytes are the only bound that holds for all texts.
        """
        own = self.families.get(self.models[assigned.model].tokenizer)
        other = self.families.get(self.models[model].tokenizer)
        if own is None or other is None or other.method != "exact":
            return self.bound(request, assigned.rule)
        return self.bound(request, assigned.rule, ceil(assigned.input_tokens / own.ratio))

    def bound(self, request: Request, rule: str, text_tokens: int | None = None) -> InputBound:
        """What a request takes at most as it is sent, values replaced; see `input_bound`."""
        return input_bound(self.sent(request, rule), self.job.amounts, text_tokens)

    def sent(self, request: Request, rule: str, about: Request | None = None) -> Request:
        """A request (or a question about one) as it is sent; itself where it cannot be redacted: it goes nowhere."""
        try:
            sealed = self.redactor.sealed(request, rule, about)
        except JobFileError:
            return request
        return request if sealed is None else sealed.request


def _thinks_by_limit(card: ModelCard, provider: Provider) -> bool:
    """Whether a smaller output limit makes a model think less.

    A budget is kept below the limit; OpenRouter makes an effort a share of it, for models that take budgets
    (openrouter.ai/docs/use-cases/reasoning-tokens).
    """
    by_share = provider.effort_field == "reasoning" and card.thinking != "none" and card.effort != "none"
    return by_share or card.effort in card.thinking_budgets


def _output_pusd(ceiling: RateCard) -> PicoUSD:
    """The dearest output token of a card."""
    return max(step.rate.output_pusd for step in ceiling.steps)


def _roomy_limit(card: ModelCard, assigned: Assigned) -> int:
    """The planned output limit, with room to reason where the planned model had none, within the card's limit."""
    thinks = card.thinking != "none" and card.effort != "none"
    room = _REASONING_ROOM_TOKENS if thinks and assigned.reasoning_tokens == 0 else 0
    return min(assigned.max_tokens + room, card.max_output_tokens)


def _models_by_rule(assignments: pl.LazyFrame) -> dict[str, tuple[str, ...]]:
    """The models that the plan sends each rule's requests to, the most used first."""
    counts = assignments.filter(pl.col("duplicate_of").is_null()).group_by("rule", "model").len().collect()
    ranked = counts.sort(["rule", "len", "model"], descending=[False, True, False])
    return {str(rule): tuple(group["model"]) for (rule,), group in ranked.group_by("rule", maintain_order=True)}
