"""Settings as scorers take them."""

from pathlib import Path

import pytest
from support.catalog_room import catalog_of, settings_of

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import JudgeRule
from modelroute_cli.catalog.scoring import ScoringCommand, ScoringJudge, ScoringSettings
from modelroute_cli.pilot.scorers.choose import Named
from modelroute_cli.pilot.scorers.expected import AS_USUAL, Comparing
from modelroute_cli.pilot.scorers.from_settings import comparing_by, named_by, rule_of, scorer_of


def test_who_has_set_nothing_names_nobody() -> None:
    """And numbers are compared as usual."""
    assert (named_by(ScoringSettings()), comparing_by(ScoringSettings())) == (Named(), AS_USUAL)


def test_a_file_names_a_judge_a_command_and_how_to_compare(tmp_path: Path) -> None:
    """As docs/settings.md says."""
    text = """
scoring:
  judge: {model: premium, mode: pairwise, rubric: It rhymes.}
  command: {run: [python3, score.py], timeout_s: 5}
  tolerance: 0.01
  any_order: true
"""
    scoring = settings_of(text, tmp_path).scoring
    judge = ScoringJudge(model="premium", mode="pairwise", rubric="It rhymes.")
    command = ScoringCommand(run=("python3", "score.py"), timeout_s=5)
    assert scoring == ScoringSettings(judge=judge, command=command, tolerance=0.01, any_order=True)
    assert named_by(scoring, frozenset("a")) == Named(command=True, judge=True, pairwise=True, labelled=frozenset("a"))
    assert comparing_by(scoring) == Comparing(tolerance=0.01, any_order=True)
    assert rule_of(judge) == JudgeRule(model="premium", rubric="It rhymes.", mode="pairwise")
    scorer = scorer_of(command, {"A": "b"}, print)
    assert (scorer.run, scorer.env, scorer.timeout_s, scorer.log) == (("python3", "score.py"), {"A": "b"}, 5, print)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "scoring: {judge: {model: nobody-1}}",
            "modelroute.yaml: `scoring.judge.model`: `nobody-1` is no model or alias",
        ),
        ("scoring: {command: {run: []}}", "`scoring.command.run` names no program"),
        ("scoring: {judge: {model: gpt-5@huge}}", "scoring.judge.model"),
        ("scoring: {tolerance: 2}", "scoring.tolerance"),
        ("scoring: {judge: {model: gpt-5, mode: duel}}", "scoring.judge.mode"),
        ("scoring: {judges: {}}", "judges"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    """The file and the key."""
    with pytest.raises(SettingsError) as caught:
        catalog_of(text, tmp_path)
    assert "modelroute.yaml" in caught.value.message
    assert told in caught.value.message
