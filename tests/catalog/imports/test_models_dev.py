"""models.dev's api.json: providers with their models, dollars per million tokens."""

import json
from decimal import Decimal

import pytest
from support.model_lists import MODELS_DEV, found, read

from modelroute_cli.base.schema import Modality
from modelroute_cli.catalog.imports.found import FoundPrice, UnfitError
from modelroute_cli.catalog.imports.models_dev import entries


def test_a_model_is_read_with_all_that_the_list_says() -> None:
    """The limit of the input is the context, where both stand there."""
    model = found(MODELS_DEV, "openai/nova-1")
    assert model.price == FoundPrice(input=Decimal("1.25"), output=Decimal(10), cache_read=Decimal("0.125"))
    assert (model.context_tokens, model.max_output_tokens, model.step_tokens) == (272_000, 128_000, 200_000)
    assert model.modalities == (Modality.TEXT, Modality.IMAGE)
    assert (model.schema, model.thinks, model.sampling) == (True, True, False)
    assert (model.released, model.shutdown, model.tiers) == ("2026-08-07", None, {})


def test_a_plain_model_takes_temperature_and_does_not_think() -> None:
    """The other side of each switch."""
    model = found(MODELS_DEV, "groq/llama-4-scout")
    assert (model.sampling, model.thinks, model.schema, model.step_tokens) == (True, False, False, None)


def test_providers_may_stand_under_a_name_of_their_own() -> None:
    """As they did in 2025."""
    nested = json.dumps({"providers": json.loads(MODELS_DEV)})
    assert [entry.listed for entry in read(nested).entries] == [entry.listed for entry in read(MODELS_DEV).entries]


@pytest.mark.parametrize(("theirs", "ours"), [("togetherai", "together"), ("azure-openai", "azure"), ("groq", "groq")])
def test_providers_have_the_names_that_ship(theirs: str, ours: str) -> None:
    """Else an imported model would belong to a provider that nobody declared."""
    listed = {theirs: {"id": theirs, "models": {"m": {"id": "m"}}}}
    assert [entry.provider for entry in entries(listed)] == [ours]


def test_providers_without_an_id_and_models_that_are_none_are_passed_over() -> None:
    """Nothing could be asked of them."""
    document = json.loads(MODELS_DEV)
    document["nameless"] = {"models": {"x": {}}}
    document["groq"]["models"]["odd"] = 3
    assert len(read(json.dumps(document)).entries) == 4


def test_steps_may_stand_in_a_list() -> None:
    """The newer form of long-context prices: the lowest start counts."""
    document = json.loads(MODELS_DEV)
    document["openai"]["models"]["nova-1"]["cost"] = {
        "input": 1,
        "output": 2,
        "tiers": [{"input": 2, "tier": {"type": "context", "size": 272000}}, {"tier": {"size": 128000}}, "odd"],
    }
    assert found(json.dumps(document), "openai/nova-1").step_tokens == 128_000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "deprecated"}, "deprecated"),
        ({"family": "text-embedding"}, "not chat"),
        ({"modalities": {"input": ["text"], "output": ["image"]}}, "not chat"),
        ({"cost": {"input": 1}}, "no price"),
        ({"cost": {"input": 1, "output": 2, "reasoning": 3}}, "reasoning tokens cost more than output"),
        ({"limit": {"context": 1000}}, "no limits of its input and output"),
    ],
)
def test_what_cannot_be_used_says_why(change: dict[str, object], reason: str) -> None:
    """Never a guess in place of a number."""
    document = json.loads(MODELS_DEV)
    document["openai"]["models"]["nova-1"].update(change)
    with pytest.raises(UnfitError, match=f"^{reason}$"):
        found(json.dumps(document), "openai/nova-1")
