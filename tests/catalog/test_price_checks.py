"""A price of one's own says all that is needed and nothing twice; what does not is refused with file and line."""

from pathlib import Path

import pytest
from support.catalog_room import settings_of

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.documents import read_yaml
from modelroute_cli.catalog.price_checks import check_own_prices, spelled_out
from modelroute_cli.catalog.settings import Discount, Price, TierPrice


@pytest.mark.parametrize(
    ("price", "message", "hint"),
    [
        ("{}", "3: `prices.gpt-5` lacks `input`, `output`", "add `input`, `output` below `prices.gpt-5`"),
        ("{input: 1}", "3: `prices.gpt-5` lacks `output`", "add `output` below `prices.gpt-5`"),
        ("{output: 1}", "3: `prices.gpt-5` lacks `input`", "add `input` below `prices.gpt-5`"),
        ("{cache_read: 1}", "3: `prices.gpt-5` lacks `input`, `output`", "add `input`, `output` below `prices.gpt-5`"),
        (
            "{input: 1, batch: {input: 1, output: 1}}",
            "3: `prices.gpt-5` lacks `output`",
            "add `output` below `prices.gpt-5`",
        ),
        (
            "{batch: {input: 1}}",
            "3: `prices.gpt-5.batch` lacks `output`",
            "add `output` below `prices.gpt-5.batch`",
        ),
        ("{requests_per_hour: 5}", "3: `prices.gpt-5` lacks `per_hour`", "add `per_hour` below `prices.gpt-5`"),
        (
            "{per_hour: 1}",
            "3: `prices.gpt-5` has neither `requests_per_hour` nor `tokens_per_hour`",
            "write how many requests, or how many tokens, your server does in an hour",
        ),
        (
            "{per_hour: 1, requests_per_hour: 5, tokens_per_hour: 5}",
            "3: `prices.gpt-5` has both `requests_per_hour` and `tokens_per_hour`",
            "write how many requests, or how many tokens, your server does in an hour",
        ),
        (
            "{per_hour: 1, requests_per_hour: 5, input: 1}",
            "3: `prices.gpt-5` has both `per_hour` and `input`",
            "a server is priced by the hour or by the token: take one of them out",
        ),
        (
            "{input: 1, output: 1, date: yesterday}",
            "3: `prices.gpt-5.date` is `yesterday`, which is no date",
            "write it as 2026-12-31",
        ),
        (
            "{per_hour: 1, requests_per_hour: 0}",
            "3: `prices.gpt-5.requests_per_hour` is `0`: expected a whole number >= 1",
            None,
        ),
        ("{bach: {input: 1, output: 1}}", "3: unknown key `bach` in `prices.gpt-5`", "did you mean `batch`?"),
        (
            "{input: 1, output: 1, batch: 1}",
            "3: `prices.gpt-5.batch` is a mapping of names",
            "write its names below `prices.gpt-5.batch:`, indented",
        ),
    ],
)
def test_a_price_that_does_not_hold_together_is_refused(
    price: str, message: str, hint: str | None, tmp_path: Path
) -> None:
    """File, line, key, and what to write."""
    with pytest.raises(SettingsError) as caught:
        settings_of(f"# mine\nprices:\n  gpt-5: {price}\n", tmp_path)
    assert (caught.value.message, caught.value.hint) == (f"modelroute.yaml:{message}", hint)


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("{input: 1, output: 2}", Price(input="1", output="2")),
        ("{batch: {input: 1, output: 2}}", Price(batch=TierPrice(input="1", output="2"))),
        ("{per_hour: 1.5, tokens_per_hour: 9}", Price(per_hour="1.5", tokens_per_hour=9)),
        ("{input: null, per_hour: 1, requests_per_hour: 9}", Price(per_hour="1", requests_per_hour=9)),
        ("{input: 1, output: 2, date: 2026-10-01}", Price(input="1", output="2", date="2026-10-01")),
        ("{input: 1, output: 2, date: null}", Price(input="1", output="2")),
    ],
)
def test_what_holds_together_is_taken(price: str, expected: Price, tmp_path: Path) -> None:
    """As it was written, money to its last digit; null takes a value away."""
    assert settings_of(f"prices: {{gpt-5: {price}}}\n", tmp_path).prices == {"gpt-5": expected}


def test_a_discount_may_be_a_number_or_a_mapping(tmp_path: Path) -> None:
    """Both forms stand in one file."""
    text = "discounts: {openai: 10, deepseek: {percent: -5, until: 2026-12-31}}\n"
    assert settings_of(text, tmp_path).discounts == {
        "openai": Discount(percent="10"),
        "deepseek": Discount(percent="-5", until="2026-12-31"),
    }


@pytest.mark.parametrize("text", ["", "discounts:\n", "discounts: 5\n", "prices:\n"])
def test_what_is_no_mapping_is_left_for_its_own_error(text: str) -> None:
    """Sections without content pass; the types say what is wrong with the rest."""
    tree = read_yaml(text, "f.yaml")
    assert spelled_out(tree) == tree
    check_own_prices(tree)


def test_a_discount_without_content_lacks_its_percentage(tmp_path: Path) -> None:
    """`openai:` alone is no discount of nothing."""
    with pytest.raises(SettingsError) as caught:
        settings_of("discounts:\n  openai:\n", tmp_path)
    assert caught.value.message == "modelroute.yaml:2: `discounts.openai` lacks `percent`"
