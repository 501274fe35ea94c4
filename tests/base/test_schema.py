"""A request becomes the chat that is sent."""

import msgspec
import pytest

from modelroute_cli.base.schema import Message, Request, TaskType


def test_a_prompt_becomes_one_user_turn() -> None:
    """A prompt alone is one user message."""
    assert Request(custom_id="a", prompt="hi").turns() == (Message("user", "hi"),)


def test_the_system_text_comes_first() -> None:
    """`system` precedes `messages`."""
    request = Request(custom_id="a", system="s", messages=(Message("user", "u"), Message("assistant", "v")))
    assert [turn.role for turn in request.turns()] == ["system", "user", "assistant"]


def test_there_are_sixteen_task_types() -> None:
    """The words of the design, and `other`."""
    assert len(TaskType) == 16


@pytest.mark.parametrize(
    "bad",
    [
        b'{"custom_id": ""}',
        b'{"custom_id": "a", "prompt": "x", "min_quality": 1.5}',
        b'{"custom_id": "a", "prompt": "x", "max_output_tokens": 0}',
        b'{"custom_id": "a", "prompt": "x", "importance": "huge"}',
        b'{"custom_id": "a", "prompt": "x", "promt": "y"}',
        b'{"custom_id": "a", "messages": [{"role": "bot", "content": "x"}]}',
        b'{"custom_id": "a", "prompt": "x", "gates": {"min_words": 0}}',
        b'{"custom_id": "a", "prompt": "x", "data_class": "secret"}',
    ],
)
def test_values_out_of_bounds_do_not_decode(bad: bytes) -> None:
    """Each bound of a field holds."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(bad, type=Request)


def test_a_request_reads_back_as_it_was_written() -> None:
    """Encoding and decoding are inverse."""
    request = Request(custom_id="a", prompt="x", task_type=TaskType.EMAIL, metadata={"k": 1})
    assert msgspec.json.decode(msgspec.json.encode(request), type=Request) == request
