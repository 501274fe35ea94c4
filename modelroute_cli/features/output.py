"""What an answer will be: its kind, and the language it will be in; told by the words of the instruction."""

import re
from functools import cache
from typing import Literal

from modelroute_cli.base.schema import TaskType
from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.features.reading import HEAD, SYSTEM, TAIL, Reading
from modelroute_cli.features.words import UNSPACED, fold

Kind = Literal["schema", "json", "label", "code", "text"]

_JSON = re.compile(r"\bjson\b", re.IGNORECASE)
_INTO = frozenset(
    [
        "into",
        "in",
        "to",
        "in",
        "ins",
        "nach",
        "auf",
        "aufs",
        "en",
        "al",
        "au",
        "vers",
        "em",
        "para",
        "ao",
        "naar",
        "het",
        "na",
        "po",
        "pa",
        "till",
        "til",
        "su",
        "the",
        "das",
        "el",
        "la",
        "le",
    ]
)
_COUNTRIES = frozenset(["germany", "germania", "arabia", "vietnam"])
_WIDE = "\u2e80"
_MEMO_WORDS = 100_000
_STEM_CHARS = 3
_ENDING_CHARS = 3  # most names of countries go on for longer


def output_kind(reading: Reading, task_type: TaskType) -> Kind:
    """The kind of answer: what a schema or the word JSON demands, else what the task type gives."""
    if reading.request.response_schema is not None:
        return "schema"
    instruction = reading.zones.instruction
    if "json" in instruction.lower() and _JSON.search(instruction):
        return "json"
    kinds: dict[TaskType, Kind] = {TaskType.CLASSIFICATION: "label", TaskType.CODE: "code"}
    return kinds.get(task_type, "text")


def output_language(reading: Reading, task_type: TaskType) -> str:
    """The language of the answer: for a translation the one translated into, else the one asked for or asked in.

    `und` for a translation into a language that is not named.
    """
    into: list[str] = []
    named: list[str] = []
    for zone in (SYSTEM, HEAD, TAIL):
        words = [word.text for word in reading.parts[zone].words]
        codes = list(map(_code_of, words))
        if any(codes):
            for place, code in enumerate(codes):
                if code:
                    (into if place and words[place - 1] in _INTO else named).append(code)
    instruction = reading.zones.instruction
    if not instruction.isascii() and UNSPACED.search(instruction):
        into += [_codes()[found] for found in _wide_names().findall(instruction)]
    if into or task_type is not TaskType.TRANSLATION:
        return into[-1] if into else reading.language
    return named[-1] if named else "und"


@cache
def _codes() -> dict[str, str]:
    """The code of each language by the beginnings of its names."""
    table = shipped_table("language_names.yaml", dict[str, str])
    return {fold(name): code for code, names in table.items() for name in names.split()}


def language_named(word: str) -> str:
    """The code of the language that a word names, empty for other words."""
    longest = max(_STEM_CHARS, len(word) - _ENDING_CHARS)
    stems = (word[:end] for end in range(len(word), longest - 1, -1) if word not in _COUNTRIES)
    return next((_codes()[stem] for stem in stems if stem in _codes()), "")


class _Memo(dict[str, str]):
    """Words already met, bounded."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MEMO_WORDS:
            self.clear()
        code = self[word] = language_named(word)
        return code


_met = _Memo()
_code_of = _met.__getitem__


@cache
def _wide_names() -> re.Pattern[str]:
    """Any name of a language in a script without spaces."""
    return re.compile("|".join(re.escape(name) for name in _codes() if name > _WIDE))
