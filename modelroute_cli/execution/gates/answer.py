"""Verdicts on answers: pure functions of a request and what came back, in a fixed order; the first failure counts.

Every answer passes `truncated`, `refusal` and `empty`; where the request has a schema, `schema`; then what the request
and its rules ask for, the cheap gates first. An answer that asks for tools to be called passes `tools` in the place of
the gates that look at text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from modelroute_cli.base.schema import GateRules, Request, ToolCall
from modelroute_cli.execution.gates.calls import call_fault
from modelroute_cli.execution.gates.expected import equals_reference, unexpected
from modelroute_cli.execution.gates.labels import read_label
from modelroute_cli.execution.gates.mention import unmentioned
from modelroute_cli.execution.gates.placeholders import leftover, leftover_field
from modelroute_cli.execution.gates.refusals import is_refusal
from modelroute_cli.execution.gates.repair import unfenced
from modelroute_cli.execution.gates.schema import read_schema
from modelroute_cli.execution.gates.subject import Gate, Subject, plain
from modelroute_cli.execution.gates.tongue import wrong_language
from modelroute_cli.execution.gates.usual import NOTHING_USUAL, Usual, unusual_language
from modelroute_cli.execution.gates.wording import (
    count_words,
    forbidden_phrase,
    length_fault,
    missing_phrase,
    pattern_missing,
)

__all__ = ["PASSED", "Said", "Verdict", "count_words", "judge", "unfenced"]

PASSED = "pass"
ALWAYS = "truncated,refusal,empty"  # what every answer with a text was looked at by
_WITH_CALLS = "truncated,refusal,tools"
_DETAIL_CHARACTERS = 200
_WITH_FIELDS = f"{ALWAYS},placeholders"
_NO_RULES = GateRules()


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
    detail: str  # why it failed, or how a passed answer was repaired
    output: str
    applied: str = ""  # the gates that looked at it, separated by commas
    score: float | None = None  # of a judge or a command, in [0,1]
    right: bool | None = None  # whether a failed answer equals `expected`; None: unknown


def judge(request: Request, said: Said, usual: Usual = NOTHING_USUAL) -> Verdict:
    """The first gate that fails, else a pass; never raises on what a model may say.

    `usual` are the gates that the request has without asking; what it asks itself stands in its `gates`.
    """
    failed = _willing(said) or (_calls(request, said) if said.tool_calls else _spoken(request, said))
    if failed is not None:
        return failed
    if said.tool_calls:
        return Verdict(True, PASSED, "", said.text, _WITH_CALLS)
    if request.gates is None and request.response_schema is None:
        return _usually(request, said.text, usual)
    return _held(request, said.text, usual)


def failed_verdict(request: Request, gate: str, detail: str, verdict: Verdict) -> Verdict:
    """A verdict that a gate turned into a failure."""
    return compared(request, replace(verdict, passed=False, gate=gate, detail=detail[:_DETAIL_CHARACTERS]))


def compared(request: Request, verdict: Verdict) -> Verdict:
    """A failure that says whether its answer equals `expected`, where that is known; a pass as it is."""
    if verdict.passed or request.expected is None or verdict.right is not None:
        return verdict
    mode = None if request.gates is None else request.gates.expected
    return replace(verdict, right=equals_reference(mode, verdict.output, request.expected))


def _willing(said: Said) -> Verdict | None:
    """What every answer must pass: whole and not refused."""
    if said.finish_reason == "length":
        return Verdict(False, "truncated", "the output limit cut the answer off", said.text, "truncated")
    if said.refusal or said.finish_reason in {"refusal", "content_filter"}:
        return _refused(said, said.refusal or f"finish reason `{said.finish_reason}`")
    return None


def _refused(said: Said, words: str) -> Verdict:
    return Verdict(False, "refusal", words[:_DETAIL_CHARACTERS], said.text, "truncated,refusal")


def _calls(request: Request, said: Said) -> Verdict | None:
    """Calls of tools that were offered, with arguments that can be read."""
    faults = (call_fault(call, request.tools) for call in said.tool_calls)
    fault = next((fault for fault in faults if fault), None)
    return None if fault is None else Verdict(False, "tools", fault[:_DETAIL_CHARACTERS], said.text, _WITH_CALLS)


def _spoken(request: Request, said: Said) -> Verdict | None:
    """Words that are there and are no refusal."""
    if not said.text or said.text.isspace():
        return Verdict(False, "empty", f"no text, finish reason `{said.finish_reason}`", said.text, ALWAYS)
    return _refused(said, said.text.strip()) if is_refusal(said.text, request) else None


def _usually(request: Request, text: str, usual: Usual) -> Verdict:
    """What the usual gates alone say: most answers of most jobs come here, so nothing is made that is not needed."""
    fault, applied = None, ALWAYS
    if usual.no_fields:
        fault, applied = leftover_field(text, request), _WITH_FIELDS
    if fault is not None:
        return failed_verdict(request, _FIELDS.name, fault, Verdict(False, "", "", text, applied))
    if usual.language is not None:
        fault, applied = unusual_language(text, request, usual.language), f"{applied},language"
    if fault is not None:
        return failed_verdict(request, "language", fault, Verdict(False, "", "", text, applied))
    return Verdict(True, PASSED, "", text, applied)


def _held(request: Request, text: str, usual: Usual) -> Verdict:
    """What schema, rules and usual gates say of an answer that is there."""
    output, note, applied = text, "", [ALWAYS]
    rules = request.gates or _NO_RULES
    for gate in _asked(request, rules, usual):
        applied.append(gate.name)
        read = gate.look(Subject(request, rules, output))
        output, note = read.output, note or read.note
        if read.fault is not None:
            return failed_verdict(request, gate.name, read.fault, Verdict(False, "", "", output, ",".join(applied)))
    return Verdict(True, PASSED, note, output, ",".join(applied))


def _asked(request: Request, rules: GateRules, usual: Usual) -> Iterator[Gate]:
    """The gates that look at an answer, in their order."""
    if request.response_schema is not None:
        yield _SCHEMA
    if rules is not _NO_RULES:
        yield from (gate for asks, gate in _BY_RULE if asks(rules, request))
    if usual.no_fields and rules.placeholders is None:
        yield _FIELDS
    if usual.language is not None and rules.language is None:
        yield _same_language(usual.language)


def _same_language(wanted: str) -> Gate:
    """The usual gate for a language."""
    return plain("language", lambda subject: unusual_language(subject.output, subject.request, wanted))


def _has_length(rules: GateRules, _: Request) -> bool:
    return not (rules.min_words is rules.max_words is rules.min_chars is rules.max_chars is None)


_SCHEMA = Gate("schema", read_schema)
_FIELDS = plain("placeholders", lambda subject: leftover_field(subject.output, subject.request))
_BY_RULE: tuple[tuple[Callable[[GateRules, Request], object], Gate], ...] = (
    (lambda rules, request: rules.labels and request.response_schema is None, Gate("labels", read_label)),
    (_has_length, plain("length", length_fault)),
    (lambda rules, _: rules.must_contain, plain("must_contain", missing_phrase)),
    (lambda rules, _: rules.must_not_contain, plain("must_not_contain", forbidden_phrase)),
    (lambda rules, request: rules.expected and request.expected is not None, plain("expected", unexpected)),
    (lambda rules, _: rules.placeholders is False, plain("placeholders", leftover)),
    (lambda rules, _: rules.must_mention, plain("must_mention", unmentioned)),
    (lambda rules, _: rules.language not in {None, "any"}, plain("language", wrong_language)),
    (lambda rules, _: rules.pattern, plain("pattern", pattern_missing)),
)
