"""Which scorer says what an answer of a pilot is worth, and what those say that need nobody to be asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import structs

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.scoring import ScoringJudge, ScoringSettings
from modelroute_cli.pilot.gathered import Gathered
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.choose import ScorerKind, choose
from modelroute_cli.pilot.scorers.expected import by_expected, mode_of
from modelroute_cli.pilot.scorers.from_settings import comparing_by, named_by
from modelroute_cli.pilot.scorers.gates import by_gates

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class ScorerChoice:
    """What the user wants answers scored by: a kind of scorer or `auto`, under these settings."""

    wanted: str
    settings: ScoringSettings

    def kind(self, request: Request) -> ScorerKind:
        """The scorer of a request's answers; gates where the wanted one has nothing to go by."""
        named = named_by(self.settings)
        if self.wanted == AUTO:
            return choose(request, named)
        if self.wanted == ScorerKind.JUDGE:
            return ScorerKind.PAIRWISE if named.pairwise else ScorerKind.JUDGE
        if self.wanted == ScorerKind.EXPECTED:
            return ScorerKind.GATES if mode_of(request) is None else ScorerKind.EXPECTED
        return ScorerKind(self.wanted)


def scorer_choice(wanted: str, judge: str | None, settings: ScoringSettings) -> ScorerChoice:
    """The choice by flags and settings; UsageError where a scorer is wanted that nothing names."""
    if judge is not None:
        held = settings.judge
        named = ScoringJudge(model=judge) if held is None else structs.replace(held, model=judge)
        settings = structs.replace(settings, judge=named)
    if wanted == ScorerKind.JUDGE and settings.judge is None:
        message = "--scorer judge: no judge is named"
        raise UsageError(message, hint="add `--judge MODEL`, or `scoring: {judge: {model: MODEL}}` to the settings")
    if wanted == ScorerKind.COMMAND and settings.command is None:
        message = "--scorer command: no command is named"
        raise UsageError(message, hint="add `scoring: {command: {run: [PROGRAM]}}` to the settings")
    return ScorerChoice(wanted, settings)


def scored_at_once(
    found: Iterable[Gathered], requests: Mapping[int, Request], choice: ScorerChoice
) -> Iterator[Observation]:
    """The answers that a reference or the gates score; `requests` are those of the job, by row.

    One that no gate looked at is left out where only gates could tell.
    """
    comparing = comparing_by(choice.settings)
    for each in found:
        request = requests[each.pair.row]
        kind = choice.kind(request)
        if kind is ScorerKind.EXPECTED:
            yield by_expected(each.answer, request, comparing)
        elif kind is ScorerKind.GATES and each.answer.passed is not None:
            yield by_gates(each.answer)
