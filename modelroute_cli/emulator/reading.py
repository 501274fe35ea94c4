"""What a request asks for, as far as the emulator must know to answer plausibly: form, language, topic, length."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.text_bank import Form, text_bank
from modelroute_cli.features.language import language

_HEAD_CHARS = 600  # the instruction stands at the start or the end; what lies between is material
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10,
            "zwei": 2, "drei": 3, "fünf": 5, "deux": 2, "trois": 3, "cinq": 5, "dos": 2, "tres": 3, "cinco": 5,
            "due": 2, "tre": 3, "dois": 2, "três": 3, "twee": 2, "drie": 3, "vijf": 5}  # fmt: skip
_COUNT = rf"(\d{{1,4}}|{'|'.join(_NUMBERS)})"
_WORD = r"(?:words?|wörter[n]?|worte[n]?|mots|palabras|parole|palavras|woorden)"
_CHARACTER = r"(?:characters?|chars|zeichen|caractères|caracteres|caratteri|tekens)"
_SENTENCE = r"(?:sentences?|sätze[n]?|satz|phrases|frases|oraciones|frasi|zinnen)"
_ITEM = (
    r"(?:[\w-]+ ){0,2}?(?:bullet points?|bullets|headlines?|variants?|versions?|options?|ideas?|taglines?|slogans?"
    r"|items|überschriften|schlagzeilen|varianten|stichpunkte[n]?|titres|variantes|titulares|titoli|varianti|títulos|koppen)"
)
_LENGTHS = (
    (re.compile(rf"(\d{{1,4}}) ?(?:-|\u2013|to|bis|à|a|tot) ?(\d{{1,4}}) {_WORD}"), 1.0),
    (re.compile(rf"()\b{_COUNT}[ -]{_WORD}"), 1.0),
    (re.compile(rf"()\b{_COUNT} {_CHARACTER}"), 0.16),
    (re.compile(rf"()\b{_COUNT} {_SENTENCE}"), 13.0),
)
_NEAR = 0.92  # of the length asked for, so that `at most` holds
_ITEMS = re.compile(rf"\b{_COUNT} {_ITEM}")
_QUOTED = re.compile(r"[\"“„«]\s?([A-ZÀ-Þ0-9][^\"”“»\n]{2,40}?)\s?[\"”“»]")
_NAME = re.compile(r"(?<=[a-zà-ÿ,:] )((?:[A-ZÀ-Þ][\w-]{2,}|& [A-ZÀ-Þ])[\w-]*(?: (?:[A-ZÀ-Þ&][\w-]*|\d{1,3})){0,3})")
_INTO = re.compile(r"\b(?:in|into|to|auf|ins|en|al|na|po|em|para|naar|naar het|au)\s(\w+)")
_CHOICES = re.compile(
    r"(?::|one of|either|als|entweder|as|into|in)\s+"
    r"((?:[\w' -]{2,30}(?:,|/|\|| or | oder | ou | o )\s*){1,12}[\w' -]{2,30})"
)
_SPLIT_CHOICES = re.compile(r"\s*(?:,|/|\|)\s*(?:or |oder |and |und )?|\s+(?:or|oder|ou|o)\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What to write: `words` is the length to stay under, `items` how many variants, `labels` what to choose from."""

    form: Form
    language: str
    topic: str
    words: int
    items: int
    labels: tuple[str, ...]


def read(asked: Asked) -> Reading:
    """The request as the emulator understands it."""
    return _read(_instruction([turn.text for turn in asked.turns if turn.role != "assistant"]))


@lru_cache(maxsize=256)
def _read(instruction: str) -> Reading:
    """The same by the words alone; remembered, as one request is read for several answers."""
    lowered = instruction.lower()
    form, code = _form(lowered), _language(instruction)
    return Reading(
        form=form,
        language=code,
        topic=_topic(instruction) or text_bank().languages[code].topic,
        words=_words(lowered) or text_bank().words[form],
        items=_items(lowered),
        labels=_labels(instruction) if form == "label" else (),
    )


def _form(lowered: str) -> Form:
    """The form that the instruction asks for first, else prose."""
    places = [(known.place_in(lowered), known.form) for known in text_bank().forms]
    asked = [(place, form) for place, form in places if place is not None]
    return min(asked)[1] if asked else "prose"


def schema_in_text(asked: Asked) -> dict[str, object] | None:
    """The JSON Schema that stands in the words of a request, where the model takes none as a field."""
    for turn in asked.turns:
        _, found, rest = turn.text.partition("JSON Schema:")
        schema = _first_object(rest) if found else None
        if schema is not None:
            return schema
    return None


def _first_object(text: str) -> dict[str, object] | None:
    """The JSON object at the start of `text`."""
    try:
        value, _ = json.JSONDecoder().raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _instruction(texts: Sequence[str]) -> str:
    """Where the instruction stands: the head and the tail of the prompt."""
    whole = "\n".join(texts)
    return whole if len(whole) <= 2 * _HEAD_CHARS else f"{whole[:_HEAD_CHARS]}\n{whole[-_HEAD_CHARS:]}"


def _language(instruction: str) -> str:
    """The language named for the answer, else the one the instruction is written in, else English."""
    languages = text_bank().languages
    named = [word for found in _INTO.finditer(instruction.lower()) for word in found.groups()]
    for code, phrases in languages.items():
        if any(name in named for name in phrases.named):
            return code
    written = language(instruction)
    return written if written in languages else "en"


def _topic(instruction: str) -> str | None:
    """A quoted name, else the longest run of capitalised words, the first of the longest."""
    quoted = _QUOTED.search(instruction)
    if quoted:
        return quoted[1].strip()
    names = [found[1].strip() for found in _NAME.finditer(instruction)]
    longest_first = sorted(names, key=lambda name: -len(name.split()))
    return next((name for name in longest_first if _form(name.lower()) == "prose"), None)


def _words(lowered: str) -> int | None:
    """The length asked for, in words, a little below it; of a range its middle."""
    for pattern, words_each in _LENGTHS:
        found = pattern.search(lowered)
        if found:
            bounds = [_number(group) for group in found.groups() if group]
            return max(1, int(sum(bounds) / len(bounds) * words_each * _NEAR))
    return None


def _items(lowered: str) -> int:
    """How many variants or bullets are asked for."""
    found = _ITEMS.search(lowered)
    return min(_number(found[1]), 50) if found else 1


def _number(written: str) -> int:
    """A number in digits or as a word."""
    return _NUMBERS.get(written) or int(written)


def _labels(instruction: str) -> tuple[str, ...]:
    """The labels to choose from, when the request lists them."""
    found = _CHOICES.search(instruction)
    return tuple(label.strip(" .'") for label in _SPLIT_CHOICES.split(found[1]) if label.strip(" .'")) if found else ()
