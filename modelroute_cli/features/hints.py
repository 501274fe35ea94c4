"""Length hints: how many visible tokens a prompt asks for ("in 50 words", "drei Stichpunkte", "280文字以内")."""

import re
from functools import cache

from modelroute_cli.base.schema import TaskType
from modelroute_cli.features.amounts import Amount, amounts, any_of, table
from modelroute_cli.features.reading import HEAD, MIDDLE, SYSTEM, TAIL, Reading
from modelroute_cli.features.zones import Zones

_MOST_TOKENS = 100_000
_PER_UNIT_CHARS = 60  # how far from a number of things the length of each may stand
_EACH_CHARS = 14  # how far behind a length a word for `each` may stand
_SIZES = ("word", "character", "page")
_SHORT_TEXTS = ("headline", "tweet", "idea", "item")
_SHORT = 120  # tokens: a longer size is that of the whole answer, whatever is counted beside it
_MOST_THINGS = 60  # a higher number of things is told about, not asked for ("we get 790 questions a month")
_LONG_FORMS = frozenset({TaskType.EMAIL, TaskType.COPYWRITING, TaskType.CREATIVE_WRITING, TaskType.ANALYSIS})
_SMALL_PART = 60  # tokens: in a long form a smaller size is that of a part, a subject line or a button


def length_hint(reading: Reading, task_type: TaskType) -> int | None:
    """Expected visible output in o200k tokens, None when the instruction does not say; never what pasted text says.

    What the user's own turn says wins over the system message; its words are taken at the language's tokens per word.
    In a long form (an e-mail, say) a small size is that of a part of it and does not count.
    """
    least = _SMALL_PART if task_type in _LONG_FORMS else 0
    for text, zones in (_own_words(reading.zones), (reading.zones.system, (SYSTEM,))):
        said = [word for zone in zones for word in reading.parts[zone].words]
        asked = _tokens(text, amounts(text, said), reading.language, least)
        if asked is not None:
            return asked
    return None


def _own_words(parts: Zones) -> tuple[str, tuple[int, ...]]:
    """Beginning and end; the whole turn where it is one paragraph, since nothing was pasted under it."""
    if "\n" in parts.text or parts.body:
        return f"{parts.head}\n{parts.tail}", (HEAD, TAIL)
    return parts.text, (HEAD, MIDDLE, TAIL)


def _tokens(text: str, found: list[Amount], language: str, least: int) -> int | None:
    """The first size of at least `least` tokens, times the number of things it is the size of; else the things'."""
    things = [amount for amount in found if amount.unit not in _SIZES and amount.count <= _MOST_THINGS]
    sizes = (amount for amount in found if amount.unit in _SIZES and _size(amount, language) >= least)
    size = next(sizes, None)
    if size is None:
        whole = max((_size(amount, language) for amount in things), default=0.0)
        return _whole(whole) if whole > 0 and whole >= least else None
    each = _size(size, language)
    counted = next((thing for thing in things if _of_each(text, thing, size, short=each <= _SHORT)), None)
    return _whole(each * (counted.count if counted else 1))


def _of_each(text: str, thing: Amount, size: Amount, *, short: bool) -> bool:
    """Whether the size is that of each thing: a short one of things that are texts, else by a word for `each`."""
    if thing.unit in _SHORT_TEXTS and short:
        return max(size.start - thing.end, thing.start - size.end) <= _PER_UNIT_CHARS
    if not 0 <= size.start - thing.end <= _PER_UNIT_CHARS:
        return False
    return _each().search(text[thing.end : size.end + _EACH_CHARS].lower()) is not None


@cache
def _each() -> re.Pattern[str]:
    """Any word for `each`."""
    return re.compile(rf"(?<!\w)(?:{any_of(table().each)})(?!\w)")


def _size(amount: Amount, language: str) -> float:
    """Tokens of one amount in a language."""
    per_word = table().tokens_per_word.get(language, table().tokens_per_word["und"])
    per_token = table().chars_per_token.get(language, table().chars_per_token["und"])
    match amount.unit:
        case "character":
            return amount.count / per_token
        case "word":
            return amount.count * per_word
        case unit:
            return amount.count * table().words_of[unit] * per_word


def _whole(tokens: float) -> int:
    """A whole number of tokens from 1 to _MOST_TOKENS."""
    return int(min(max(tokens, 1), _MOST_TOKENS))
