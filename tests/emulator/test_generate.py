"""Tests of modelroute_cli.emulator.generate."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.emulating import asked

from modelroute_cli.emulator.asked import Asked, CacheMark
from modelroute_cli.emulator.generate import (
    Answer,
    Counted,
    Origin,
    count_written,
    cut,
    emptied,
    generate,
    marked,
    prompt_tokens,
    refused,
    truncated,
    with_cached,
)
from modelroute_cli.emulator.marked_cache import CacheUse
from modelroute_cli.emulator.media import Medium
from modelroute_cli.features.tokens import count_o200k
from modelroute_cli.jobs.image_header import Size

PICTURE = Medium(kind="image", size=Size(1024, 1024))
EMAIL = "Write an e-mail about “Blue Kettle” of 120 words."


def answer_to(request: Asked, limit: int | None = None, seed: int = 1) -> Answer:
    """The answer of seed 1."""
    tokens = prompt_tokens(request)
    return generate(replace(request, limit=limit), Origin(seed=seed, digest=b"d", input_tokens=tokens))


def visible(answer: Answer) -> int:
    """Output tokens that are not hidden."""
    return answer.usage.completion_tokens - answer.usage.reasoning_tokens


def test_input_is_counted_with_the_chat_s_frame() -> None:
    """o200k tokens of each turn, four more per turn and three per chat, as OpenAI bills."""
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello world"}]
    assert prompt_tokens(asked(messages=turns)).total == sum(count_o200k(["Be brief.", "Hello world"])) + 11


@pytest.mark.parametrize(
    ("model", "frame"), [("gemini-3.8-flash", 1), ("google/gemini-2.5-flash", 1), ("claude-haiku-5-5", 6)]
)
def test_each_family_has_its_own_frame(model: str, frame: int) -> None:
    """Gemini adds one token a turn and none to the chat: a tiny prompt is billed no more than a plan reserves."""
    assert prompt_tokens(asked("Hi", model=model)).total == count_o200k(["Hi"])[0] + frame


def test_schema_and_images_are_input_too() -> None:
    """A schema by its compact text, an image behind an address by the family's number for one of unknown size."""
    plain = prompt_tokens(asked("Hi")).total
    schema = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}
    assert prompt_tokens(asked("Hi", response_format=schema)).total == plain + count_o200k(['{"type":"object"}'])[0]
    parts = [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "https://e.example/a.png"}}]
    assert prompt_tokens(asked(messages=[{"role": "user", "content": parts}])) == Counted(
        total=plain + 1659, image=1659
    )


def test_output_is_counted_from_the_text() -> None:
    """Real o200k tokens, none hidden for a model that does not think."""
    answer = answer_to(asked(EMAIL))
    assert answer.text is not None
    assert answer.usage.completion_tokens == count_o200k([answer.text])[0]
    assert answer.usage.reasoning_tokens == 0


def test_a_thinking_model_hides_tokens_in_its_output() -> None:
    """Inside completion_tokens, as OpenAI counts."""
    answer = answer_to(asked(EMAIL, model="gpt-5"))
    assert answer.text is not None
    assert answer.usage.reasoning_tokens > 0
    assert visible(answer) == count_o200k([answer.text])[0]


def test_the_same_request_has_the_same_answer() -> None:
    """And another seed another one."""
    assert answer_to(asked(EMAIL)) == answer_to(asked(EMAIL))
    assert answer_to(asked(EMAIL), seed=2) != answer_to(asked(EMAIL))


@given(st.integers(1, 2000))
def test_the_limit_is_kept_to_the_token(limit: int) -> None:
    """Thinking is spent first; what is cut ends in `length` and is billed to the limit."""
    answer = answer_to(asked(EMAIL, model="gpt-5"), limit)
    assert answer.text is not None
    assert answer.usage.completion_tokens <= limit
    assert count_o200k([answer.text])[0] <= visible(answer)
    assert (answer.finish_reason == "length") == (answer.usage.completion_tokens == limit)


def test_a_question_with_a_small_limit_gets_a_few_words() -> None:
    """Who leaves room for a word has asked for one: the answer is whole, not cut off."""
    answer = answer_to(asked("What is the capital of Bhutan?"), limit=20)
    assert answer.finish_reason == "stop"
    assert 0 < visible(answer) <= 20


def test_a_limit_eaten_by_thinking_gives_nothing() -> None:
    """Empty, billed, `length`: the trap of small limits."""
    answer = answer_to(asked(EMAIL, model="gpt-5"), 20)
    assert (answer.text, answer.finish_reason, answer.usage.completion_tokens) == ("", "length", 20)


def test_json_meets_the_schema_wherever_it_stands() -> None:
    """As a field, or in words for models that take no field."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    as_field = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
    by_field = answer_to(asked("Count.", response_format=as_field))
    by_words = answer_to(asked(f"Count. It must meet this JSON Schema:\n{json.dumps(schema)}"))
    for answer in (by_field, by_words):
        assert isinstance(json.loads(answer.text or "")["n"], int)


def test_json_mode_without_a_schema_is_an_object() -> None:
    """Prose in one field."""
    answer = answer_to(asked("Tell me.", response_format={"type": "json_object"}))
    assert list(json.loads(answer.text or "")) == ["answer"]


def test_spoilt_answers_are_billed() -> None:
    """Empty, cut short, refused: the tokens count."""
    whole = answer_to(asked(EMAIL, model="gpt-5"))
    assert emptied(whole).text == ""
    assert emptied(whole).usage == whole.usage
    assert truncated(whole).finish_reason == "length"
    assert visible(truncated(whole)) == visible(whole) * 2 // 3
    assert refused(whole).text is None
    assert refused(whole).refusal == "I'm sorry, but I can't help with that request."
    assert refused(whole).usage.reasoning_tokens == whole.usage.reasoning_tokens


def test_a_limit_that_is_not_reached_changes_nothing() -> None:
    """Cutting is for long answers."""
    whole = answer_to(asked(EMAIL))
    assert cut(whole, whole.usage.completion_tokens) == whole


@pytest.mark.parametrize(("cached", "expected"), [(5, 5), (10**6, 28)])
def test_cached_tokens_are_part_of_the_prompt(cached: int, expected: int) -> None:
    """Never more than it has."""
    whole = answer_to(asked("x " * 20))
    assert whole.usage.prompt_tokens == 28
    assert with_cached(whole, CacheUse(read=cached)).usage.cached_tokens == expected


def test_a_stop_word_ends_the_text_before_it() -> None:
    """The first of them in the text, which is told; words that do not occur change nothing."""
    whole = answer_to(asked(EMAIL))
    assert whole.text is not None
    words = whole.text.split()
    stopped = answer_to(asked(EMAIL, stop=[words[5], words[3], "no such word"]))
    assert stopped.text == whole.text[: min(whole.text.find(words[3]), whole.text.find(words[5]))]
    assert (stopped.finish_reason, stopped.stopped_by in {words[3], words[5]}) == ("stop_sequence", True)
    assert stopped.usage.completion_tokens < whole.usage.completion_tokens
    assert answer_to(asked(EMAIL, stop="no such word")) == whole


def test_a_call_takes_the_place_of_the_text_and_is_billed() -> None:
    """By its name and arguments; a limit that cuts it leaves none."""
    tools = [{"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}]
    called = answer_to(asked(EMAIL, tools=tools, tool_choice="required"))
    assert (called.text, called.finish_reason) == (None, "tool_calls")
    assert [(call.name, call.arguments) for call in called.calls] == [("find", "{}")]
    assert called.usage.completion_tokens == count_o200k(["find{}"])[0]
    cut_off = answer_to(asked(EMAIL, tools=tools, tool_choice="required"), limit=1)
    assert (cut_off.calls, cut_off.finish_reason) == ((), "length")


def test_functions_are_input_too() -> None:
    """As they stand in the prompt."""
    tools = [{"type": "function", "function": {"name": "find", "description": "Find it."}}]
    described = '{"name":"find","description":"Find it.","parameters":{}}'
    counted = prompt_tokens(asked("Hi", tools=tools)).total
    assert counted == prompt_tokens(asked("Hi")).total + count_o200k([described])[0]


def test_thoughts_are_told_only_where_the_model_thought() -> None:
    """A sentence or two, whatever the tokens."""
    assert answer_to(asked(EMAIL)).thoughts == ""
    assert answer_to(asked(EMAIL, model="gpt-5")).thoughts


@pytest.mark.parametrize("spoil", [refused, emptied])
def test_a_spoilt_answer_calls_nothing(spoil: Callable[[Answer], Answer]) -> None:
    """The call is gone with the rest."""
    tools = [{"type": "function", "function": {"name": "find"}}]
    spoilt = spoil(answer_to(asked(EMAIL, tools=tools, tool_choice="required")))
    assert (spoilt.calls, spoilt.finish_reason) == ((), "stop")


def test_what_is_read_and_written_fits_into_the_prompt() -> None:
    """Also where the cache says more."""
    usage = with_cached(answer_to(asked("x " * 20)), CacheUse(read=20, written=20, written_long=20)).usage
    assert (usage.cached_tokens, usage.cache_write_tokens, usage.cache_write_long_tokens) == (20, 8, 8)


def test_marks_are_counted_with_all_that_stands_before_them() -> None:
    """Words by their tokens, pictures by the family's rule."""
    marks = (CacheMark(prefix="Be brief.", kept_s=300.0), CacheMark(prefix="Look", media=(PICTURE,), kept_s=300.0))
    told = replace(asked("Hi", model="claude-haiku-5-5"), marks=marks)
    words = count_o200k(["Be brief.", "Look"])
    assert [each.tokens for each in marked(told)] == [words[0], words[1] + 1369]


@given(
    st.lists(
        st.text(max_size=12) | st.sampled_from([".", "!", " ", "Tea", "it's", "\n", "?!", "1.5", "…"]), max_size=12
    )
)
def test_sentences_counted_one_by_one_are_the_tokens_of_the_whole(parts: list[str]) -> None:
    """Whatever the text."""
    text = "".join(parts).encode("utf-8", "replace").decode()
    assert count_written(text) == count_o200k([text])[0]
