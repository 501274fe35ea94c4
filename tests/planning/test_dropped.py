"""Parameters that chosen models do not take."""

import polars as pl
import pytest
from msgspec.structs import replace
from support.calls import make_card
from support.planning_jobs import plan_of, requests_of

from modelroute_cli.base.schema import Need
from modelroute_cli.catalog.cards import Catalog, ModelCard, Provider
from modelroute_cli.planning.dropped import dropped_warnings

OPENAI = Provider(name="openai", base_url="https://openai.invalid", seed_field="seed")
ALL = sum(need.bit for need in (Need.TEMPERATURE, Need.TOP_P, Need.SEED, Need.STOP))
PLAIN, TAKER = replace(make_card("plain"), sampling=False, stop=False), make_card("taker")


def told(
    *kinds: tuple[int, str, int], cards: tuple[ModelCard, ...] = (PLAIN, TAKER), provider: Provider = OPENAI
) -> tuple[str, ...]:
    """What is said of kinds with these needs on these models, so many requests each."""
    frame = requests_of(*({"needs": needs} for needs, _, _ in kinds))
    portions = pl.DataFrame(
        {
            "kind": pl.Series(range(len(kinds)), dtype=pl.Int64),
            "model": [model for _, model, _ in kinds],
            "requests": [count for _, _, count in kinds],
        }
    )
    catalog = Catalog(models={}, providers={"openai": provider}, aliases={})
    return dropped_warnings(frame, portions, {each.name: each for each in cards}, catalog)


def test_each_parameter_has_one_line() -> None:
    """With the number of requests, and what becomes of it."""
    assert told((ALL, "plain", 1_000), (ALL, "taker", 7), (0, "plain", 5)) == (
        "`temperature` of 1,000 requests is not sent: plain takes none",
        "`top_p` of 1,000 requests is not sent: plain takes none",
        "`stop` of 1,000 requests is applied here, after the answer: plain takes none",
    )


def test_nothing_is_said_where_nothing_is_dropped() -> None:
    """Nothing asked for, or only of models that take it."""
    assert told((0, "plain", 5), (Need.TOOLS.bit, "plain", 5)) == ()
    assert told((ALL, "taker", 5)) == ()


def test_several_models_are_named_and_many_counted() -> None:
    """Five of them."""
    cards = tuple(replace(PLAIN, name=f"m{at}") for at in range(7))
    kinds = [(Need.TEMPERATURE.bit, each.name, 1) for each in cards]
    assert told(*kinds[:2], cards=cards) == ("`temperature` of 2 requests is not sent: m0, m1 take none",)
    assert told(*kinds, cards=cards) == (
        "`temperature` of 7 requests is not sent: m0, m1, m2, m3, m4, 2 more take none",
    )


@pytest.mark.parametrize(
    ("provider", "names"),
    [
        (replace(OPENAI, seed_field="none"), ["seed"]),
        (replace(OPENAI, format="openai_responses"), ["seed", "stop"]),
        (replace(OPENAI, format="anthropic_messages", api_version="2026-10-21"), ["temperature", "top_p", "seed"]),
        (replace(OPENAI, format="anthropic_messages", api_version="2023-06-01"), ["seed"]),
        (replace(OPENAI, format="gemini"), []),
    ],
)
def test_a_wire_format_may_not_carry_it(provider: Provider, names: list[str]) -> None:
    """Whatever the model could do with it."""
    assert [text.split("`")[1] for text in told((ALL, "taker", 1), provider=provider)] == names


def test_a_plan_says_it() -> None:
    """Among its warnings; a duplicate is not sent anyway."""
    rows: list[dict[str, object]] = [
        {"needs": Need.TEMPERATURE.bit, "model": "gpt-6-luna"},
        {"needs": Need.TEMPERATURE.bit, "duplicate_of": 0},
    ]
    warnings = plan_of(rows).header.warnings
    assert "`temperature` of 1 request is not sent: gpt-6-luna takes none" in warnings
