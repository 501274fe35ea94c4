"""Verdicts on answers: pure functions of a request and what came back, in a fixed order; the first failure counts.

Every answer passes `truncated`, `refusal`, `empty` and, where the request has one, `schema`; the request's own
`gates` add `length`, `must_contain` and `must_not_contain`. An answer that asks for tools to be called passes
`tools` in the place of the gates that look at text.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import SchemaError
from jsonschema.protocols import Validator

from modelroute_cli.base.schema import GateRules, Request, ToolCall
from modelroute_cli.execution.gates.calls import call_fault
from modelroute_cli.execution.gates.refusals import looks_like_refusal

_Json = dict[str, "_Json"] | list["_Json"] | str | float | bool | None

PASSED = "pass"
_FENCED = re.compile(r"\A```[A-Za-z0-9_-]*[ \t]*\n(?P<inside>.*?)\n?```\Z", re.DOTALL)
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTERS = rf"[^\W{_CJK}]+"
_WORDS = re.compile(rf"[{_CJK}]|{_LETTERS}(?:['\u2019-]{_LETTERS})*")
_DETAIL_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as the gates see it."""

    text: str
    finish_reason: str
    refusal: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gates said; `output` is the answer as it goes into the results (a JSON answer without its fence)."""

    passed: bool
    gate: str  # `pass`, or the gate that failed
    detail: str
    output: str
    applied: str = ""  # the gates that looked at it, separated by commas
    score: float | None = None  # of a judge or a command, in [0,1]


def judge(request: Request, said: Said) -> Verdict:
    """The first gate that fails, else a pass; never raises on what a model may say."""
    output = unfenced(said.text) if request.response_schema is not None else said.text
    failed = _willing(said) or (_calls(request, said) if said.tool_calls else _text(request, said, output))
    if failed is None:
        return Verdict(passed=True, gate=PASSED, detail="", output=output)
    return Verdict(passed=False, gate=failed.gate, detail=failed.detail[:_DETAIL_CHARACTERS], output=output)


def unfenced(text: str) -> str:
    """JSON without the Markdown fence and blanks that models like to put around it."""
    stripped = text.strip().removeprefix("\ufeff")
    match = _FENCED.match(stripped)
    return match["inside"].strip() if match else stripped


def count_words(text: str) -> int:
    """Words; in Chinese and Japanese, which put no spaces between them, every character counts as one."""
    return sum(1 for _ in _WORDS.finditer(text))


@dataclass(frozen=True, slots=True)
class _Failed:
    """A gate that failed, and why."""

    gate: str
    detail: str


def _willing(said: Said) -> _Failed | None:
    """What every answer must pass: whole and not refused."""
    if said.finish_reason == "length":
        return _Failed("truncated", "the output limit cut the answer off")
    if said.refusal or said.finish_reason in {"refusal", "content_filter"}:
        return _Failed("refusal", said.refusal or f"finish reason `{said.finish_reason}`")
    return None


def _calls(request: Request, said: Said) -> _Failed | None:
    """Calls of tools that were offered, with arguments that can be read."""
    faults = (call_fault(call, request.tools) for call in said.tool_calls)
    return next((_Failed("tools", fault) for fault in faults if fault), None)


def _text(request: Request, said: Said, output: str) -> _Failed | None:
    """Words that are there, are no refusal, and keep to the schema and the request's own gates."""
    return _spoken(said) or _schema(request.response_schema, output) or _own_rules(request.gates, output)


def _spoken(said: Said) -> _Failed | None:
    if not said.text.strip():
        return _Failed("empty", f"no text, finish reason `{said.finish_reason}`")
    if looks_like_refusal(said.text):
        return _Failed("refusal", said.text.strip())
    return None


def _schema(schema: Mapping[str, object] | None, output: str) -> _Failed | None:
    """JSON that meets the request's schema."""
    if schema is None:
        return None
    try:
        value: _Json = json.loads(output, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return _Failed("schema", f"not JSON: {error}")
    return _against(_validator(json.dumps(schema, sort_keys=True)), value)


def _against(validator: Validator | None, value: _Json) -> _Failed | None:
    """The most telling violation, by its place in the answer."""
    if validator is None:
        return _Failed("schema", "the request's `response_schema` cannot be used to check an answer")
    try:
        first = min(validator.iter_errors(value), key=_place, default=None)
    except (re.error, RecursionError) as error:
        return _Failed("schema", f"the request's `response_schema` cannot be applied: {error}")
    return None if first is None else _Failed("schema", f"{first.json_path}: {first.message}")


def _place(error: ValidationError) -> tuple[int, str]:
    """Outer violations first, then by path, so that the detail is always the same."""
    return len(error.absolute_path), error.json_path


@lru_cache(maxsize=256)
def _validator(schema: str) -> Validator | None:
    """A validator made once per schema text; None for a schema that is broken or refers outside itself.

    An outside reference is refused, since the library would fetch it from the network.
    """
    parsed = json.loads(schema)
    if not _is_closed(parsed):
        return None
    try:
        Draft202012Validator.check_schema(parsed)
    except (SchemaError, RecursionError):
        return None
    return Draft202012Validator(parsed)


def _is_closed(node: object) -> bool:
    """Whether every `$ref` of a schema stays inside it."""
    match node:
        case dict():
            own = node.get("$ref", node.get("$dynamicRef", "#"))
            return str(own).startswith("#") and all(_is_closed(value) for value in node.values())
        case list():
            return all(_is_closed(value) for value in node)
        case _:
            return True


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity are not JSON, whatever Python thinks."""
    msg = f"`{name}` is not a JSON value"
    raise ValueError(msg)


def _own_rules(rules: GateRules | None, output: str) -> _Failed | None:
    """What the request itself asks for."""
    if rules is None:
        return None
    return _length(rules, output) or _phrases(rules, output)


def _length(rules: GateRules, output: str) -> _Failed | None:
    words, characters = count_words(output), len(output.strip())
    for unit, count, least, most in (
        ("words", words, rules.min_words, rules.max_words),
        ("characters", characters, rules.min_chars, rules.max_chars),
    ):
        if least is not None and count < least:
            return _Failed("length", f"{count} {unit}, at least {least} asked")
        if most is not None and count > most:
            return _Failed("length", f"{count} {unit}, at most {most} asked")
    return None


def _phrases(rules: GateRules, output: str) -> _Failed | None:
    """Required and forbidden phrases, whatever their case and Unicode form."""
    text = _folded(output)
    for phrase in rules.must_contain:
        if _folded(phrase) not in text:
            return _Failed("must_contain", f"`{phrase}` is missing")
    for phrase in rules.must_not_contain:
        if _folded(phrase) in text:
            return _Failed("must_not_contain", f"`{phrase}` is in it")
    return None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
