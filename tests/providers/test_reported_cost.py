"""Tests of modelroute_cli.providers.reported_cost."""

from decimal import Decimal

import pytest
from support.calls import OPENAI, OPENROUTER, make_call

from modelroute_cli.providers.reported_cost import read_cost


def test_the_reported_cost_is_exact() -> None:
    """OpenRouter's dollars become pico-dollars without a float."""
    assert read_cost({"cost": Decimal("0.00123456789")}, make_call(provider=OPENROUTER)) == 1_234_567_890


@pytest.mark.parametrize("cost", [None, "", "free", -1, Decimal("1e400"), Decimal(2_000_000), True])
def test_a_cost_that_is_none_is_unknown(cost: object) -> None:
    """Never 0 for what is not an amount."""
    assert read_cost({"cost": cost}, make_call(provider=OPENROUTER)) is None


def test_a_provider_that_reports_none_is_not_taken_at_its_word() -> None:
    """A field of that name may mean anything."""
    assert read_cost({"cost": Decimal("0.5")}, make_call(provider=OPENAI)) is None
