"""What a plan leaves to requests whose model will not do: for each rule the models, their terms, and what they may not.

Everything comes from the plan's header and the tables it names, so a run turns to what its plan allows alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from modelroute_cli.base.schema import HANDED_IN, ServiceTier, TaskType
from modelroute_cli.catalog.cards import ModelCard, least_output_tokens
from modelroute_cli.catalog.prices import RateCard, dearest
from modelroute_cli.features.tokens import TokenFamily, family
from modelroute_cli.planning.elsewhere import Counting, counting
from modelroute_cli.planning.expect import load_expectations
from modelroute_cli.planning.measured import Cell
from modelroute_cli.planning.needed import missing
from modelroute_cli.planning.offers import STANDARD, Offer, Outlook, is_ended
from modelroute_cli.planning.plan import PlanHeader
from modelroute_cli.planning.quality import load_prior


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A model at a service tier, as the plan knows it."""

    card: ModelCard
    rates: RateCard
    ceiling: RateCard  # at the dearest hour and tier that may serve it: what reservations are made of
    family: TokenFamily
    lacking: int  # what it cannot do of what requests ask beside their text, a bit of Need each
    least_output: int


class _Asked(NamedTuple):
    """What a quality is asked for."""

    model: str
    task_type: TaskType
    language: str
    group: str | None


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The models of each rule, and what a request of it may be sent to."""

    header: PlanHeader
    outlook: Outlook
    _counted: dict[tuple[str, TaskType], Counting] = field(default_factory=dict)
    _believed: dict["_Asked", float] = field(default_factory=dict)

    @classmethod
    def of(cls, header: PlanHeader) -> "Reach":
        """What the plan leaves."""
        at = datetime.fromisoformat(header.prices_at)
        outlook = Outlook(load_prior(), load_expectations(header.token_assumptions), at)
        return cls(header=header, outlook=outlook)

    @cached_property
    def spots(self) -> Mapping[Offer, Spot]:
        """Every offer that the plan has a rate card of."""
        cards = {name: self.header.cards_of(name) for name in self.header.rate_cards}
        return {
            Offer(name, ServiceTier(tier)): self._spot(name, tier, by_tier)
            for name, by_tier in cards.items()
            for tier in by_tier
        }

    def _spot(self, name: str, tier: str, by_tier: Mapping[str, RateCard]) -> Spot:
        card = self.header.models[name]
        provider = self.header.providers[card.provider]
        return Spot(
            card=card,
            rates=by_tier[tier],
            ceiling=_ceiling(tier, by_tier),
            family=self.header.token_families.get(card.tokenizer) or family(card.tokenizer),
            lacking=missing(card, provider, may_fetch=self.header.job.may_fetch),
            least_output=least_output_tokens(provider),
        )

    def spot(self, model: str, rule: str, planned_tier: str) -> Spot | None:
        """A model as a request of `rule` would get it; None where the plan has no price for that, or it has ended."""
        card = self.header.models.get(model)
        tier = self.tier(rule, planned_tier)
        if card is None or is_ended(card, self.outlook.at.date()):
            return None
        return self.spots.get(Offer(model, tier))

    def tier(self, rule: str, planned_tier: str) -> ServiceTier:
        """The tier another model gets a request at: the standard one, or the planned one where a rule wants that."""
        named = self.header.rule_tiers.get(rule)
        return STANDARD if named is None or STANDARD in named else ServiceTier(planned_tier)

    def group(self, template: str) -> str | None:
        """The group of templates whose measurements speak for a template; None where none do."""
        measured = self.header.measured
        return None if measured is None else measured.groups.get(template)

    def quality(self, model: str, task: TaskType, language: str, template: str | None = None) -> float:
        """What is believed of a model's answers: measured for the template, else the prior; 0 for an unknown model."""
        return self.quality_in(None if template is None else self.group(template), model, task, language)

    def quality_in(self, group: str | None, model: str, task: TaskType, language: str) -> float:
        """The same for requests of a group of templates (None: of none)."""
        key = _Asked(model, task, language, group)
        if key not in self._believed:
            self._believed[key] = self._looked_up(key)
        return self._believed[key]

    def _looked_up(self, asked: _Asked) -> float:
        card = self.header.models.get(asked.model)
        if card is None:
            return 0.0
        cell = None if asked.group is None else self._cells(asked.group).get(asked.model)
        if cell is not None:
            return cell.mean
        return self.outlook.prior.expected(card.base_model, asked.task_type, asked.language)

    def _cells(self, group: str) -> Mapping[str, Cell]:
        measured = self.header.measured
        return {} if measured is None else measured.cells.get(group, {})

    def is_good(self, model: str, rule: str, task: TaskType, language: str, template: str | None = None) -> bool:
        """Whether a model is believed to be as good as the rule asks."""
        return self.quality(model, task, language, template) >= self.header.rule_quality.get(rule, 0.0)

    def counting(self, spot: Spot, task: TaskType) -> Counting:
        """How a model counts the requests of a task type."""
        key = (spot.card.name, task)
        if key not in self._counted:
            own, known = spot.family, self.outlook.known
            self._counted[key] = counting(spot.card, own, known, task, least_output=spot.least_output)
        return self._counted[key]


def _ceiling(tier: str, by_tier: Mapping[str, RateCard]) -> RateCard:
    """The dearest that an attempt can be billed at: what is handed in is served at its own tier or not at all."""
    at_once = [card for name, card in by_tier.items() if name not in HANDED_IN]
    return dearest(by_tier[tier], *([] if tier in HANDED_IN else at_once))
