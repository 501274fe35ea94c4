"""The history as numbers."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest
from support.measured import EMAIL, NOON, About, day, observed, part

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.history.sums import summed
from modelroute_cli.pilot.history.weighing import Ageing
from modelroute_cli.report.history_summary import Estimate, HistoryLine, history_lines, history_parts

TODAY = NOON.date()
BEST = observed("gpt-5", [1.0] * 6 + [0.0] * 2)
CHEAP = observed("gpt-6-luna", [1.0] * 4 + [0.0] * 4)


def rounded(line: HistoryLine) -> HistoryLine:
    """The line with four decimals in its intervals."""
    assert line.difference is not None
    estimates = [
        Estimate(n=one.n, mean=one.mean, low=round(one.low, 4), high=round(one.high, 4))
        for one in (line.quality, line.difference)
    ]
    return msgspec.structs.replace(line, quality=estimates[0], difference=estimates[1])


def test_a_line_is_all_that_was_measured_of_a_model_on_a_template() -> None:
    """Means and 90% intervals of what was measured, whatever its age, and what that counts as today."""
    rows = [
        *summed([*BEST, *CHEAP], part("old", at=day("2026-08-25"))),
        *summed(observed("gpt-6-luna", [1.0] * 8), part("new", "run")),
    ]
    _, found = history_lines(rows, TODAY, Ageing())
    assert rounded(found) == HistoryLine(
        template=EMAIL,
        scorer="expected",
        baseline="gpt-5",
        emulated=False,
        model="gpt-6-luna",
        quality=Estimate(n=16, mean=0.75, low=0.5218, high=0.9227),
        counts_as=12.0,
        difference=Estimate(n=8, mean=-0.25, low=-0.6099, high=0.2099),
        output_tokens=100.0,
        cost_pusd=PicoUSD(16 * 10**8),
        first_day=date(2026, 8, 25),
        last_day=TODAY,
        runs=2,
        sources=("pilot", "run"),
    )


def test_the_baseline_has_no_difference() -> None:
    """Unknown is None."""
    (found, _) = history_lines(summed([*BEST, *CHEAP], part()), TODAY, Ageing())
    assert (found.model, found.difference) == ("gpt-5", None)


def test_the_interval_of_answers_that_were_all_right_has_a_width() -> None:
    """Eight right answers of eight are no proof that none is wrong."""
    (found,) = history_lines(summed(observed("gpt-5", [1.0] * 8), part()), TODAY, Ageing())
    assert (found.quality.mean, found.quality.high) == (1.0, 1.0)
    assert found.quality.low == pytest.approx(0.695, abs=1e-3)


def test_lines_are_told_apart_by_template_scorer_baseline_and_model() -> None:
    """Real ones first; another run with another baseline is another line."""
    judged = observed("gpt-5", [1.0], About(scorer="judge:strict"))
    emulated = observed("a-first", [1.0], About(emulated=True))
    rows = [
        *summed([*BEST, *CHEAP, *judged, *emulated], part("one")),
        *summed(BEST, replace(part("two"), baseline="gpt-4.1")),
    ]
    found = [(each.emulated, each.scorer, each.baseline, each.model) for each in history_lines(rows, TODAY, Ageing())]
    assert found == [
        (False, "expected", "gpt-4.1", "gpt-5"),
        (False, "expected", "gpt-5", "gpt-5"),
        (False, "expected", "gpt-5", "gpt-6-luna"),
        (False, "judge:strict", "gpt-5", "gpt-5"),
        (True, "expected", "gpt-5", "a-first"),
    ]


def test_the_parts_of_a_line_are_told_newest_first_with_their_weights() -> None:
    """Of another version than the newest of the whole history, not of the part that is shown."""
    old = summed(observed("gpt-5", [1.0], About(served="v1")), part("old", at=day("2026-08-25")))
    new = summed(observed("gpt-5", [1.0], About(served="v1")), part("new", at=day("2026-11-22")))
    other = summed(observed("gpt-5", [1.0], About(served="v2", template="math-en-0000ffff")), part("other"))
    found = list(history_parts([*old, *new, *other], [*old, *new], TODAY, Ageing()))
    assert [(each.run, each.age_days, round(each.by_age, 3), each.by_version) for each in found] == [
        ("new", 1, 0.992, 0.25),
        ("old", 90, 0.5, 0.25),
    ]
    assert (found[0].model_served, found[0].quality.n, found[0].difference) == ("v1", 1, None)
