"""The gate `language`: an answer is in the language that is wanted; what does not tell passes.

Several stretches of an answer are looked at, since it may begin with a name, a subject line or a quotation. It fails
where the first that tells is plainly in another language and none is in the wanted one. Languages that the detector
cannot keep apart are one.
"""

from collections.abc import Iterator

from modelroute_cli.execution.gates.repair import Json, parsed
from modelroute_cli.execution.gates.subject import Subject
from modelroute_cli.features.language import UNDETERMINED, begins_in, language, tells_by_script, words_of

_WINDOW_CHARS = 240
_MOST_WINDOWS = 4
_PLAIN_WORDS = 3
_PLAIN_LEAD = 2
_ALIKE = (
    frozenset({"da", "nb"}),
    frozenset({"cs", "sk"}),
    frozenset({"ru", "uk"}),
    frozenset({"es", "ca", "pt"}),
    frozenset({"zh", "ja"}),
)


def wrong_language(subject: Subject) -> str | None:
    """That the answer is in another language than its rules want; `same` was replaced by the request's before."""
    wanted = subject.rules.language
    return None if wanted is None else other_language(_read(subject), wanted)


def other_language(text: str, wanted: str) -> str | None:
    """What to say of a text that is plainly in another language, None for the wanted one and for what does not tell."""
    if begins_in(text, wanted):
        return None
    first = None
    for window in _windows(text):
        found = _told(window, wanted)
        if found == wanted:
            return None
        first = first or found
    return None if first is None else f"it is in `{first}`, not in `{wanted}`"


def _told(window: str, wanted: str) -> str | None:
    """The wanted language, another one that a stretch of text is plainly in, or None."""
    found = language(window)
    if found == UNDETERMINED:
        return None
    if found == wanted or any({found, wanted} <= alike for alike in _ALIKE):
        return wanted
    if tells_by_script(found):
        return found
    plain = words_of(window, found) >= max(_PLAIN_WORDS, _PLAIN_LEAD * words_of(window, wanted))
    return found if plain else None


def _windows(text: str) -> Iterator[str]:
    """The beginning, and stretches spread over the rest."""
    yield text[:_WINDOW_CHARS]
    step = max(_WINDOW_CHARS, (len(text) - _WINDOW_CHARS) // (_MOST_WINDOWS - 1))
    for start in range(step, len(text), step):
        yield text[start : start + _WINDOW_CHARS]


def _read(subject: Subject) -> str:
    """The text that is read: of JSON only its strings, since its keys are in the language of the schema."""
    if subject.request.response_schema is None:
        return subject.output
    try:
        return "\n".join(_strings(parsed(subject.output)))
    except (ValueError, RecursionError):
        return subject.output


def _strings(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _strings(each)
        case list():
            for each in value:
                yield from _strings(each)
        case _:
            pass
