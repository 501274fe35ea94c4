"""Verdicts on answers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.gates.answer import Said, Verdict, count_words, judge, unfenced

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
    assert _judge("  Dear Anna,\n") == Verdict(passed=True, gate="pass", detail="", output="  Dear Anna,\n")


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
    assert _judge(text, JSON) == Verdict(passed=True, gate="pass", detail="", output='{"label": "spam"}')


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


@given(st.text(max_size=300), st.sampled_from(["stop", "length", "content_filter", "tool_calls", "eos"]))
def test_no_answer_makes_a_gate_raise(text: str, finish_reason: str) -> None:
    """Whatever a model says, there is a verdict with a short detail."""
    for request in (PLAIN, JSON, _ruled(min_words=1, must_contain=("a",))):
        verdict = judge(request, Said(text, finish_reason, None))
        assert verdict.passed == (verdict.gate == "pass")
        assert len(verdict.detail) <= 200
