"""What requests say of sampling and stop words that the chosen models do not take: told once, before sending."""

from collections.abc import Mapping, Sequence

import polars as pl

from modelroute_cli.base.schema import Need
from modelroute_cli.catalog.cards import Catalog, ModelCard, Provider
from modelroute_cli.planning.figures import count_requests

_TOLD = (Need.TEMPERATURE, Need.TOP_P, Need.SEED, Need.STOP)
_WITH_SEED = ("openai_chat", "gemini")
_WITHOUT_SAMPLING = "2026-10-21"
_SHOWN = 5


def dropped_warnings(
    kinds: pl.DataFrame, portions: pl.DataFrame, cards: Mapping[str, ModelCard], catalog: Catalog
) -> tuple[str, ...]:
    """One line for each parameter that some chosen model does not take: of how many requests, and which models.

    `portions` give each of `kinds` (by its place, `kind`) its `model` and how many `requests` are sent.
    """
    asked = kinds["needs"].fill_null(0)[portions["kind"]]
    if not (asked & sum(need.bit for need in _TOLD) > 0).any():
        return ()
    found = []
    for need in _TOLD:
        refusing = [name for name, card in cards.items() if not _takes(card, catalog.providers[card.provider], need)]
        hit = portions.filter((asked & need.bit != 0) & portions["model"].is_in(refusing))
        if hit.height:
            found.append(_told(need, int(hit["requests"].sum()), hit["model"].unique().sort().to_list()))
    return tuple(found)


def _takes(card: ModelCard, provider: Provider, need: Need) -> bool:
    """Whether a parameter is sent to a model, as the wire formats decide it."""
    match need:
        case Need.SEED:
            return provider.seed_field != "none" and provider.format in _WITH_SEED
        case Need.STOP:
            return card.stop and provider.format != "openai_responses"
        case _:
            return card.sampling and not _refuses_sampling(provider)


def _refuses_sampling(provider: Provider) -> bool:
    """Anthropic's API answers 400 to both from this version on."""
    return provider.format == "anthropic_messages" and (provider.api_version or "") >= _WITHOUT_SAMPLING


def _told(need: Need, count: int, models: Sequence[str]) -> str:
    """`temperature` of 1,000 requests is not sent: gpt-6-luna takes none."""
    more = [f"{len(models) - _SHOWN} more"] if len(models) > _SHOWN else []
    names = ", ".join([*models[:_SHOWN], *more])
    done = "is applied here, after the answer" if need is Need.STOP else "is not sent"
    return f"`{need}` of {count_requests(count)} {done}: {names} {'takes' if len(models) == 1 else 'take'} none"
