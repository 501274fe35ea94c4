"""How requests are handed in at a provider: what one batch may hold there, and how much may wait at a time."""

from collections.abc import Callable
from dataclasses import dataclass

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.offers import tier_terms
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.execution.keys import Credentials
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.work import RunWork
from modelroute_cli.providers.base import WireFormat
from modelroute_cli.providers.batch import Account, BatchApi

MOST_REQUESTS = 50_000
"""Lines of one batch where the provider names no limit."""
MOST_BYTES = 100_000_000
_LEAST_TIMEOUT_S = 900.0  # an upload of that size
_NO_CREDENTIALS = Credentials()
FOLDER = "handed_in"


@dataclass(frozen=True, slots=True)
class Way:
    """Requests of one kind that can share a batch; `model` is empty where it may hold several models."""

    provider: str
    tier: ServiceTier
    model: str


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways of a run."""

    work: RunWork
    routes: Routes
    api_of: Callable[[str, ServiceTier], BatchApi | None]  # provider's name

    @classmethod
    def of(cls, work: RunWork, routes: Routes) -> "Ways":
        """With each provider's own API, made once."""
        known: dict[tuple[str, ServiceTier], BatchApi | None] = {}

        def api_of(provider: str, tier: ServiceTier) -> BatchApi | None:
            if (provider, tier) not in known:
                known[provider, tier] = work.batches(work.providers[provider], tier)
            return known[provider, tier]

        return cls(work, routes, api_of)

    def way(self, model: str, tier: str) -> Way | None:
        """How a model's requests are handed in; None where they cannot be."""
        provider = self.routes.models[model].provider
        asked = ServiceTier(tier)
        if self.api_of(provider, asked) is None:
            return None
        return Way(provider, asked, model if self.terms(model, tier).one_model else "")

    def api(self, way: Way) -> BatchApi:
        """The API of a way that there is."""
        found = self.api_of(way.provider, way.tier)
        assert found is not None  # noqa: S101 - `way` looked
        return found

    def terms(self, model: str, tier: str) -> TierTerms:
        """How a model's tier is sold."""
        card = self.routes.models[model]
        return tier_terms(card, self.work.providers[card.provider], ServiceTier(tier)) or TierTerms()

    def card_of(self, way: Way) -> ModelCard:
        """The card of its model, or of one of its models."""
        models = self.routes.models
        return models[way.model] if way.model else next(c for c in models.values() if c.provider == way.provider)

    def terms_of(self, way: Way) -> TierTerms:
        """How its tier is sold."""
        return self.terms(self.card_of(way).name, way.tier.value)

    def account(self, provider: str) -> Account:
        """How a provider is reached."""
        credentials = self.work.credentials.get(provider, _NO_CREDENTIALS)
        return Account(
            provider=self.work.providers[provider],
            transport=self.work.transport,
            timeout_s=max(self.work.settings.timeout_s, _LEAST_TIMEOUT_S),
            folder=self.work.journal.path.parent / FOLDER,
            key=credentials.key,
            secrets=credentials.secrets,
        )

    def wire(self, way: Way) -> WireFormat:
        """What its lines are written and read in."""
        provider, own = self.work.providers[way.provider], self.work.handed_in_format
        return self.work.formats(provider) if own is None else own(provider, way.tier)
