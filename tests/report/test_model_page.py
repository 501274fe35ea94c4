"""The page of one model: each number with its date and the number of its source."""

from datetime import date

from msgspec.structs import replace
from support.catalog_room import default_catalog, default_settings
from support.model_facts import AT, model, step, tier

from modelroute_cli.base.money import from_usd
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.sourced import Sourced
from modelroute_cli.report.catalog_summary import HoursPrice, ModelFacts, models_summary
from modelroute_cli.report.model_page import model_page

PEAK = HoursPrice(start_minute=60, end_minute=240, weekdays=(0, 1, 2, 3, 4), prices=(step("2", "4"),))
DAILY = HoursPrice(start_minute=1350, end_minute=30, weekdays=tuple(range(7)), prices=(step("3", "6"),))
NOVA = model(
    "nova",
    tiers=(
        tier((step("1", "2"), step("2", "3", 200_000)), hours=(PEAK, DAILY)),
        tier((step("0.5", "1"),), ServiceTier.BATCH),
    ),
    aliases=("cheap", "premium"),
    regions=("eu",),
    facts=(
        Sourced(field="standard.input", value="$1.000 per million tokens", source="a list", date="2026-11-20"),
        Sourced(field="standard.input above 200,000 input tokens", value="$2", source="a list", date="2026-11-20"),
        Sourced(field="context_tokens", value="100,000", source="a card, 2026-10", date="2026-10"),
        Sourced(field="regions", value="eu", source="settings: modelroute.yaml", date=None),
        Sourced(field="limits.rpm", value="60", source="", date=None),
    ),
)


def page(found: ModelFacts, width: int | None = None) -> list[str]:
    """The page's texts."""
    return [line.text for line in model_page(found, width)]


def test_a_page_has_every_number_with_its_source_and_date() -> None:
    """Prices by tier, length and hour; then the rest; then the sources."""
    assert page(NOVA) == [
        "nova: `nova` at openai; in cheap, premium",
        "",
        "Per million tokens                 Input  Output  Cache read  Cache write  Source",
        "standard                          $1.000  $2.000      $0.100       $1.000     [1]",
        "standard above 200 k input        $2.000  $3.000      $0.200       $2.000     [1]",
        "standard 01:00-04:00 UTC Mon-Fri  $2.000  $4.000      $0.200       $2.000     [1]",
        "standard 22:30-00:30 UTC          $3.000  $6.000      $0.300       $3.000     [1]",
        "batch                             $0.500  $1.000      $0.050       $0.500     [1]",
        "",
        "What            Value    Date     Source",
        "context_tokens  100,000  2026-10     [2]",
        "regions         eu                   [3]",
        "limits.rpm      60",
        "not known: retention_days, zero_retention, trains_on_data",
        "",
        "[1] a list; prices of 2026-11-20",
        "[2] a card, 2026-10",
        "[3] settings: modelroute.yaml",
    ]


def test_a_narrow_page_keeps_the_prices() -> None:
    """80 cells are enough for all of them; then the cache's go, and the names never."""
    assert page(NOVA, 80)[2] == "Per million tokens                 Input  Output  Cache read  Cache write"
    assert page(NOVA, 50)[2:4] == [
        "Per million tokens                 Input  Output",
        "standard                          $1.000  $2.000",
    ]


def test_a_model_without_a_price_says_how_to_give_it_one() -> None:
    """Never an empty table."""
    lines = page(model("house", tiers=()))
    assert lines[:4] == [
        "house: `house` at openai",
        "",
        "No price is known; set `prices.house` to use it.",
        "",
    ]


def test_list_prices_are_shown_to_their_last_decimal() -> None:
    """$0.0625 is not $0.062."""
    row = page(model("nova", tiers=(tier((step("0.0625", "1234.5"),)),)))[3]
    assert row.split() == ["standard", "$0.0625", "$1,234.50", "$0.00625", "$0.0625", "[1]"]


def test_a_price_of_each_request_has_a_column() -> None:
    """Where there is one: a server that is paid by the hour."""
    hourly = replace(step("0", "0"), request_pusd=from_usd("0.0004"))
    lines = page(model("house", tiers=(tier((hourly,)),)))
    assert lines[2:4] == [
        "Per million tokens  Input  Output  Cache read  Cache write  A request  Source",
        "standard            $0.00   $0.00       $0.00        $0.00   $0.00040     [1]",
    ]


def test_a_near_end_is_a_warning() -> None:
    """At the end, where it is read."""
    assert page(model("old", shutdown="2026-12-11", shutdown_in_days=21))[-1] == (
        "warning: switched off on 2026-12-11, in 21 days: `old`"
    )


def test_what_a_card_says_cannot_write_to_the_terminal() -> None:
    """Values and sources may come from an imported list."""
    fact = Sourced(field="released", value="\x1b[31m2026", source="a\nb\x07", date=None)
    lines = page(model("nova", facts=(fact,)))
    assert ["released", "?[31m2026", "[2]"] in [line.split() for line in lines]
    assert "[2] a b?" in lines


def test_every_shipped_model_has_a_page() -> None:
    """Each row of prices and each fact has a source that stands below, known facts a date or settings."""
    catalog = default_catalog()
    summary = models_summary(catalog, default_settings(), catalog.models, AT, date(2026, 11, 20))
    for found in summary.models:
        lines = page(found)
        assert len(found.facts) > 10
        assert lines[0].startswith(f"{found.name}: `{found.model_id}` at {found.provider}")
        assert sum(line.startswith("standard") for line in lines) >= 1
        priced = "[1] your own machine (free)" if found.provider == "local" else "[1] genai-prices"
        assert any(line.startswith(priced) for line in lines)
