"""The replay: for each request on the wire what is answered, by what was recorded or what the settings hide."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.hidden_quality import EmulatorReplay, share_of
from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.chance import chance
from modelroute_cli.emulator.generate import Said
from modelroute_cli.emulator.replay.counts import Counts, Replayed
from modelroute_cli.emulator.replay.draws import digest, draw, pick
from modelroute_cli.emulator.replay.drift import Drift, Moment
from modelroute_cli.emulator.replay.hidden import Group, hidden_quality
from modelroute_cli.emulator.replay.judged import Question, question_in, says_expected, verdict
from modelroute_cli.emulator.replay.names import ModelNames
from modelroute_cli.emulator.replay.prompts import Prompts
from modelroute_cli.emulator.replay.recorded import Outcome, Recorded
from modelroute_cli.emulator.replay.right import made_up, right_text
from modelroute_cli.emulator.replay.wire_words import bare
from modelroute_cli.emulator.replay.wrong import Amiss, other_made_up, wrong_text

_OURS = "<prompt-"  # this program's own question about a task type
_MOST_PEERS = 24
_ANY_PLACE = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a replay knows: the job, the catalog's names on the wire, the outcomes (None: the settings alone)."""

    prompts: Prompts
    names: ModelNames
    recorded: Recorded | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One request of the job, asked of one model."""

    row: int
    group: Group
    model: str
    asked: Asked
    outcome: Outcome

    @property
    def request(self) -> Request:
        return self.group.request


@dataclass(frozen=True, slots=True)
class _Peers:
    """What is right elsewhere in the template; read only as far as it is asked for."""

    prompts: Prompts
    row: int
    model: str

    def __iter__(self) -> Iterator[object]:
        for nth in range(_MOST_PEERS):
            place = pick(_ANY_PLACE, self.row, self.model, nth)
            yield self.prompts.request(self.prompts.peer(self.row, place)).expected


class Replay:
    """Decides what is right. The same seed, request and model give the same answer, but for drift."""

    def __init__(self, known: Known, settings: EmulatorReplay, seed: int) -> None:
        self._known = known
        self._settings = settings
        self._seed = seed
        self._drifts = [Drift(wanted, seed) for wanted in settings.drift]
        self._counts = Counts()
        self._given: dict[int, bool] = {}  # whether answers that nobody can compare were right, by their words

    def close(self) -> None:
        """Let go of the job file."""
        self._known.prompts.close()

    def stats(self) -> Replayed:
        """The books as they stand."""
        return self._counts.told(tuple(drift.told() for drift in self._drifts))

    def said(self, asked: Asked, moment: Moment) -> Said | None:
        """What is answered; None: as without a replay. JobFileError where the job file changed."""
        is_new = self._counts.is_new(moment.digest)
        question = question_in(asked)
        if question is not None:
            return self._judged(question, asked, is_new=is_new)
        row = self._known.prompts.find(asked)
        if row is None:
            self._counts.unknown += is_new and not _is_our_own(asked)
            return None
        if asked.functions and asked.choice != "none":
            self._counts.with_tools += is_new
            return None
        case = self._case(row, asked)
        if case is None:
            self._counts.without_outcome[self._name(asked)] += is_new
            return None
        return self._answered(case, moment, is_new=is_new)

    def _name(self, asked: Asked) -> str:
        return self._known.names.of(asked) or f"{asked.provider}/{asked.model}"

    def _case(self, row: int, asked: Asked) -> _Case | None:
        """What is known of this request and this model; None where nothing is."""
        model, prompts = self._name(asked), self._known.prompts
        request = prompts.request(row)
        group = Group(request=request, template=prompts.template(row), task_type=prompts.task_type(row))
        outcome = None if self._known.recorded is None else self._known.recorded.of(row, model)
        if outcome is None:
            quality = hidden_quality(self._settings.qualities, group, model)
            outcome = None if quality is None else Outcome(quality)
        return None if outcome is None else _Case(row=row, group=group, model=model, asked=asked, outcome=outcome)

    def _answered(self, case: _Case, moment: Moment, *, is_new: bool) -> Said:
        """A right or a wrong answer."""
        was_right = self._draw(case, "right") <= case.outcome.quality
        stays = [drift.stays_right(case.group, case.model, moment) for drift in self._drifts]
        is_right = was_right and all(stays)
        for drift, is_kept in zip(self._drifts, stays, strict=True):
            if was_right and not is_kept:
                drift.changes(moment)
        is_shown = not is_right and self._is_shown_bad(case)
        self._count(is_right=is_right, is_shown=is_shown, is_new=is_new)
        text = self._text(case, is_right=is_right, as_recorded=is_right == was_right)
        return Said(
            text=text,
            output_tokens=case.outcome.output_tokens,
            spoilt=self._settings.bad_answers if is_shown else "wrong",
        )

    def _count(self, *, is_right: bool, is_shown: bool, is_new: bool) -> None:
        self._counts.right += is_new and is_right
        self._counts.wrong += is_new and not is_right
        self._counts.shown_bad += is_new and is_shown

    def _is_shown_bad(self, case: _Case) -> bool:
        """Whether a wrong answer can be seen to be bad."""
        share = share_of(self._settings.gate_catch, case.model) or 0.0
        return self._settings.bad_answers != "wrong" and self._draw(case, "shown") <= share

    def _text(self, case: _Case, *, is_right: bool, as_recorded: bool) -> str:
        """The words: those recorded, else made ones. Answers that cannot be compared are remembered for judges."""
        if case.outcome.answer and as_recorded:
            text = case.outcome.answer
        elif case.request.expected is None:
            text = self._made_up(case, is_right=is_right)
        else:
            return self._right(case) if is_right else self._wrong(case)
        self._given[self._words(case.row, text)] = is_right
        return text

    def _right(self, case: _Case) -> str:
        return right_text(case.request, case.asked, self._dice(case.request.custom_id, "right"))

    def _wrong(self, case: _Case) -> str:
        return wrong_text(self._amiss(case))

    def _made_up(self, case: _Case, *, is_right: bool) -> str:
        """Without a right answer in the job: one that is taken for it, the same of every model but for its length."""
        right = made_up(case.asked, self._dice(case.request.custom_id, "right"), case.outcome.output_tokens)
        return right if is_right else other_made_up(self._amiss(case), right)

    def _amiss(self, case: _Case) -> Amiss:
        """What a wrong answer is made from."""
        return Amiss(
            request=case.request,
            asked=case.asked,
            peers=_Peers(self._known.prompts, case.row, case.model),
            dice=self._dice(case.request.custom_id, case.model, "wrong"),
        )

    def _judged(self, question: Question, asked: Asked, *, is_new: bool) -> Said | None:
        """A verdict that is right as often as the settings say; None about a request that is none of the job."""
        row = self._known.prompts.find_shown(question.shown, asked)
        if row is None:
            self._counts.unknown += is_new
            return None
        self._counts.judged += is_new
        judge, request = self._name(asked), self._known.prompts.request(row)
        share = share_of(self._settings.judges, judge)
        is_mistaken = share is not None and draw(request.custom_id, judge, *question.answers, self._seed) > share
        rights = tuple(self._is_right(row, request, answer) is not is_mistaken for answer in question.answers)
        return Said(text=verdict(rights, self._dice(request.custom_id, judge, *question.answers)))

    def _is_right(self, row: int, request: Request, answer: str) -> bool:
        """Whether an answer is right: as it was given, else as it compares with what is expected."""
        given = self._given.get(self._words(row, answer))
        if given is not None:
            return given
        return request.expected is not None and says_expected(answer, request)

    def _words(self, row: int, text: str) -> int:
        return int.from_bytes(digest(row, bare(text))[:8], "big")

    def _draw(self, case: _Case, what: str) -> float:
        return draw(case.request.custom_id, case.model, self._seed, what)

    def _dice(self, *about: object) -> random.Random:
        return chance(self._seed, digest(*about))


def _is_our_own(asked: Asked) -> bool:
    return bool(asked.turns) and _OURS in asked.turns[-1].text
