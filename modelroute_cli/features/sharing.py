"""What the requests of one skeleton share: read on a few of them, which vote, and taken over by the others."""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.amounts import names_amount
from modelroute_cli.features.classify import Classifier, Guess
from modelroute_cli.features.hints import length_hint
from modelroute_cli.features.mining import Match
from modelroute_cli.features.output import Kind, language_named, output_kind, output_language
from modelroute_cli.features.reading import Reading, read
from modelroute_cli.features.skeletons import MOST_SKELETONS, Skeleton
from modelroute_cli.features.words import UNSPACED, words

VOTERS = 16
LEAST_VOTERS = 4
_AGREED = 0.5  # of the voters: with fewer, the skeleton does not say what is asked
_ONE_LANGUAGE = 0.75  # of the voters
_SHORT_CHARS = 40  # a field that may hold an amount or the name of a language
_MOST_FILLED = 512


@dataclass(frozen=True, slots=True)
class Told:
    """What one request says of its answer."""

    language: str  # of the request
    answer_language: str
    hint: int | None


@dataclass(slots=True)
class Shared:
    """What all requests of a skeleton have in common; `told` is None where their fields change it."""

    guess: Guess
    kind: Kind
    told: Told | None
    filled: OrderedDict[tuple[str, ...], Told] = field(default_factory=OrderedDict)  # by their short fields, bounded


class Sharing:
    """The shared work of one job, the least recently used given up beyond MOST_SKELETONS."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._known: OrderedDict[Skeleton, Shared | None] = OrderedDict()
        self._first: OrderedDict[str, Shared] = OrderedDict()  # by name: another wording of a skeleton votes no more

    def take(self, skeleton: Skeleton, members: Sequence[Reading]) -> Shared | None:
        """Let the readings of a skeleton's first requests vote; None when they do not agree on what is asked."""
        made = self._known[skeleton] = self._voted(skeleton.name, members)
        if len(self._known) > MOST_SKELETONS:
            self._known.popitem(last=False)
        return made

    def known(self, skeleton: Skeleton) -> bool:
        """Whether its requests have voted."""
        return skeleton in self._known

    def of(self, match: Match | None) -> Shared | None:
        """What the request shares; None when it is to be read for itself."""
        if match is None or match.skeleton not in self._known:
            return None
        self._known.move_to_end(match.skeleton)
        return self._known[match.skeleton]

    def _voted(self, name: str, members: Sequence[Reading]) -> Shared | None:
        """What the members share; the task type and kind of a name stay those of its first vote."""
        first = self._first.get(name)
        if first is not None:
            told = _common([tell(reading, first.guess.task_type) for reading in members], first.guess.task_type)
            return Shared(first.guess, first.kind, told)
        guess = self._classifier.vote(members)
        same = sum(each.task_type == guess.task_type for each in self._classifier.guess(members))
        if same < _AGREED * len(members):
            return None
        kind = Counter(output_kind(reading, guess.task_type) for reading in members).most_common(1)[0][0]
        told = _common([tell(reading, guess.task_type) for reading in members], guess.task_type)
        made = self._first[name] = Shared(guess, kind, told)
        if len(self._first) > MOST_SKELETONS:
            self._first.popitem(last=False)
        return made


def _common(told: Sequence[Told], task_type: TaskType) -> Told | None:
    """What requests of one skeleton say of their answers; None when that depends on their fields.

    Pasted texts may hide a request's language from some of them; lengths and languages translated into may not differ.
    """
    (language, same), *_ = Counter(each.language for each in told).most_common(1)
    answers = {each.answer_language for each in told}
    if len({each.hint for each in told}) > 1 or same < _ONE_LANGUAGE * len(told):
        return None
    if task_type is not TaskType.TRANSLATION:
        named = {each.answer_language for each in told if each.answer_language != each.language}
        return None if named else Told(language, language, told[0].hint)
    return Told(language, answers.pop(), told[0].hint) if len(answers) == 1 else None


def tell(reading: Reading, task_type: TaskType) -> Told:
    """What a request says of its answer, read for itself."""
    return Told(reading.language, output_language(reading, task_type), length_hint(reading, task_type))


def told_by(shared: Shared, match: Match, request: Request) -> Told:
    """What a request of a skeleton says of its answer: what all say, else what those with the same short fields say."""
    if shared.told is not None:
        return shared.told
    short = tuple(_telling(value) for value in match.fields if len(value) <= _SHORT_CHARS)
    found = shared.filled.get(short)
    if found is None:
        found = shared.filled[short] = tell(read(request), shared.guess.task_type)
        if len(shared.filled) > _MOST_FILLED:
            shared.filled.popitem(last=False)
    return found


@lru_cache(maxsize=20_000)
def _telling(value: str) -> str:
    """The value of a field where it may tell a length or a language, else nothing."""
    return value if any(word.isdigit() or names_amount(word) or language_named(word) for word in _spoken(value)) else ""


def _spoken(value: str) -> list[str]:
    """The words of a field, folded; in scripts without spaces a number, as anything may stand in them."""
    return ["0"] if UNSPACED.search(value) else [word.text for word in words(value)]
