"""JSON out of what models put around it, where nothing of it is lost: a fence, words before and after, last commas.

What was cut off, quoted wrongly or written as Python stays as it is: guessing at it would change what the model said.
"""

import json
import re
from dataclasses import dataclass
from typing import NoReturn

_FENCED = re.compile(r"\A```[A-Za-z0-9_-]*[ \t]*\n(?P<inside>.*?)\n?```\Z", re.DOTALL)
_FENCES = re.compile(r"^[ \t]*```[A-Za-z0-9_-]*[ \t]*\n(.*?)\n?[ \t]*```[ \t]*$", re.DOTALL | re.MULTILINE)
_LAST_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"|,(?=\s*+[}\]])', re.DOTALL)
_MOST_CHARS = 1_000_000
_MOST_STARTS = 20

Json = dict[str, "Json"] | list["Json"] | str | float | bool | None


@dataclass(frozen=True, slots=True)
class Found:
    """A JSON value, the text it stands in, and how that was made from the answer ("" where nothing was done)."""

    value: Json
    text: str
    note: str = ""


def parsed(text: str) -> Json:
    """The JSON value of a text; ValueError or RecursionError where it is none. NaN and Infinity are not JSON."""
    value: Json = json.loads(text, parse_constant=_no_constant)
    return value


def unfenced(text: str) -> str:
    """JSON without the Markdown fence and blanks that models like to put around it."""
    stripped = text.strip().removeprefix("\ufeff").strip()
    match = _FENCED.match(stripped)
    return match["inside"].strip() if match else stripped


def found_json(text: str) -> Found:
    """The JSON of an answer, repaired where that loses nothing; ValueError or RecursionError where there is none."""
    plain = unfenced(text)
    try:
        return Found(parsed(plain), plain)
    except ValueError:
        repaired = _repaired(plain) if len(plain) <= _MOST_CHARS else None
        if repaired is None:
            raise
        return repaired


def _repaired(text: str) -> Found | None:
    """The one object or list in a text; None where there is none, or more than one."""
    for cut, note in _cuts(text):
        for candidate, also in ((cut, note), (_without_last_commas(cut), _joined(note, "last commas left out"))):
            value = _value(candidate)
            if isinstance(value, dict | list):
                return Found(value, candidate, f"repaired: {also}")
    return None


def _cuts(text: str) -> list[tuple[str, str]]:
    """The parts of a text that may be its JSON, each with how it was cut out."""
    fences = _FENCES.findall(text)
    cuts = [(text, "")]
    if len(fences) == 1:
        cuts.append((fences[0].strip(), "taken out of the words around it"))
    inside = _only_container(text)
    return [*cuts, (inside, "taken out of the words around it")] if inside is not None else cuts


def _only_container(text: str) -> str | None:
    """The only object or list that stands in words; None where another one follows, which could be the answer."""
    first = next((match.start() for match in re.finditer(r"[{\[]", text)), None)
    last = max(text.rfind("}"), text.rfind("]"))
    if first is None or last < first or (first == 0 and last == len(text) - 1):
        return None
    cut = text[first : last + 1]
    return cut if cut[-1] == {"{": "}", "[": "]"}[cut[0]] else None


def _value(text: str) -> Json:
    """The JSON value of a text, None where it is none."""
    try:
        return parsed(text)
    except (ValueError, RecursionError):
        return None


def _without_last_commas(text: str) -> str:
    """The text without commas before a closing bracket; strings are left alone."""
    return _LAST_COMMA.sub(lambda match: "" if match[0] == "," else match[0], text)


def _joined(note: str, more: str) -> str:
    return f"{note}, {more}" if note else more


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity are not JSON, whatever Python thinks."""
    msg = f"`{name}` is not a JSON value"
    raise ValueError(msg)
