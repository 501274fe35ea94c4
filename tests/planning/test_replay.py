"""Rules of the replay's tables, on made-up outcomes whose truth is known."""

from pathlib import Path

import pytest
from replay import ASKED, CAREFUL, GLOBAL, ORACLE, Pair, Replayed, equals, explained, promises, ratio, replay, show
from replay_curves import Realised
from replay_outcomes import load
from support.replayed import rows, written


def replayed(folder: Path) -> list[Replayed]:
    """Two seeds of the made-up set."""
    loaded = load(written(folder, rows()))
    return [replay(loaded, seed) for seed in range(2)]


def test_a_replay_is_the_same_twice(tmp_path: Path) -> None:
    """Seeds and hashes decide everything."""
    assert replayed(tmp_path) == replayed(tmp_path)


def test_every_method_stands_in_the_table(tmp_path: Path) -> None:
    """Premium alone, what the plan is compared with, the plan in both forms with three gates each, and the oracle."""
    run = replayed(tmp_path)[0]
    assert run.premium == "large"
    assert list(run.kept) == [
        "premium alone",
        "best mix of single models",
        "strong/weak router",
        "threshold per request",
        GLOBAL,
        CAREFUL,
        *(f"{plan} + gate {gate}" for gate in ("0.90/0.05", "0.60/0.10", "0.50/0.50") for plan in (GLOBAL, CAREFUL)),
        ORACLE,
    ]


def test_no_method_is_cheaper_than_the_oracle_at_its_quality(tmp_path: Path) -> None:
    """Knowing every outcome is worth the most; the oracle keeps each promise exactly or better."""
    for run in replayed(tmp_path):
        for at, asked in enumerate(ASKED):
            best = run.kept[ORACLE][at]
            assert best is not None
            assert best.quality >= asked - 1e-9
            able = [found[at] for found in run.kept.values()]
            assert all(one.cost >= best.cost - 1e-9 for one in able if one is not None and one.quality >= best.quality)


def test_the_careful_plan_holds_its_promise(tmp_path: Path) -> None:
    """Here in both seeds, for each promise that it can make."""
    for run in replayed(tmp_path):
        for found, asked in zip(run.kept[CAREFUL], ASKED, strict=True):
            assert found is None or found.quality >= asked


def made(cost: float, quality: float) -> Replayed:
    """A replay with one method's figures written out."""
    kept = (Realised(cost, quality),) * 3
    curve = (Realised(cost, quality),)
    return Replayed("large", {"dear": kept, ORACLE: (Realised(0.1, 1.0),) * 3}, {"dear": curve, GLOBAL: curve}, {})


def test_a_promise_shows_cost_quality_and_how_often_it_held() -> None:
    """Means with standard deviations over the seeds; 97% is no 98%."""
    lines = promises([made(0.5, 1.0), made(0.6, 0.97)])
    assert lines[0].split() == ["promised", "before,", "realised", "after"] + [
        word for asked in ("95%", "98%", "99%") for word in (asked, "of", "premium", "quality")
    ]
    assert lines[2].split() == [
        "dear",
        *("55.0%", "±7.1", "98.5%", "±2.1", "2/2"),
        *("55.0%", "±7.1"),
        *("98.5%", "±2.1", "1/2"),
        "55.0%",
        "±7.1",
        "98.5%",
        "±2.1",
        "1/2",
    ]


def test_a_promise_that_cannot_be_made_is_said() -> None:
    """In no seed."""
    run = Replayed("large", {"dear": (None, None, None)}, {}, {})
    assert promises([run])[2].count("cannot promise it") == 3


def test_equal_quality_is_told_as_a_multiple_of_the_global_plan(tmp_path: Path) -> None:
    """The global plan itself is 1.00; the premium model alone costs more, the oracle less."""
    lines = {line[:42].strip(): line[42:].split() for line in equals(replayed(tmp_path))}
    assert lines[GLOBAL][0] == "1.00"
    assert float(lines["premium alone"][0]) > 1.0
    assert float(lines[ORACLE][0]) < 1.0


def test_seeds_that_do_not_reach_a_quality_are_counted() -> None:
    """One of two; none is said in words."""
    assert ratio([Pair(0.6, 0.3), Pair(None, 0.3)]) == "2.00 [2.00-2.00] in 1/2"
    assert ratio([Pair(0.6, None)]) == "never reached"


def narrow(threshold: float) -> Replayed:
    """A threshold of this cost against a plan of 0.8, with a perfect table against one of 0.5; premium costs 1."""
    costs = {"premium alone": 1.0, "threshold per request": threshold, GLOBAL: 0.8}
    curves: dict[str, tuple[Realised, ...]] = {name: (Realised(cost, 1.0),) for name, cost in costs.items()}
    perfect: dict[str, tuple[Realised, ...]] = {
        "threshold per request": (Realised(0.6, 1.0),),
        GLOBAL: (Realised(0.5, 1.0),),
    }
    return Replayed("large", {ORACLE: (None, None, None)}, curves, perfect)


def test_a_threshold_near_the_plan_is_explained() -> None:
    """By the most that there is to gain, and by what a table without noise would show."""
    lines = explained([narrow(0.9)])
    assert lines[1] == (
        "98%: a threshold costs less than 1.3 times the plan. Premium alone, the most that any method need cost: "
        "1.25 [1.25-1.25]. Threshold, both with a table without noise: 1.20 [1.20-1.20]."
    )
    assert [line[:3] for line in lines] == ["95%", "98%", "99%"]


def test_a_threshold_far_from_the_plan_needs_no_word() -> None:
    """From 1.3 times on."""
    assert explained([narrow(1.04)]) == []
    assert len(explained([narrow(1.03)])) == 3


def test_a_set_is_shown_with_what_was_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Size, models, categories, premium model and seeds stand above the tables."""
    loaded = load(written(tmp_path, rows().remove(prompt_id="p0003", model="small")))
    show(loaded, [replay(loaded, 0)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == ("made: 599 prompts, 3 models, 3 categories; left out: 1 prompts that a model left unanswered")
    assert lines[2] == "premium: large; 1 seeds"
