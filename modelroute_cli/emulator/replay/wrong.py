"""A wrong answer in the form of the right one: another label, another number, a changed field; never an empty one."""

import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from modelroute_cli.base.schema import Request
from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.replay.right import in_json, made_up, parsed, right_text, wanted_schema

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_OPPOSITES = {"yes": "no", "true": "false", "correct": "incorrect", "positive": "negative", "pass": "fail"}
_OTHER_WAY = _OPPOSITES | {other: one for one, other in _OPPOSITES.items()}
_SHORT_WORDS = 4
_TRIES = 8
_LAST_RESORT = "none of these"
_BEFORE, _AFTER = "\"'`*([", "\"'`*)].!?,;:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amiss:
    """What a wrong answer is made from: the request as it came, and right answers to its peers."""

    request: Request
    asked: Asked
    peers: Iterable[object]
    dice: random.Random


def wrong_text(about: Amiss) -> str:
    """An answer that no comparison takes for the right one."""
    expected = about.request.expected
    right = right_text(about.request, about.asked, about.dice)
    schema = wanted_schema(about.asked)
    if schema is None and about.asked.form != "json":
        other = other_value(expected, about)
        return _unlike(right, other if isinstance(other, str) else json.dumps(other, ensure_ascii=False), about)
    for _ in range(_TRIES if schema is not None else 0):
        drawn = _with_one_field_of(expected, json.loads(in_json({}, schema, about.asked, about.dice)), about)
        if drawn is not None:
            return in_json(drawn, schema, about.asked, about.dice)
    return in_json(other_value(parsed(expected), about), schema, about.asked, about.dice)


def other_value(value: object, about: Amiss) -> object:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1 + about.dice.randrange(max(2, int(abs(value)) // 10 + 2))
        case str():
            return other_text(value, about)
        case dict() if value:
            name = about.dice.choice(sorted(value))
            return {**value, name: other_value(value[name], about)}
        case list() if value:
            place = about.dice.randrange(len(value))
            return [*value[:place], other_value(value[place], about), *value[place + 1 :]]
        case _:
            return _LAST_RESORT


def other_text(text: str, about: Amiss) -> str:
    """Another label, number or short text; for a long text another one of its length."""
    return next((other for other in _others(text, about) if not alike(other, text)), _LAST_RESORT)


def alike(one: str, other: str) -> bool:
    """Whether two answers say the same to a comparison that minds neither case, blanks nor marks."""
    return _form(one) == _form(other)


def _others(text: str, about: Amiss) -> Iterator[str]:
    """What may be said instead, the most natural first."""
    gates = about.request.gates
    if gates is not None and gates.labels:
        yield from about.dice.sample(gates.labels, len(gates.labels))
    opposite = _OTHER_WAY.get(text.strip().lower())
    if opposite is not None:
        yield opposite.upper() if text.isupper() else opposite.title() if text.istitle() else opposite
    is_number = gates is not None and gates.expected == "number"
    if is_number or len(text.split()) <= _SHORT_WORDS:
        yield from _other_number(text, about)
    yield from (peer for peer in about.peers if isinstance(peer, str) and not is_number)
    for _ in range(_TRIES):
        yield made_up(about.asked, about.dice, len(text) // 4)


def _other_number(text: str, about: Amiss) -> Iterator[str]:
    """The text with another last number, which is where answers have their result."""
    found = list(_NUMBER.finditer(text))
    if found:
        last = found[-1]
        yield f"{text[: last.start()]}{_moved(last[0], about.dice)}{text[last.end() :]}"


def _moved(number: str, dice: random.Random) -> str:
    """Another number with as many decimals."""
    whole, point, decimals = number.replace(",", "").partition(".")
    digits = int(whole + decimals)
    moved = str(digits + 1 + dice.randrange(digits // 10 + 9)).rjust(len(decimals) + 1, "0")
    return f"{moved[: -len(decimals)]}{point}{moved[-len(decimals) :]}" if decimals else moved


def _with_one_field_of(expected: object, drawn: object, about: Amiss) -> object:
    """What is expected with one field as a fresh draw has it, where that differs; a single value likewise."""
    known = parsed(expected)
    if not isinstance(drawn, dict):
        return None if drawn == known or isinstance(known, dict) else drawn
    if not isinstance(known, dict):
        held = [value for value in drawn.values() if type(value) is type(known) and value != known]
        return held[0] if held and not _alike_values(held[0], known) else None
    unlike = [name for name in sorted(known) if name in drawn and not _alike_values(drawn[name], known[name])]
    if not unlike:
        return None
    name = about.dice.choice(unlike)
    return {**known, name: drawn[name]}


def _alike_values(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return alike(one, other)
    return one == other


def other_made_up(about: Amiss, right: str) -> str:
    """Another answer to a request whose right answer nobody gave."""
    drawn = (made_up(about.asked, about.dice, len(right) // 4) for _ in range(_TRIES))
    return next((text for text in drawn if not alike(text, right)), None) or other_text(right, about)


def _unlike(right: str, other: str, about: Amiss) -> str:
    """The other text; where it came out like the right one after all, one that says so."""
    return f"{_LAST_RESORT} ({about.dice.randrange(10**6)})" if alike(right, other) else other


def _form(text: str) -> str:
    """Without case, blanks and the marks around it; a sign stays."""
    return "".join(text.casefold().split()).rstrip(_AFTER).lstrip(_BEFORE)
