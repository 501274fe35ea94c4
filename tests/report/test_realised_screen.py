"""Planned, certified and realised quality on a terminal."""

from msgspec.structs import replace

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.realised import ControlUse, FallLine, Realised, TemplateRealised, Within
from modelroute_cli.report.realised_screen import fall_words, realised_screen
from modelroute_cli.report.screen import Screen

CONTROL = ControlUse(baseline="gpt-5", asked=20, pairs=21, cost_pusd=PicoUSD(110_000_000_000), held_pusd=PicoUSD(0))
UNMEASURED = Realised(
    requests=992,
    measured=0,
    scorers=(),
    quality=None,
    covered=0,
    pairs=0,
    pair_scorers=(),
    ratio=None,
    control=None,
    planned=0.86,
    planned_by="unmeasured: prior only",
    templates=(),
    falls=(),
)
FALL = FallLine(
    at="2026-11-23T10:14:05.123+00:00",
    template="t1",
    model="gpt-6-luna",
    expected=0.95,
    seen=0.614,
    answers=45,
    before=1003,
    versus="",
)


def _texts(screen: Screen) -> list[str]:
    return [line.text for line in screen]


def test_a_run_that_measured_nothing_says_so() -> None:
    """And how to have something measured."""
    assert _texts(realised_screen(UNMEASURED, None, None)) == [
        "",
        "Quality",
        "  planned: 0.86 (unmeasured: prior only)",
        "  not certified: nothing was promised for this plan",
        "  realised: not measured; `--control 1%` compares a sample with the baseline's answers",
    ]


def test_nothing_is_said_before_anything_ended() -> None:
    """Nor of a run whose journal is not known."""
    assert realised_screen(None, None, None) == ()
    assert realised_screen(replace(UNMEASURED, requests=0), None, None) == ()


def test_the_three_words_stand_side_by_side() -> None:
    """What was planned, what was promised, what came of it; and what comparing cost."""
    found = replace(
        UNMEASURED,
        measured=312,
        scorers=("expected",),
        quality=Within(value=0.931, low=0.912, high=0.95),
        covered=992,
        pairs=21,
        pair_scorers=("expected", "gates"),
        ratio=Within(value=0.974, low=0.951, high=0.997),
        control=CONTROL,
    )
    certified = "certified: at least 97% of gpt-5's quality on this batch (95% confidence, 412 paired requests)"
    assert _texts(realised_screen(found, certified, None))[2:] == [
        "  planned: 0.86 (unmeasured: prior only)",
        f"  {certified}",
        "  realised: 0.931 by expected (90% interval 0.912 to 0.950; measured on 312 requests)",
        "  realised: 97.4% of gpt-5's quality (90% interval 95.1% to 99.7%, 21 paired requests)",
        "    compared by expected, gates",
        "  control sample: gpt-5 asked about 20 requests, 21 compared; cost $0.110, in what was spent",
    ]


def test_what_was_measured_of_all_needs_no_interval() -> None:
    """Every answer was held against what is expected."""
    all_of = Within(value=0.885, low=0.885, high=0.885)
    found = replace(UNMEASURED, measured=992, covered=992, scorers=("expected",), quality=all_of)
    assert "  realised: 0.885 by expected (all 992 answers)" in _texts(realised_screen(found, None, None))


def test_gates_alone_are_a_weak_word() -> None:
    """An answer that can be used need not be good."""
    ratio = Within(value=1.0, low=0.9, high=1.1)
    use = replace(CONTROL, held_pusd=PicoUSD(5_000_000_000))
    found = replace(UNMEASURED, pairs=21, pair_scorers=("gates",), ratio=ratio, control=use)
    *_, compared, sample = _texts(realised_screen(found, None, None))
    assert compared == "    compared by gates alone: usable, which is less than good"
    assert sample.endswith("cost $0.110, in what was spent, up to $0.0050 possibly billed")


def test_a_fall_is_told_with_its_figures() -> None:
    """Where, what was expected, what was seen, and since when; of pairs as a difference."""
    line = "drift 10:14:05: gpt-6-luna does worse on t1: quality 0.61 in 45 answers after 1,003, 0.95 was expected"
    assert fall_words(FALL) == line
    assert f"  {line}" in _texts(realised_screen(replace(UNMEASURED, falls=(FALL,)), None, None))
    paired = replace(FALL, expected=-0.01, seen=-0.2, versus="gpt-5")
    assert "difference to gpt-5 -0.20 in 45 answers" in fall_words(paired)


def test_templates_are_listed_where_there_are_several() -> None:
    """The busiest first; those that nothing was measured of are left out."""
    measured = TemplateRealised(
        template="email-en-1",
        requests=900,
        measured=312,
        quality=Within(value=0.93, low=0.91, high=0.95),
        pairs=19,
        ratio=Within(value=0.97, low=0.94, high=1.0),
        planned=0.87,
    )
    other = replace(measured, template="email-de-2", requests=92, measured=0, quality=None, pairs=2, ratio=None)
    few = replace(other, template="x", quality=Within(value=0.5, low=0.1, high=0.9), measured=3)
    found = replace(UNMEASURED, templates=(measured, other, few))
    assert _texts(realised_screen(found, None, None))[-3:] == [
        "Quality by template  Requests  Planned  Measured             Realised  Pairs  Of the baseline's",
        "email-en-1                900     0.87       312  0.93 (0.91 to 0.95)     19  97% (94% to 100%)",
        "x                          92     0.87         3  0.50 (0.10 to 0.90)      2                  -",
    ]


def test_names_of_strangers_are_made_harmless() -> None:
    """A template may be named by a job file."""
    assert "\x1b" not in fall_words(replace(FALL, template="t\x1b[31m"))
