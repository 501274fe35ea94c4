"""The gates that a request has without asking, by what it asks a model to do.

Every answer passes `truncated`, `refusal` and `empty`. Besides, what people read as it is (e-mails, headlines, copy)
holds no field of mail merge; and it is in the language of its request, where nothing in the request speaks of another.
Both were chosen by their false alarms; `run.default_gates: false` leaves them out, and `placeholders` or `language`
among the gates of a request or a rule decide in their place.
"""

from dataclasses import dataclass
from functools import cache

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.execution.gates.tongue import other_language
from modelroute_cli.features.language import UNDETERMINED, language
from modelroute_cli.features.language_names import named_languages, wide_names
from modelroute_cli.features.words import words

ANY_LANGUAGE = "any"
SAME_LANGUAGE = "same"

_READ_AS_IT_IS = frozenset({TaskType.EMAIL, TaskType.HEADLINE, TaskType.COPYWRITING})
_READ_CHARACTERS = 20_000
_STRETCH = 160


@dataclass(frozen=True, slots=True)
class Usual:
    """What an answer is held to without being asked: a language (None: any), and no field of mail merge left."""

    language: str | None = None
    no_fields: bool = False


NOTHING_USUAL = Usual()


@cache
def usual_gates(task_type: str, spoken: str) -> Usual:
    """The usual gates of a task type, for requests in the language `spoken`."""
    if task_type not in _READ_AS_IT_IS:
        return NOTHING_USUAL
    return Usual(None if spoken == UNDETERMINED else spoken, no_fields=True)


def unusual_language(output: str, request: Request, wanted: str) -> str | None:
    """What to say of an answer in another language, where nothing in the request speaks of another."""
    told = other_language(output, wanted)
    return None if told is None or not _speaks_only(request, wanted) else told


def _speaks_only(request: Request, wanted: str) -> bool:
    """Whether a request names no language and is in one alone, as far as its texts tell."""
    for turn in request.turns():
        text = turn.content[:_READ_CHARACTERS]
        if named_languages(word.text for word in words(text)) or (not text.isascii() and wide_names().search(text)):
            return False
        if any(language(part) not in {wanted, UNDETERMINED} for part in _stretches(text)):
            return False
    return True


def _stretches(text: str) -> list[str]:
    return [text[start : start + _STRETCH] for start in range(0, len(text), _STRETCH)]
