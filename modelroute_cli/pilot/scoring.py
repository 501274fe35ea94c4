"""Which scorer says what an answer of a pilot is worth, where nobody need be asked for it."""

from collections.abc import Iterable, Iterator, Mapping

from modelroute_cli.base.schema import Request
from modelroute_cli.pilot.gathered import Gathered
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.choose import Named, ScorerKind, choose
from modelroute_cli.pilot.scorers.expected import by_expected
from modelroute_cli.pilot.scorers.gates import by_gates

AUTO = "auto"


def scored(found: Iterable[Gathered], requests: Mapping[int, Request], scorer: str) -> Iterator[Observation]:
    """Every answer as a measurement: `auto` takes a request's `expected` where it has one, else the gates' word.

    `requests` are those of the job, by row. An answer that no gate looked at is left out where only gates could tell.
    """
    for each in found:
        request = requests[each.pair.row]
        if _kind(request, scorer) is ScorerKind.EXPECTED:
            yield by_expected(each.answer, request)
        elif each.answer.passed is not None:
            yield by_gates(each.answer)


def _kind(request: Request, scorer: str) -> ScorerKind:
    return ScorerKind.GATES if scorer == ScorerKind.GATES else choose(request, Named())
