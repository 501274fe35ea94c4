"""Which scorer an answer is held to, by flags, settings and the request itself."""

from pathlib import Path

import pytest
from support.pilot_designs import design

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.schema import GateRules, Request, TaskType
from modelroute_cli.catalog.scoring import ScoringCommand, ScoringJudge, ScoringSettings
from modelroute_cli.pilot.asking import lines
from modelroute_cli.pilot.design import Pair
from modelroute_cli.pilot.gathered import Gathered, gathered
from modelroute_cli.pilot.scorers.answers import Answer
from modelroute_cli.pilot.scorers.choose import ScorerKind
from modelroute_cli.pilot.scoring import scored_at_once, scorer_choice

PLAIN, KNOWN = Request(custom_id="r0", prompt="2 + 2"), Request(custom_id="r0", prompt="2 + 2", expected=4)
NOTHING = ScoringSettings()
JUDGE = ScoringSettings(judge=ScoringJudge(model="j", mode="pairwise", rubric="short"))
COMMAND = ScoringSettings(command=ScoringCommand(run=("score",)))


@pytest.mark.parametrize(
    ("wanted", "settings", "request_", "kind"),
    [
        ("auto", NOTHING, PLAIN, ScorerKind.GATES),
        ("auto", NOTHING, KNOWN, ScorerKind.EXPECTED),
        ("auto", JUDGE, PLAIN, ScorerKind.PAIRWISE),
        ("auto", JUDGE, KNOWN, ScorerKind.EXPECTED),
        ("auto", COMMAND, KNOWN, ScorerKind.COMMAND),
        ("gates", COMMAND, KNOWN, ScorerKind.GATES),
        ("expected", JUDGE, PLAIN, ScorerKind.GATES),
        ("expected", JUDGE, KNOWN, ScorerKind.EXPECTED),
        ("judge", JUDGE, KNOWN, ScorerKind.PAIRWISE),
        ("command", COMMAND, KNOWN, ScorerKind.COMMAND),
    ],
)
def test_the_scorer_of_a_request(wanted: str, settings: ScoringSettings, request_: Request, kind: ScorerKind) -> None:
    """What is wanted, as far as there is anything to go by."""
    assert scorer_choice(wanted, None, settings).kind(request_) is kind


def test_a_judge_by_flag_keeps_the_way_that_the_settings_ask_for() -> None:
    """Only the model is another one."""
    judge = scorer_choice("judge", "k", JUDGE).settings.judge
    assert judge == ScoringJudge(model="k", mode="pairwise", rubric="short")
    assert scorer_choice("judge", "k", NOTHING).kind(KNOWN) is ScorerKind.JUDGE


@pytest.mark.parametrize("wanted", ["judge", "command"])
def test_a_scorer_that_nobody_named_is_refused(wanted: str) -> None:
    """With what to add."""
    with pytest.raises(UsageError, match=f"--scorer {wanted}: no {wanted} is named"):
        scorer_choice(wanted, None, NOTHING)


def answered(output: str, *, passed: bool | None) -> Gathered:
    """One answer."""
    said = Answer(
        custom_id="r0", template="t1", task_type=TaskType.MATH, language="en", model="m", output=output, passed=passed
    )
    return Gathered(0, Pair("t1", 0, 0, "m"), said)


def test_references_and_gates_score_at_once() -> None:
    """A right answer that fails a gate is right; without a reference the gates speak, if they looked."""
    choice = scorer_choice("auto", None, NOTHING)
    right, wrong, unseen = answered("4", passed=False), answered("5", passed=True), answered("4", passed=None)
    known = [(each.quality, each.scorer) for each in scored_at_once([right, wrong], {0: KNOWN}, choice)]
    assert known == [(1.0, "expected"), (0.0, "expected")]
    plain = [(each.quality, each.scorer) for each in scored_at_once([right, wrong, unseen], {0: PLAIN}, choice)]
    assert plain == [(0.0, "gates"), (1.0, "gates")]


def test_what_a_judge_or_a_program_scores_is_left_to_them() -> None:
    """Nothing is made up meanwhile."""
    assert list(scored_at_once([answered("4", passed=True)], {0: KNOWN}, scorer_choice("judge", None, JUDGE))) == []


def test_a_request_is_asked_of_each_model_by_name_whatever_is_believed_of_it() -> None:
    """Its gates stay, but for the one that would compare its answers with each other."""
    row = Request(
        custom_id="r",
        prompt="2 + 2",
        min_quality=0.9,
        deadline="24h",
        gates=GateRules(max_words=9, near_duplicates=0.9),
    )
    first, second, *_ = (line.decode() for line in lines(design(), lambda _: row))
    assert '"custom_id":"0:base"' in first
    assert '"model":"base"' in first
    assert '"custom_id":"0:cheap"' in second
    assert '"task_type":"math"' in first
    assert '"max_words":9' in first
    assert not any(name in first for name in ("near_duplicates", "min_quality", "deadline"))


def test_a_pilot_without_a_journal_has_no_answers(tmp_path: Path) -> None:
    """Nothing was sent."""
    assert list(gathered(tmp_path / "journal.db", design())) == []
