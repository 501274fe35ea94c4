"""Length hints: how many visible tokens a prompt asks for ("in 50 words", "drei Stichpunkte", "280文字以内")."""

import re
from functools import cache

from modelroute_cli.features.amounts import Amount, amounts, any_of, table
from modelroute_cli.features.reading import HEAD, SYSTEM, TAIL, Reading

_MOST_TOKENS = 100_000
_PER_UNIT_CHARS = 60  # how far from a number of things the length of each may stand
_EACH_CHARS = 14  # how far behind a length a word for `each` may stand
_SIZES = ("word", "character", "page")
_SHORT_TEXTS = ("headline", "tweet", "idea", "item")


def length_hint(reading: Reading) -> int | None:
    """Expected visible output in o200k tokens, None when the instruction does not say; never what pasted text says.

    What the user's own turn says wins over the system message; its words are taken at the language's tokens per word.
    """
    parts = reading.zones
    asked = [*reading.parts[HEAD].words, *reading.parts[TAIL].words]
    for text, said in ((f"{parts.head}\n{parts.tail}", asked), (parts.system, reading.parts[SYSTEM].words)):
        found = amounts(text, said)
        if found:
            return _tokens(text, found, reading.language)
    return None


def _tokens(text: str, found: list[Amount], language: str) -> int:
    """The tokens of the amounts: a size of the whole, or a number of things times the size of each."""
    sizes = [amount for amount in found if amount.unit in _SIZES]
    things = [amount for amount in found if amount.unit not in _SIZES]
    if not sizes:
        return _whole(max(_size(amount, language) for amount in things))
    counted = next((thing for thing in things if _of_each(text, thing, sizes[0])), None)
    return _whole(_size(sizes[0], language) * (counted.count if counted else 1))


def _of_each(text: str, thing: Amount, size: Amount) -> bool:
    """Whether the size is that of each thing: of things that are short texts themselves, else by a word for `each`."""
    if thing.unit in _SHORT_TEXTS:
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
