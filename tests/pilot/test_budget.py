"""`--pilot-budget`: dollars or a share of the baseline's bill."""

import pytest

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.budget import ceiling

BILL = PicoUSD(10_000_001)


@pytest.mark.parametrize(
    ("text", "most"), [("5%", 500_000), ("2.5%", 250_000), ("100%", 10_000_001), ("0%", 0), (" 5 % ", 500_000)]
)
def test_a_share_is_of_the_bill_and_rounded_down(text: str, most: int) -> None:
    """So that the ceiling is never above what was said."""
    assert ceiling(text, BILL) == most


@pytest.mark.parametrize(("text", "most"), [("2.50", 2_500_000_000_000), ("0", 0), ("0.000001", 1_000_000)])
def test_a_number_is_dollars(text: str, most: int) -> None:
    """Whatever the bill is."""
    assert ceiling(text, BILL) == most


@pytest.mark.parametrize("text", ["", "five", "-1", "101%", "5%%", "1e3", "$5"])
def test_anything_else_is_refused(text: str) -> None:
    """With what to type."""
    with pytest.raises(UsageError) as caught:
        ceiling(text, BILL)
    assert caught.value.message == f"--pilot-budget: `{text}` is neither an amount of dollars nor a share"
    assert caught.value.hint == "type a share of the baseline's bill as in `--pilot-budget 5%`, or dollars: `2.50`"
