"""The answers of a pilot, sorted by who is to score them; what needs nobody else is scored at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modelroute_cli.base.schema import Request
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer
from modelroute_cli.pilot.scorers.choose import Named, ScorerKind, choose
from modelroute_cli.pilot.scorers.expected import AS_USUAL, Comparing, by_expected
from modelroute_cli.pilot.scorers.gates import by_gates


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What is scored already, and what a command, a judge or people are still to look at."""

    scored: tuple[Observation, ...]
    for_command: tuple[Answer, ...]
    for_judge: tuple[Answer, ...]
    labelled: tuple[Answer, ...]  # of requests that people looked at: their sheet says what these are worth


def sort_answers(
    answers: Sequence[Answer], request_of: Callable[[str], Request], named: Named, comparing: Comparing = AS_USUAL
) -> Sorted:
    """Each answer goes to the scorer of its request (`choose`); UsageError where only gates could say and none did."""
    kinds: dict[ScorerKind, list[Answer]] = {kind: [] for kind in ScorerKind}
    for answer in answers:
        kinds[choose(request_of(answer.custom_id), named)].append(answer)
    by_reference = (by_expected(each, request_of(each.custom_id), comparing) for each in kinds[ScorerKind.EXPECTED])
    return Sorted(
        scored=(*by_reference, *map(by_gates, kinds[ScorerKind.GATES])),
        for_command=tuple(kinds[ScorerKind.COMMAND]),
        for_judge=(*kinds[ScorerKind.JUDGE], *kinds[ScorerKind.PAIRWISE]),
        labelled=tuple(kinds[ScorerKind.LABELS]),
    )
