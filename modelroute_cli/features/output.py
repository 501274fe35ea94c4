"""What an answer will be: its kind, and the language it will be in; told by the words of the instruction."""

import re
from typing import Literal

from modelroute_cli.base.schema import TaskType
from modelroute_cli.features.language_names import codes, named_language, wide_names
from modelroute_cli.features.reading import HEAD, SYSTEM, TAIL, Reading
from modelroute_cli.features.words import UNSPACED

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
        said = reading.parts[zone].words
        for place, word in enumerate(said):
            code = named_language(word.text)
            if code:
                (into if place and said[place - 1].text in _INTO else named).append(code)
    instruction = reading.zones.instruction
    if not instruction.isascii() and UNSPACED.search(instruction):
        into += [codes()[found] for found in wide_names().findall(instruction)]
    if into or task_type is not TaskType.TRANSLATION:
        return into[-1] if into else reading.language
    return named[-1] if named else "und"
