"""Verdicts on answers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.gates.answer import Said, Verdict, compared, count_words, failed_verdict, judge, unfenced
from modelroute_cli.execution.gates.usual import Usual

PLAIN = Request(custom_id="r", prompt="write")
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"label": {"enum": ["spam", "ham"]}, "score": {"type": "number"}},
    "required": ["label"],
}
JSON = Request(custom_id="r", prompt="label", response_schema=SCHEMA)


def _judge(text: str, request: Request = PLAIN, finish_reason: str = "stop", refusal: str | None = None) -> Verdict:
    return judge(request, Said(text, finish_reason, refusal))


def _gate(text: str, request: Request = PLAIN, finish_reason: str = "stop") -> tuple[str, str]:
    verdict = _judge(text, request, finish_reason)
    return verdict.gate, verdict.detail


def _ruled(**rules: object) -> Request:
    return Request(custom_id="r", prompt="write", gates=GateRules(**rules))  # type: ignore[arg-type]


def test_an_ordinary_answer_passes_unchanged() -> None:
    """Text without a schema is not touched."""
    assert _judge("  Dear Anna,\n") == Verdict(
        passed=True, gate="pass", detail="", output="  Dear Anna,\n", applied="truncated,refusal,empty"
    )


@pytest.mark.parametrize("text", ["", "   \n\t"])
def test_an_empty_answer_fails(text: str) -> None:
    """Blanks are no answer."""
    assert _gate(text) == ("empty", "no text, finish reason `stop`")


def test_a_cut_answer_is_truncated_even_when_nothing_of_it_is_visible() -> None:
    """An answer whose reasoning used up the limit is truncated, not empty: more room helps."""
    assert _gate("Dear", finish_reason="length")[0] == "truncated"
    assert _gate("", finish_reason="length")[0] == "truncated"


def test_a_declared_refusal_fails() -> None:
    """The refusal field, or the finish reason of a content filter."""
    assert _judge("", refusal="against policy").detail == "against policy"
    assert _gate("", finish_reason="content_filter") == ("refusal", "finish reason `content_filter`")


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("not json", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ('{"label": "eggs"}', "$.label: 'eggs' is not one of ['spam', 'ham']"),
        ('{"score": 1}', "$: 'label' is a required property"),
        ('{"label": "spam", "score": NaN}', "not JSON: `NaN` is not a JSON value"),
    ],
)
def test_an_answer_that_breaks_the_schema_fails_with_the_place(text: str, detail: str) -> None:
    """What is wrong, and where in the answer."""
    assert _gate(text, JSON) == ("schema", detail)


def test_nesting_without_end_is_not_json() -> None:
    """What would exhaust the parser's stack fails like any other text."""
    gate, detail = _gate("[" * 100_000, JSON)
    assert (gate, detail[:10]) == ("schema", "not JSON: ")


@pytest.mark.parametrize(
    "text",
    [
        '{"label": "spam"}',
        '```json\n{"label": "spam"}\n```',
        '\n```\n{"label": "spam"}```\n',
        '\ufeff{"label": "spam"}',
    ],
)
def test_json_in_a_fence_is_unwrapped(text: str) -> None:
    """The output of a request with a schema is the JSON alone."""
    assert _judge(text, JSON) == Verdict(
        passed=True, gate="pass", detail="", output='{"label": "spam"}', applied="truncated,refusal,empty,schema"
    )


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=4)))
def test_unfenced_gives_back_the_same_json(value: object) -> None:
    """Whatever the JSON, a fence around it changes nothing."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    assert json.loads(unfenced(f"```json\n{text}\n```")) == value
    assert json.loads(unfenced(text)) == value


def test_a_schema_that_refers_outside_itself_is_never_fetched() -> None:
    """The library would open the network for it; the gate says that it cannot be used."""
    request = Request(custom_id="r", prompt="x", response_schema={"$ref": "http://127.0.0.1:9/schema.json"})
    assert _gate("{}", request) == ("schema", "the request's `response_schema` cannot be used to check an answer")


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"type": "string", "pattern": "("}])
def test_a_broken_schema_fails_and_never_raises(schema: dict[str, object]) -> None:
    """A schema that slipped through cannot end the run."""
    assert _gate('"a"', Request(custom_id="r", prompt="x", response_schema=schema))[0] == "schema"


def test_references_inside_the_schema_work() -> None:
    """`$defs` are resolved."""
    schema: dict[str, object] = {"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}}
    request = Request(custom_id="r", prompt="x", response_schema=schema)
    assert (_gate("1", request)[0], _gate('"a"', request)[0]) == ("pass", "schema")


@pytest.mark.parametrize(
    ("rules", "text", "expected"),
    [
        ({"min_words": 3}, "two words", ("length", "2 words, at least 3 asked")),
        ({"max_words": 2}, "one two three", ("length", "3 words, at most 2 asked")),
        ({"min_chars": 5}, " abc ", ("length", "3 characters, at least 5 asked")),
        ({"max_chars": 2}, "abc", ("length", "3 characters, at most 2 asked")),
        ({"must_contain": ("OFFER", "Café")}, "an offer at the CAFE\u0301", ("pass", "")),
        ({"must_contain": ("unsubscribe",)}, "bye", ("must_contain", "`unsubscribe` is missing")),
        ({"must_not_contain": ("guarantee",)}, "We GUARANTEE it", ("must_not_contain", "`guarantee` is in it")),
    ],
)
def test_the_requests_own_rules(rules: dict[str, object], text: str, expected: tuple[str, str]) -> None:
    """Length and phrases, with the count that failed."""
    assert _gate(text, _ruled(**rules)) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("it's a well-known fact", 4),
        ("夏のセール", 5),
        ("今すぐ buy now", 5),
        ("여름 세일 시작", 3),
        ("Straße, naïve 3.5", 4),
        ("", 0),
        ("— !", 0),
    ],
)
def test_words_are_counted_as_people_count_them(text: str, words: int) -> None:
    """Apostrophes and hyphens join; Chinese and Japanese characters count one each."""
    assert count_words(text) == words


ALL = GateRules(
    min_words=1,
    max_words=99,
    must_contain=("Anna",),
    must_not_contain=("Otto",),
    language="en",
    pattern="Anna",
    must_mention=("name",),
    placeholders=False,
    expected="normalised",
)
ANNA = Request(custom_id="r", prompt="write", gates=ALL, metadata={"name": "Anna"}, expected="Dear Anna")


def test_gates_look_in_their_order_the_cheap_ones_first() -> None:
    """All of them at an answer that passes; none after the one that failed."""
    passed = judge(ANNA, Said("Dear Anna", "stop"))
    assert passed.applied == (
        "truncated,refusal,empty,length,must_contain,must_not_contain,expected,placeholders,must_mention,language,pattern"
    )
    failed = judge(ANNA, Said("Dear Anna, dear Otto", "stop"))
    assert failed.applied == "truncated,refusal,empty,length,must_contain,must_not_contain"
    assert (failed.gate, failed.right) == ("must_not_contain", False)


@pytest.mark.parametrize(
    ("text", "finish_reason", "applied"),
    [("x", "length", "truncated"), ("x", "refusal", "truncated,refusal"), (" ", "stop", "truncated,refusal,empty")],
)
def test_what_every_answer_passes_comes_first(text: str, finish_reason: str, applied: str) -> None:
    """The gates that looked at an answer that failed one of those."""
    assert judge(ANNA, Said(text, finish_reason)).applied == applied


def test_a_failed_answer_that_equals_its_reference_is_known_to_be_right() -> None:
    """A false alarm, which the report counts; without a reference nobody knows."""
    request = Request(custom_id="r", prompt="x", gates=GateRules(max_chars=5), expected="negative")
    assert (judge(request, Said("Negative.", "stop")).right, judge(request, Said("It was bad", "stop")).right) == (
        True,
        None,
    )
    assert judge(_ruled(max_chars=5), Said("Negative.", "stop")).right is None


def test_a_label_is_the_output() -> None:
    """Gates after it see the label; with a schema, which holds its own labels, nothing is changed."""
    request = _ruled(labels=("positive", "negative"), max_chars=8)
    assert judge(request, Said("**Positive.**", "stop")).output == "positive"
    held = Request(custom_id="r", prompt="x", gates=GateRules(labels=("spam",)), response_schema=SCHEMA)
    assert judge(held, Said('{"label": "spam"}', "stop")).output == '{"label": "spam"}'


def test_usual_gates_hold_until_rules_say_otherwise() -> None:
    """The same gate is never looked at twice."""
    usual = Usual("en", no_fields=True)
    text = "Hi {{first_name}}"
    assert judge(PLAIN, Said(text, "stop"), usual).gate == "placeholders"
    assert judge(PLAIN, Said("Hi", "stop"), usual).applied == "truncated,refusal,empty,placeholders,language"
    allowed = _ruled(placeholders=True, language="any")
    assert judge(allowed, Said(text, "stop"), usual) == judge(allowed, Said(text, "stop"))


def test_another_gate_can_turn_a_pass_into_a_failure() -> None:
    """With what is known of the reference."""
    request = Request(custom_id="r", prompt="x", expected="fine")
    passed = judge(request, Said("Fine", "stop"))
    assert failed_verdict(request, "judge", "y" * 300, passed) == Verdict(
        False, "judge", "y" * 200, "Fine", "truncated,refusal,empty", None, right=True
    )


@given(st.text(max_size=300), st.sampled_from(["stop", "length", "content_filter", "tool_calls", "eos"]))
def test_no_answer_makes_a_gate_raise(text: str, finish_reason: str) -> None:
    """Whatever a model says, there is a verdict with a short detail."""
    for request in (PLAIN, JSON, _ruled(min_words=1, must_contain=("a",)), ANNA):
        verdict = judge(request, Said(text, finish_reason, None))
        assert verdict.passed == (verdict.gate == "pass")
        assert len(verdict.detail) <= 200


def test_every_failure_can_be_compared_with_its_reference() -> None:
    """Also one that a judge made; a pass, and what is known already, stay as they are."""
    request = Request(custom_id="r", prompt="x", expected="fine")
    failed = Verdict(False, "command", "no", "Fine.")
    assert compared(request, failed).right is True
    assert compared(request, Verdict(False, "command", "no", "Fine.", right=False)).right is False
    assert compared(request, Verdict(True, "pass", "", "Fine.")).right is None
    assert compared(PLAIN, failed) is failed
