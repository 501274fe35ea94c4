"""Service tiers beside each other, on a terminal."""

import pytest
from msgspec.structs import replace

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_tiers import LineEnds
from modelroute_cli.report.tier_screen import tiers_screen
from modelroute_cli.report.tier_use import TierUse

BATCH = TierUse(
    service_tier="batch",
    requests=940,
    answers=930,
    cost_pusd=PicoUSD(12 * 10**10),
    standard_pusd=PicoUSD(24 * 10**10),
    saved_pusd=PicoUSD(12 * 10**10),
    batches=2,
    waited_median_s=3_000.0,
    waited_longest_s=9_000.0,
    ends=(
        LineEnds(service_tier="batch", end="expired", lines=12, accepted=11, failed=1),
        LineEnds(service_tier="batch", end="doubled", lines=1, accepted=1, failed=0),
    ),
)
STANDARD = TierUse(
    service_tier="standard",
    requests=10,
    answers=10,
    cost_pusd=PicoUSD(10**10),
    standard_pusd=PicoUSD(10**10),
    saved_pusd=PicoUSD(0),
    batches=0,
    waited_median_s=None,
    waited_longest_s=None,
    ends=(),
)


def _texts(tiers: tuple[TierUse, ...], width: int | None) -> list[str]:
    return [line.text for line in tiers_screen(tiers, width)]


def test_tiers_beside_each_other() -> None:
    """What each cost, what it saved, how long it took; then what became of lines without a plain answer."""
    assert _texts((BATCH, STANDARD), 120) == [
        "",
        "Service tier  Requests  Answers    Cost  At standard   Saved  Median wait  Longest",
        "batch              940      930  $0.120       $0.240  $0.120       50 min    2.5 h",
        "standard            10       10  $0.010       $0.010   $0.00            -        -",
        "  batch: 12 lines expired before they were worked on: 11 accepted after all, 1 failed",
        "  batch: 1 line twice in the results, counted once",
    ]


def test_a_narrow_terminal_drops_columns() -> None:
    """The cost stays."""
    assert _texts((BATCH, STANDARD), 60)[1:4] == [
        "Service tier  Requests  Answers    Cost  At standard   Saved",
        "batch              940      930  $0.120       $0.240  $0.120",
        "standard            10       10  $0.010       $0.010   $0.00",
    ]
    assert _texts((BATCH, STANDARD), 30)[1:3] == ["Service tier    Cost   Saved", "batch         $0.120  $0.120"]


def test_all_at_the_standard_tier_is_nothing_to_compare() -> None:
    """And a run that sent nothing has nothing."""
    assert tiers_screen((STANDARD,), 80) == ()
    assert tiers_screen((), 80) == ()


def test_what_cannot_be_known_is_a_dash_and_what_was_lost_has_its_sign() -> None:
    """A tier may be dearer."""
    unknown = replace(BATCH, standard_pusd=None, saved_pusd=None, ends=())
    dearer = replace(STANDARD, service_tier="priority", saved_pusd=PicoUSD(-(10**10)))
    shown = [text.split() for text in _texts((unknown, dearer), None)[2:]]
    assert shown[0][4:6] == ["-", "-"]
    assert shown[1][5] == "-$0.010"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("cancelled", "  batch: 3 lines were cancelled before they were worked on: 3 not answered yet"),
        ("missing", "  batch: 3 lines are missing in the results: 3 not answered yet"),
        ("gone", "  batch: 3 lines were in a batch that the provider knows no more: 3 not answered yet"),
        ("unclear", "  batch: 3 lines were handed in, and nobody knows whether they were taken: 3 not answered yet"),
        ("failed", "  batch: 3 lines failed: 3 not answered yet"),
    ],
)
def test_every_end_has_words(end: str, said: str) -> None:
    """With what became of the requests."""
    told = LineEnds(service_tier="batch", end=end, lines=3, accepted=0, failed=0)
    assert _texts((replace(BATCH, ends=(told,)),), 120)[-1] == said
