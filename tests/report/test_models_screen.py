"""The list of models on screens of every width, with shutdowns as warnings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.model_facts import model, step, summary_of, tier

from modelroute_cli.base.money import from_usd
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.report.catalog_summary import HoursPrice, ModelFacts
from modelroute_cli.report.models_screen import STANDARD_ALONE, models_screen, shutdown_warnings
from modelroute_cli.report.screen import width_of

LONG_NAME = "openrouter/anthropic/claude-sonnet-5.5-with-a-very-long-name"
BOTH = model(
    "nova", tiers=(tier((step("1", "2"),)), tier((step("0.5", "1"), step("1", "2", 200_000)), ServiceTier.BATCH))
)


def lines(*models: ModelFacts, width: int | None = None, tiers: tuple[ServiceTier, ...] = STANDARD_ALONE) -> list[str]:
    """The screen's texts."""
    return [line.text for line in models_screen(summary_of(*models), width, tiers)]


def test_a_piped_list_has_every_column() -> None:
    """As wide as it needs."""
    row = model("nova", regions=("eu", "us"), aliases=("cheap",), response_schema="native", shutdown="2027-04-01")
    assert lines(row)[:2] == [
        (
            "Model  Input/M  Cached/M  Output/M  Context  Output limit  Takes  Schema  Regions  Aliases  Shutdown"
            "    Prices of   Counts as"
        ),
        (
            "nova    $1.000    $0.100    $2.000    100 k          10 k  text   native  eu, us   cheap    2027-04-01"
            "  2026-11-20  o200k"
        ),
    ]


def test_a_narrow_terminal_keeps_name_and_prices() -> None:
    """What matters least goes first."""
    assert lines(BOTH, width=30)[:2] == ["Model  Input/M  Output/M", "nova    $1.000    $2.000"]


@given(st.integers(1, 300))
def test_names_are_never_cut(width: int) -> None:
    """At any width, and every line fits once name and prices do."""
    shown = lines(model(LONG_NAME), width=width)
    least = len(LONG_NAME) + len("  Input/M  Output/M")
    assert shown[0 if width < least else 1].startswith(LONG_NAME)
    assert width < least or max(width_of(line) for line in shown) <= width


def test_a_tier_has_its_own_prices_and_column() -> None:
    """Its steps stand below, with its name."""
    shown = lines(BOTH, tiers=(ServiceTier.BATCH,))
    assert shown[0].split()[:3] == ["Model", "Tier", "Input/M"]
    assert shown[1].split()[:5] == ["nova", "batch", "$0.500", "$0.050", "$1.000"]
    assert shown[-1] == "nova at batch: above 200 k input tokens $1.000 in, $2.000 out"


def test_all_tiers_are_a_row_each() -> None:
    """Those it is not sold at have none."""
    shown = lines(BOTH, model("plain"), tiers=tuple(ServiceTier))
    assert [line.split()[:2] for line in shown[1:4]] == [["nova", "standard"], ["nova", "batch"], ["plain", "standard"]]


def test_prices_by_the_hour_are_noted() -> None:
    """The row shows those of now."""
    hours = HoursPrice(start_minute=60, end_minute=240, weekdays=(0,), prices=(step("2", "4"),))
    assert lines(model("nova", tiers=(tier((step("1", "2"),), hours=(hours,)),)))[-1] == (
        "nova: prices change by the hour; these hold now"
    )


def test_a_price_of_each_request_is_noted() -> None:
    """The row has those of tokens alone."""
    hourly = replace(step("0", "0"), request_pusd=from_usd("0.0004"))
    assert lines(model("house", tiers=(tier((hourly,)),)))[-1] == "house: each request costs $0.00040 besides"


def test_a_model_without_a_price_has_dashes_and_a_way_out() -> None:
    """Never $0.00."""
    shown = lines(model("house", tiers=()))
    assert shown[1].split()[:4] == ["house", "-", "-", "-"]
    assert shown[-1] == "house: no price is known; set `prices.house` to use it"


def test_no_model_is_said() -> None:
    """Not an empty table."""
    assert lines() == ["No model is like that."]


@pytest.mark.parametrize(
    ("days", "cell"),
    [
        (61, "2026-12-11"),
        (60, "2026-12-11 (60 days)"),
        (1, "2026-12-11 (1 day)"),
        (0, "2026-12-11 (past)"),
        (-9, "2026-12-11 (past)"),
    ],
)
def test_a_near_end_is_counted_in_days(days: int, cell: str) -> None:
    """On its day it is past."""
    shown = lines(model("old", shutdown="2026-12-11", shutdown_in_days=days))
    assert cell in shown[1].split("none")[1]
    assert ("(" in shown[1]) is (days <= 60)


def test_ends_are_warned_of_by_day_the_soonest_first() -> None:
    """One line a day, whatever many models end."""
    models = [
        model("a", shutdown="2026-12-11", shutdown_in_days=21),
        model("b", shutdown="2026-07-24", shutdown_in_days=-119),
        model("c", shutdown="2026-12-11", shutdown_in_days=21),
        model("d", shutdown="2026-11-21", shutdown_in_days=1),
        model("e", shutdown="2027-12-11", shutdown_in_days=386),
    ]
    warnings = list(shutdown_warnings(models))
    assert {line.style for line in warnings} == {"warning"}
    assert [line.text for line in warnings] == [
        "warning: switched off on 2026-07-24, no request can be sent to it any more: `b`",
        "warning: switched off on 2026-11-21, in 1 day: `d`",
        "warning: switched off on 2026-12-11, in 21 days: `a`, `c`",
    ]
