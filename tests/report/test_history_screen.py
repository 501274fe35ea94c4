"""The history as text."""

import pytest
from support.measured import NOON, About, day, observed, part

from modelroute_cli.pilot.history.sums import Sums, summed
from modelroute_cli.pilot.history.weighing import Ageing
from modelroute_cli.report.history_screen import detail_screen, history_screen
from modelroute_cli.report.history_summary import HistoryDetail, HistorySummary, history_lines, history_parts
from modelroute_cli.report.screen import Screen, width_of

TODAY = NOON.date()
BEST = observed("gpt-5", [1.0] * 12 + [0.0] * 2)
CHEAP = observed("gpt-6-luna", [1.0] * 10 + [0.0] * 4)
REAL = summed([*BEST, *CHEAP], part())
EMULATED = summed(observed("gpt-5", [0.5, 1.0], About(emulated=True)), part("emu1"))


def listed(*rows: Sums, width: int | None = None, kept: bool = True) -> str:
    """The list of these rows."""
    lines = history_lines(rows, TODAY, Ageing())
    return text(history_screen(HistorySummary(kind="history", file="/data/history.db", kept=kept, lines=lines), width))


def detailed(*rows: Sums, width: int | None = None) -> str:
    """All parts of these rows."""
    parts = tuple(history_parts(rows, rows, TODAY, Ageing()))
    return text(detail_screen(HistoryDetail(kind="history_detail", file="-", key="-", parts=parts), width))


def text(screen: Screen) -> str:
    """The lines as they stand."""
    return "\n".join(line.text for line in screen)


def test_a_template_heads_its_models() -> None:
    """With the scorer, and the baseline that they are beside."""
    assert listed(*REAL, width=110) == (
        """\
Model          n  Quality  90% interval  Differs    90% interval    Last day  Source  Counts as  Runs     Cost
email-en-1234abcd, scored by expected, beside gpt-5
  gpt-5       14     0.86  0.62 to 1.00        -                  2026-11-23  pilot          14     1  $0.0014
  gpt-6-luna  14     0.71  0.46 to 0.91    -0.14  -0.36 to +0.11  2026-11-23  pilot          14     1  $0.0014

1 template, 2 models, 28 measurements, the last on 2026-11-23
Kept in /data/history.db
What is old, or of an older version of a model, counts less: modelroute history show KEY"""
    )


def test_what_is_emulated_stands_apart_and_says_so() -> None:
    """It says nothing of a model."""
    shown = listed(*REAL, *EMULATED).splitlines()
    place = shown.index("EMULATED: measured on an emulator, used by emulated runs alone")
    assert place > shown.index("email-en-1234abcd, scored by expected, beside gpt-5")
    assert shown[place + 3].split()[:3] == ["gpt-5", "2", "0.75"]


def test_an_empty_history_says_so_and_what_to_type() -> None:
    """Where it would be, too."""
    assert listed() == (
        "The history is empty: nothing was measured yet that /data/history.db would keep.\n"
        "To measure something, run: modelroute pilot JOBS"
    )


def test_a_history_that_is_not_kept_says_so() -> None:
    """What is there stays, and is not used."""
    told = "`history.keep` is off: nothing is added to it, and plans do not use it."
    assert told in listed(*REAL, kept=False).splitlines()
    assert told in listed(kept=False).splitlines()


LONG = "openrouter/anthropic/claude-haiku-5-5-20261001-thinking"


@pytest.mark.parametrize("width", [40, 80, 100, 140])
def test_no_name_is_ever_cut(width: int) -> None:
    """Columns go instead, the mean and its interval never."""
    rows = [*REAL, *summed(observed(LONG, [1.0, 0.0]), part())]
    for shown in (listed(*rows, width=width), detailed(*rows, width=width)):
        assert LONG in shown
        assert "0.71" in shown
        assert "0.46 to 0.91" in shown
        assert "…" not in shown


def test_names_of_usual_length_fit_into_80_columns() -> None:
    """With quality, difference and both intervals."""
    shown = listed(*REAL, width=80).splitlines()
    assert shown[0] == "Model          n  Quality  90% interval  Differs    90% interval    Last day"
    assert max(map(width_of, shown[:4])) <= 80


def test_all_parts_are_shown_with_why_they_count_less() -> None:
    """Age and versions."""
    old = summed(observed("gpt-5", [1.0, 0.0], About(served="gpt-5-2026-05")), part("old", at=day("2026-08-25")))
    new = summed(observed("gpt-5", [1.0], About(served="gpt-5-2026-08")), part("new", "run"))
    assert detailed(*old, *new) == (
        """\
Model           Day  n  Quality  90% interval  Differs  90% interval  Weight  Run  Source  Model served
email-en-1234abcd, scored by expected, beside gpt-5
  gpt-5  2026-11-23  1     1.00  0.00 to 1.00        -                  1.00  new  run     gpt-5-2026-08
  gpt-5  2026-08-25  2     0.50  0.00 to 1.00        -                  0.12  old  pilot   gpt-5-2026-05

The weight falls with age, the oldest is of 90 days ago (`history.half_life_days`).
Older versions of models count less (`history.version_weight`):
  gpt-5 served as gpt-5-2026-05"""
    )


def test_what_counts_whole_needs_no_reason() -> None:
    """Measured today, of the newest version."""
    assert "count" not in detailed(*REAL)


def test_what_a_provider_calls_its_model_cannot_move_the_cursor() -> None:
    """Names of strangers are shown harmless."""
    rows = summed(observed("gpt-5", [1.0], About(served="\x1b[2Jgpt")), part())
    assert "\x1b" not in detailed(*rows)
    assert "?[2Jgpt" in detailed(*rows)


def test_what_hardly_counts_any_more_is_not_shown_as_nothing() -> None:
    """Four years ago."""
    old = summed(observed("gpt-5", [1.0]), part("old", at=day("2023-01-01")))
    assert listed(*old).splitlines()[2].split()[9] == "2e-05"
