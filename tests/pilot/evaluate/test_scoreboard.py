"""All trials as one set of numbers, and how they look."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import msgspec
import pytest
from support.recorded_batches import recorded

from modelroute_cli.pilot.evaluate.evaluate import evaluate
from modelroute_cli.pilot.evaluate.recorded import Loaded
from modelroute_cli.pilot.evaluate.scoreboard import OURS, WHOLE, Asked, Scoreboard, spread
from modelroute_cli.report.eval_plot import eval_plot
from modelroute_cli.report.eval_screen import eval_screen
from modelroute_cli.report.json_out import to_json

ASKED = Asked(jobs="jobs.jsonl", outcomes="o.csv", floor=0.98, budget=None, confidence=0.95, pilot_per_template=40)
LOADED = Loaded(recorded(12), ("1 models without a known cost: odd\x1b[31m",))


@pytest.fixture(scope="module")
def board() -> Scoreboard:
    """Three trials of a batch of two thousand."""
    return evaluate(LOADED, ASKED, range(3))


def test_a_spread_has_mean_deviation_and_ends() -> None:
    """Over one seed nothing deviates."""
    found = spread([1.0, 2.0, 6.0])
    assert (found.mean, found.low, found.high) == (3.0, 1.0, 6.0)
    assert found.sd == pytest.approx(2.6458, abs=1e-4)
    assert spread([0.5]).sd == 0.0


def test_the_board_says_what_was_asked_and_of_what(board: Scoreboard) -> None:
    """Requests, groups, models, baseline and its bill."""
    assert (board.requests, board.groups, board.models) == (2_000, 8, ("cheap", "middle", "premium"))
    assert (board.baseline, board.floor, board.budget, board.seeds) == ("premium", 0.98, None, 3)
    assert board.baseline_pusd == LOADED.recorded.bill_pusd
    assert board.pilot_requests == 320


def test_ours_comes_first_and_the_oracle_last(board: Scoreboard) -> None:
    """Nine rows, each with how often the floor was held."""
    assert [row.name for row in board.rows] == [
        OURS,
        WHOLE,
        "baseline only",
        "best single model",
        "best mixture",
        "two-model router",
        "threshold per request",
        "plug-in plan",
        "oracle",
    ]
    assert board.row("baseline only").held == 3
    assert board.row("baseline only").cost.mean == 1.0


def test_predicted_less_realised_is_told(board: Scoreboard) -> None:
    """The bound that a plan counts on is its planned quality, at least the floor."""
    gap = board.predicted_minus_realised
    assert gap.bound.low >= 0.98 - 1e-9
    assert 0 <= gap.bound_kept <= 3
    assert gap.quality.low <= gap.quality.mean <= gap.quality.high


def test_a_budget_has_no_floor_and_no_oracle() -> None:
    """What was held is not asked."""
    asked = msgspec.structs.replace(ASKED, budget=0.5, floor=1.0)
    board = evaluate(LOADED, asked, [0])
    assert (board.floor, board.budget) == (None, 0.5)
    assert {row.held for row in board.rows} == {None}
    assert "oracle" not in [row.name for row in board.rows]
    assert any("the best quality for 50.0% of the baseline's cost" in line.text for line in eval_screen(board, None))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_on_the_screen_is_wider_than_it(board: Scoreboard, width: int) -> None:
    """At 60 columns the ranges go first, cost and quality stay."""
    lines = [line.text for line in eval_screen(board, width)]
    assert max(len(line) for line in lines) <= width
    title = next(line for line in lines if line.startswith("Method"))
    assert "Cost" in title
    assert "Quality" in title


def test_the_screen_says_the_answer_in_a_sentence(board: Scoreboard) -> None:
    """And hostile names do nothing."""
    text = "\n".join(line.text for line in eval_screen(board, None))
    assert "2,000 requests in 8 groups, 3 models with recorded outcomes. Baseline premium: quality 0.9" in text
    assert "Asked for 98.0% of the baseline's quality: after a pilot, the plan realised " in text
    assert "\x1b" not in text
    assert "left out: 1 models without a known cost: odd?[31m" in text


def test_the_object_for_programs_has_money_as_text(board: Scoreboard) -> None:
    """One object, format 1."""
    found = msgspec.json.decode(to_json(board), type=dict[str, object])
    assert found["format"] == 1
    assert isinstance(found["baseline_usd"], str)
    rows = found["rows"]
    assert isinstance(rows, list)
    assert rows[0]["name"] == OURS


def test_the_picture_is_whole_and_says_its_numbers(board: Scoreboard) -> None:
    """Valid XML with a title, a description of every method, and no script."""
    named = msgspec.structs.replace(board, baseline="<script>x</script>")
    root = ET.fromstring(eval_plot(named))  # noqa: S314 - our own picture
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title") is not None
    described = root.find(f"{space}desc")
    assert described is not None
    assert all(row.name in (described.text or "") for row in board.rows)
    assert root.find(f".//{space}script") is None
    assert len(root.findall(f"{space}rect")) == 1 + len(board.rows)


def test_a_batch_without_whole_models_draws_none() -> None:
    """A single model that misses one answer is no point in the picture."""
    batch = replace(LOADED.recorded, quality=LOADED.recorded.quality.copy())
    batch.quality[0, 0] = float("nan")
    board = evaluate(Loaded(batch, ()), ASKED, [1])
    assert [point.model for point in board.singles] == ["middle", "premium"]
