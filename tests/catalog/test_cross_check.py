"""Our prices and capabilities against LiteLLM's map and model-prices: every disagreement is known and has a reason."""

import json
from datetime import date
from decimal import Decimal

import pytest
from litellm_extract import extract
from support.catalog_room import default_catalog
from support.cross_check import (
    EXTRACT,
    TOLERANCE,
    Finding,
    allowed,
    compared,
    differing,
    findings,
    litellm_prices,
    our_peak,
)
from support.shared import shared_data

MAKERS = ("openai", "anthropic", "google", "deepseek", "mistral")


def test_no_disagreement_is_new() -> None:
    """Look it up at the provider, then correct the card or add a reason to tests/support/cross_check_allowed.yaml."""
    assert [finding for finding in findings() if finding not in allowed()] == []


def test_no_reviewed_disagreement_is_gone() -> None:
    """Take it out of tests/support/cross_check_allowed.yaml."""
    found = findings()
    assert [finding for finding in sorted(allowed()) if finding not in found] == []


def test_every_reason_says_something() -> None:
    """A reviewed disagreement without a reason is none."""
    assert [finding for finding, reason in allowed().items() if len(reason) < 10] == []


def test_much_is_compared() -> None:
    """A source that goes silent is no agreement: hundreds of values of one, well over a hundred of the other."""
    counts = compared()
    assert counts["litellm"] >= 400
    assert counts["model-prices"] >= 180


def test_every_model_of_a_maker_is_in_the_extract() -> None:
    """For a new card: `python benchmarks/litellm_extract.py MAP VERSION`."""
    known = json.loads(EXTRACT.read_text("utf-8"))["models"]
    cards = default_catalog().models.values()
    assert [card.name for card in cards if card.provider in MAKERS and card.name not in known] == []


def test_the_extract_says_where_it_is_from() -> None:
    """Its licence asks for that."""
    document = json.loads(EXTRACT.read_text("utf-8"))
    assert document["licence"].startswith("LiteLLM's model map; Copyright (c) 2023 Berri AI; MIT licence")
    assert document["version"] == "1.109.1"


@pytest.mark.parametrize("name", ["deepseek-flash", "deepseek-v4-pro"])
def test_deepseeks_peak_is_what_the_map_has(name: str) -> None:
    """The map knows no hours: its price is that of the dearest."""
    ours, theirs = our_peak(name), litellm_prices(name)
    assert theirs
    assert {field: ours[field] for field in theirs} == theirs


def test_a_wrong_price_is_found() -> None:
    """The comparison itself: 1% passes, more does not."""
    card = default_catalog().models["gpt-5"]
    theirs = {"standard.input": Decimal(100), "standard.output": Decimal(100), "batch.input": Decimal(1)}
    ours = {"standard.input": Decimal(101), "standard.output": Decimal("101.01"), "flex.input": Decimal(1)}
    assert list(differing("litellm", card, ours, theirs)) == [
        Finding("litellm", "gpt-5", "standard.output", "101.01", "100"),
        Finding("litellm", "gpt-5", "batch", "-", "sold"),
        Finding("litellm", "gpt-5", "flex", "sold", "-"),
    ]
    assert Decimal("0.01") == TOLERANCE


def test_shutdowns_are_dates_that_the_map_has_too() -> None:
    """All of them, to the day: no finding is about one."""
    assert [finding for finding in findings() if finding.field == "shutdown"] == []
    ends = [card.shutdown for card in default_catalog().models.values() if card.shutdown]
    assert ends
    assert all(date.fromisoformat(end) for end in ends)


def test_the_extract_is_what_the_whole_map_says() -> None:
    """Nothing was written into it by hand."""
    whole = shared_data("litellm_model_map_1.109.1.json.gz").read_bytes()
    assert json.loads(EXTRACT.read_text("utf-8"))["models"] == extract(whole)
