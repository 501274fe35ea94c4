"""The settings section `scoring` as the values that scorers take."""

from collections.abc import Callable, Mapping

from modelroute_cli.base.schema import JudgeRule
from modelroute_cli.catalog.scoring import ScoringCommand, ScoringJudge, ScoringSettings
from modelroute_cli.pilot.scorers.choose import Named
from modelroute_cli.pilot.scorers.command import Scorer
from modelroute_cli.pilot.scorers.expected import Comparing


def named_by(settings: ScoringSettings, labelled: frozenset[str] = frozenset()) -> Named:
    """Who is named beside what requests bring; `labelled` are custom_ids that people looked at."""
    judge = settings.judge
    return Named(
        command=settings.command is not None,
        judge=judge is not None,
        pairwise=judge is not None and judge.mode == "pairwise",
        labelled=labelled,
    )


def comparing_by(settings: ScoringSettings) -> Comparing:
    """How answers are compared with `expected`."""
    return Comparing(tolerance=settings.tolerance, any_order=settings.any_order)


def rule_of(judge: ScoringJudge) -> JudgeRule:
    """How a judge is asked, as its questions are made from it."""
    return JudgeRule(model=judge.model, rubric=judge.rubric, mode=judge.mode)


def scorer_of(command: ScoringCommand, env: Mapping[str, str], log: Callable[[str], None]) -> Scorer:
    """The program that scores; `env` is what it sees of the environment (no keys), `log` hears its stderr."""
    return Scorer(run=command.run, env=env, timeout_s=command.timeout_s, log=log)
