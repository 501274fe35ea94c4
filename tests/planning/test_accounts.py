"""What provider accounts can take until a deadline."""

from dataclasses import replace

import msgspec
import pytest
from support.planning_jobs import settings_of

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog, Limits
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.planning.accounts import Account, accounts
from modelroute_cli.planning.offers import Offer

CATALOG = load_catalog(settings_of())


def limited(provider: Limits | None = None, model: Limits | None = None) -> Catalog:
    """The shipped catalog without limits but those of OpenAI's account and of gpt-6-luna."""
    providers = {name: msgspec.structs.replace(each, limits=Limits()) for name, each in CATALOG.providers.items()}
    providers["openai"] = msgspec.structs.replace(providers["openai"], limits=provider or Limits())
    names = ("gpt-6-luna", "gpt-6-sol", "deepseek-flash")
    models = {name: msgspec.structs.replace(CATALOG.models[name], limits=Limits()) for name in names}
    models["gpt-6-luna"] = msgspec.structs.replace(models["gpt-6-luna"], limits=model or Limits())
    return replace(CATALOG, models=models, providers=providers)


OFFERS = (Offer("gpt-6-luna"), Offer("gpt-6-sol"), Offer("gpt-6-luna", ServiceTier.FLEX), Offer("deepseek-flash"))


def test_models_of_an_account_draw_on_it_together() -> None:
    """Ten minutes at 60 requests and 1,000 tokens a minute."""
    found = accounts(OFFERS, limited(Limits(rpm=60, tpm=1_000)), 600)
    both = frozenset({"gpt-6-luna", "gpt-6-sol"})
    assert found == (
        Account(name="openai requests", models=both, limit=600, counts_tokens=False),
        Account(name="openai tokens", models=both, limit=10_000, counts_tokens=True),
    )


def test_a_model_s_own_limit_holds_besides() -> None:
    """By its name."""
    found = accounts(OFFERS, limited(model=Limits(rpm=6)), 600)
    assert found == (
        Account(name="gpt-6-luna requests", models=frozenset({"gpt-6-luna"}), limit=60, counts_tokens=False),
    )


@pytest.mark.parametrize(("deadline_s", "limit"), [(60, 60), (3_600, 1_000), (86_400, 1_000), (86_401, 2_000)])
def test_a_day_s_limit_is_there_whole_on_each_day(deadline_s: int, limit: int) -> None:
    """The stricter of both counts."""
    (found,) = accounts(OFFERS, limited(Limits(rpm=60, rpd=1_000)), deadline_s)
    assert found.limit == limit


def test_without_a_deadline_limits_only_take_time() -> None:
    """And batches draw on no account."""
    assert accounts(OFFERS, limited(Limits(rpm=60)), None) == ()
    assert accounts((Offer("gpt-6-luna", ServiceTier.BATCH),), limited(Limits(rpm=60)), 600) == ()


def test_models_of_a_group_draw_on_one_limit() -> None:
    """The first one's, as in a run; so do models that are the same on the wire."""
    catalog = limited(model=Limits(rpm=60))
    grouped = {
        name: msgspec.structs.replace(card, limit_group="gpt" if card.provider == "openai" else None)
        for name, card in catalog.models.items()
    }
    both = frozenset({"gpt-6-luna", "gpt-6-sol"})
    found = accounts(OFFERS, replace(catalog, models=grouped), 60)
    assert found == (Account(name="gpt-6-luna requests", models=both, limit=60, counts_tokens=False),)
