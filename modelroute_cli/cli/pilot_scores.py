"""What the answers of a pilot are worth: by reference and gates at once, by a program or a judge where one is named."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.scoring import ScoringCommand, ScoringJudge
from modelroute_cli.cli.bare_env import bare_env
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.pilot_judge import JudgeWork, ask_judge
from modelroute_cli.cli.pilot_order import PilotOrder
from modelroute_cli.cli.session import Session
from modelroute_cli.execution.work import RunStatus
from modelroute_cli.pilot.gathered import Gathered
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer
from modelroute_cli.pilot.scorers.choose import ScorerKind, kind_of
from modelroute_cli.pilot.scorers.command import by_command
from modelroute_cli.pilot.scorers.from_settings import scorer_of
from modelroute_cli.pilot.scoring import scored_at_once

_ASKED = {ScorerKind.COMMAND, ScorerKind.JUDGE, ScorerKind.PAIRWISE}


@dataclass(frozen=True, slots=True)
class Scores:
    """What is known of all answers so far, and how asking the judge ended."""

    observations: tuple[Observation, ...]
    status: RunStatus = RunStatus.DONE


@dataclass(frozen=True, slots=True)
class Scoring:
    """Who scores the answers of a pilot, and through what they are asked; `requests` of the job by row."""

    order: PilotOrder
    requests: Mapping[int, Request]
    session: Session
    console: Console

    def of(self, found: Sequence[Gathered], before: Sequence[Observation], left: PicoUSD) -> Scores:
        """Every answer scored; what a program or a judge said `before` is not asked again, a judge for `left` at most.

        UsageError where a program gives no quality; SettingsError where nobody may judge.
        """
        choice = self.order.scorer
        known = {(each.custom_id, each.model): each for each in before if kind_of(each.scorer) in _ASKED}
        kinds = {each.own_row: choice.kind(self.requests[each.pair.row]) for each in found}
        asked = [each for each in found if kinds[each.own_row] in _ASKED]
        kept = [known[key] for each in asked if (key := _key(each.answer)) in known]
        fresh = [each.answer for each in asked if _key(each.answer) not in known]
        new = self._asked(fresh, left)
        return Scores((*scored_at_once(found, self.requests, choice), *kept, *new.observations), new.status)

    def _asked(self, answers: Sequence[Answer], left: PicoUSD) -> Scores:
        """What a program says of answers, else the judge."""
        if not answers:
            return Scores(())
        by_name = {request.custom_id: request for request in self.requests.values()}
        settings, wanted = self.order.scorer.settings, self.order.scorer.wanted
        if settings.command is not None and wanted != ScorerKind.JUDGE:
            return Scores(self._by_command(settings.command, answers, by_name))
        return self._by_judge(settings.judge, answers, by_name, left)

    def _by_command(
        self, command: ScoringCommand, answers: Sequence[Answer], requests: Mapping[str, Request]
    ) -> tuple[Observation, ...]:
        space = self.order.workspace
        env = bare_env(space.settings, space.catalog.providers, self.session.access.credentials)
        scorer = scorer_of(command, env, lambda line: self.console.note(f"scorer: {line}"))
        return asyncio.run(by_command(answers, requests.__getitem__, scorer))

    def _by_judge(
        self, judge: ScoringJudge | None, answers: Sequence[Answer], requests: Mapping[str, Request], left: PicoUSD
    ) -> Scores:
        if judge is None:
            return Scores(())
        said = ask_judge(JudgeWork(self.order, self.session, self.console, judge), answers, requests, left)
        return Scores(said.observations, said.status)


def _key(answer: Answer) -> tuple[str, str]:
    return answer.custom_id, answer.model
