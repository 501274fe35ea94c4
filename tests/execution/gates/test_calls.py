"""Calls of tools that models ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import GateRules, Request, Tool, ToolCall
from modelroute_cli.execution.gates.answer import Said, judge
from modelroute_cli.execution.gates.calls import call_fault, read_calls, written_calls

WEATHER = Tool(name="weather", parameters={"type": "object", "properties": {"city": {"type": "string"}}})
ASKING = Request(custom_id="r", prompt="What is the weather in Bern?", tools=(WEATHER,), gates=GateRules(min_words=5))


def call(name: str = "weather", arguments: str = '{"city": "Bern"}') -> ToolCall:
    """A call as a model asks for it."""
    return ToolCall(id="call-1", name=name, arguments=arguments)


def said(*calls: ToolCall, finish: str = "tool_calls", text: str = "") -> Said:
    """An answer that asks for tools."""
    return Said(text, finish, None, calls)


def test_an_answer_that_calls_a_tool_needs_no_text() -> None:
    """Gates that look at text do not apply: there is none to look at."""
    assert judge(ASKING, said(call())).passed


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        (call("whether"), "`whether` is no tool of the request"),
        (call("w" * 100), f"`{'w' * 60}` is no tool of the request"),
        (call(arguments="[1]"), "the arguments of `weather` are no JSON object"),
        (call(arguments="{"), "the arguments of `weather` are not JSON: Expecting property name"),
        (call(arguments="[" * 100_000), "the arguments of `weather` are not JSON: maximum recursion depth exceeded"),
    ],
)  # fmt: skip
def test_a_call_that_nobody_can_answer_fails(asked: ToolCall, detail: str) -> None:
    """A tool that was not offered, or arguments that cannot be read."""
    fault = call_fault(asked, (WEATHER,))
    assert fault is not None
    assert fault.startswith(detail)
    verdict = judge(ASKING, said(call(), asked))
    assert (verdict.passed, verdict.gate) == (False, "tools")


def test_a_cut_call_is_truncated_and_a_refusal_stays_one() -> None:
    """More room or another model helps there, whatever was called."""
    assert judge(ASKING, said(call(), finish="length")).gate == "truncated"
    assert judge(ASKING, said(call(), finish="content_filter")).gate == "refusal"


def test_a_text_in_the_place_of_a_call_is_judged_as_text() -> None:
    """Unless the request says that a tool must be called, a model may answer itself."""
    assert judge(ASKING, said(text="It is sunny and warm in Bern.", finish="stop")).passed
    assert judge(ASKING, said(finish="tool_calls")).gate == "empty"


PLAIN = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.builds(ToolCall, id=PLAIN, name=PLAIN, arguments=PLAIN), max_size=4))
def test_what_is_written_is_read_back(calls: list[ToolCall]) -> None:
    """The journal keeps calls as they came; none is None."""
    written = written_calls(calls)
    assert read_calls(written) == tuple(calls)
    assert (written is None) == (not calls)
