"""The table of service tiers."""

import pytest
from msgspec import structs

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.report.tiers import TierLine
from modelroute_cli.report.tiers_screen import span, tiers_screen

BATCH = TierLine(
    service_tier="batch",
    requests=120_000,
    cost_pusd=from_usd(40),
    saved_pusd=from_usd(40),
    saved_share=0.5,
    waits_s=172_800,
    typical_s=3_600,
    batches=3,
)
FLEX = TierLine(
    service_tier="flex",
    requests=10,
    cost_pusd=PicoUSD(1),
    saved_pusd=None,
    saved_share=None,
    waits_s=900,
    typical_s=None,
    batches=None,
)


def texts(width: int | None, *lines: TierLine) -> list[str]:
    """The lines of the table."""
    return [line.text for line in tiers_screen(lines, width)]


@pytest.mark.parametrize("width", [None, 80])
def test_tiers_stand_in_a_table(width: int | None) -> None:
    """As wide as needed, and at 80 cells; what is unknown is a dash."""
    assert texts(width, FLEX, BATCH) == [
        "",
        "Tier   Requests          Saved  Answers within  Most within  Batches",
        "flex         10              -          15 min            -        -",
        "batch   120,000  ~$40.000, 50%            48 h          1 h       ~3",
    ]


def test_a_narrow_terminal_keeps_what_is_saved_and_how_long_it_takes() -> None:
    """Batches go first, then what is usual, then the number of requests."""
    assert texts(40, BATCH) == [
        "",
        "Tier           Saved  Answers within",
        "batch  ~$40.000, 50%            48 h",
    ]
    assert texts(60, BATCH)[1] == "Tier   Requests          Saved  Answers within  Most within"


def test_without_tiers_there_is_no_table() -> None:
    """Not even a blank line."""
    assert texts(None) == []


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "-"), (0, "0 min"), (1, "1 min"), (900, "15 min"), (5_400, "1 h 30 min"), (86_400, "24 h")],
)
def test_spans_are_said_in_hours_and_minutes(seconds: int | None, said: str) -> None:
    """Rounded up: nobody waits longer than was said."""
    assert span(seconds) == said


def test_a_cent_is_not_worth_a_day() -> None:
    """The batch is handed in all the same: the plan is the cheapest one; what is not handed in is no wait."""
    little = structs.replace(BATCH, saved_pusd=PicoUSD(9_999_999_999), saved_share=0.25)
    assert texts(80, little)[-1] == "  batch saves less than a cent: `--tiers standard,flex` sends all at once"
    enough = structs.replace(little, saved_pusd=from_usd("0.01"))
    for line in (enough, FLEX, structs.replace(FLEX, saved_pusd=PicoUSD(1), saved_share=0.5)):
        assert len(texts(80, line)) == 3
