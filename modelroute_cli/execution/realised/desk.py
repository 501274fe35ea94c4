"""What a session learns of quality while it goes on: the worth of each answer, models that fall, and the sample."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.gates.answer import Verdict
from modelroute_cli.execution.realised.controls import Compared, Controls, Scored
from modelroute_cli.execution.realised.scoring import EXPECTED, GATES, Both, Grade, Score, equals_expected, score_of
from modelroute_cli.execution.realised.watching import Fall, Place, Watch
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.steps import Next
from modelroute_cli.execution.tickets import Ticket, Unjudged

_CUT = "truncated"  # it says something of an output limit, and the answer is asked for again
_ALIKE = "near_duplicates"  # the more answers there are, the more are alike: no word on the model
_NOBODY = Watch({}, {})


@dataclass(slots=True)
class Realised:
    """Takes verdicts as they come; `falls` are those that nothing was done about yet.

    `scorers` says whose word the bar of a place is made of: what another says is not held against it.
    """

    grade: Grade = equals_expected
    watch: Watch = _NOBODY
    pairs: Watch = _NOBODY
    controls: Controls | None = None
    baseline: str = ""  # that pairs are made with
    scorers: Mapping[Place, str] = field(default_factory=dict)
    falls: list[Fall] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # all falls of the run, in words

    def judged(self, answer: Unjudged, verdict: Verdict, request: Request) -> Score:
        """The worth of an answer by its verdict; it is remembered where that is needed later."""
        score = score_of(request, verdict, self.grade)
        ticket = answer.ticket
        if ticket.kind is not AttemptKind.CONTROL:
            if self.controls is not None:
                own = Scored(ticket.model, score, first=not ticket.history.escalations)
                self.controls.remember(ticket.assigned.row, answer.attempt, own)
            if len(self.watch) and not ticket.history.escalations and verdict.gate != _CUT:
                self._see(Place(ticket.assigned.template, ticket.model), _without_likeness(verdict, score))
        return score

    def heard(self, ticket: Ticket, attempt: int, score: Score) -> Next:
        """What follows from the baseline's answer to a request of the sample."""
        assert self.controls is not None  # noqa: S101 - such attempts are made by it alone
        return self.controls.heard(ticket, attempt, score)

    def compared(self, found: Compared) -> None:
        """Two answers of the sample: how much better the request's own is, from -1 to 1, on a scale from 0 to 1."""
        self.see_pair(Place(found.assigned.template, found.model), found.worth)

    def see_pair(self, place: Place, worth: Both) -> None:
        """The same of any session."""
        if self.scorers.get(place, worth.scorer) != worth.scorer:
            return
        fall = self.pairs.observe(place, (worth.own - worth.control + 1.0) / 2.0)
        self._fell(
            None
            if fall is None
            else replace(fall, expected=2 * fall.expected - 1, seen=2 * fall.seen - 1, versus=self.baseline)
        )

    def seen_before(self, place: Place, score: Score) -> None:
        """A value of an earlier session."""
        self._see(place, score)

    def leave(self, place: Place) -> None:
        """Watch a model on a template no more."""
        self.watch.leave(place)
        self.pairs.leave(place)

    def _see(self, place: Place, score: Score) -> None:
        wanted = self.scorers.get(place)
        if wanted is None or wanted == score.scorer or (score.scorer == GATES and not score.passed):
            self._fell(self.watch.observe(place, score.value))

    def _fell(self, fall: Fall | None) -> None:
        if fall is not None:
            self.leave(fall.place)
            self.falls.append(fall)


def _without_likeness(verdict: Verdict, score: Score) -> Score:
    """The score as if no answer had been like another one."""
    if verdict.gate != _ALIKE or score.scorer == EXPECTED:
        return score
    return Score(1.0, score.scorer, passed=True)
