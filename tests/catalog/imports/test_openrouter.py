"""OpenRouter's list: texts of dollars per token, with prices by length and by hour."""

import json
from decimal import Decimal

import pytest
from support.model_lists import OPENROUTER, found, read

from modelroute_cli.base.schema import Modality
from modelroute_cli.catalog.imports.found import FoundPrice, UnfitError


def test_a_model_is_read_with_all_that_the_list_says() -> None:
    """The provider it routes to bounds input and output."""
    model = found(OPENROUTER, "vendor/nova-1")
    assert (model.context_tokens, model.max_output_tokens, model.step_tokens) == (272_000, 128_000, 200_000)
    assert model.modalities == (Modality.TEXT, Modality.IMAGE)
    assert (model.schema, model.thinks, model.sampling) == (True, True, False)
    assert model.efforts == ("none", "low", "medium", "high")
    assert (model.released, model.shutdown) == ("2026-09-07", "2027-04-01")


def test_prices_by_the_hour_are_taken_at_their_dearest() -> None:
    """So that no plan is too cheap; the longer prompts' price is no hour's."""
    model = found(OPENROUTER, "vendor/nova-1")
    assert model.price == FoundPrice(input=Decimal("1.5"), output=Decimal(10), cache_read=Decimal("0.125"))
    assert model.notes == ("the price of the dearest hour",)


def test_pictures_with_a_price_of_their_own_are_not_taken() -> None:
    """We count pictures in tokens."""
    model = found(OPENROUTER, "vendor/nova-free:free")
    assert model.modalities == (Modality.TEXT,)
    assert model.notes == ("pictures have a price of their own: text alone",)


def test_without_a_limit_of_its_output_the_context_is_one() -> None:
    """The list says nothing where the whole context may be written."""
    model = found(OPENROUTER, "vendor/nova-free:free")
    assert (model.context_tokens, model.max_output_tokens, model.sampling) == (32_768, 32_768, True)


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ("openrouter/auto", "`prompt` is no price"),
        ("vendor/asker", "each request has a price of its own"),
        ("vendor/painter", "not chat"),
        ("vendor/nova-1:batch", "for OpenRouter's batches alone"),
    ],
)
def test_what_cannot_be_used_says_why(listed: str, reason: str) -> None:
    """Never a guess in place of a number."""
    with pytest.raises(UnfitError, match=f"^{reason}$"):
        found(OPENROUTER, listed)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pricing": {"completion": "0.1"}}, "no price"),
        ({"pricing": {"prompt": "1e999", "completion": "0"}}, "`prompt` is no number"),
        ({"pricing": {"prompt": "1e-6", "completion": "1e-6", "internal_reasoning": "2e-6"}}, "reasoning tokens cost"),
        ({"context_length": None, "top_provider": {}}, "no limits of its input and output"),
    ],
)
def test_wrong_values_are_reasons(change: dict[str, object], reason: str) -> None:
    """A list of a stranger may hold anything."""
    document = json.loads(OPENROUTER)
    document["data"][0].update(change)
    with pytest.raises(UnfitError, match=f"^{reason}"):
        found(json.dumps(document), "vendor/nova-1")


@pytest.mark.parametrize("created", [None, True, -1, "2026", 10**12])
def test_a_day_that_is_none_is_not_known(created: object) -> None:
    """Seconds since 1970, or nothing."""
    document = json.loads(OPENROUTER)
    document["data"][0]["created"] = created
    assert found(json.dumps(document), "vendor/nova-1").released is None


def test_entries_without_an_id_are_passed_over() -> None:
    """They name nothing."""
    document = json.loads(OPENROUTER)
    document["data"] += [{"pricing": {}}, "odd"]
    assert len(read(json.dumps(document)).entries) == 6
