import msgspec
import pytest

from modelroute_cli.base.schema import Message, Request, Tool
from modelroute_cli.jobs.batch_anthropic import translate
from modelroute_cli.jobs.batch_body import Translation


def _params(**params: object) -> Translation:
    full = {"max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}], **params}
    return translate({"custom_id": "a", "params": full})


def _request(found: Translation) -> Request:
    assert found.faults == []
    return msgspec.convert(found.row, Request)


def test_a_message_becomes_a_request() -> None:
    """System blocks, turns, limit, model, schema and the user's id."""
    schema: dict[str, object] = {"type": "object"}
    found = _params(
        model="claude-haiku-5-5",
        system=[{"type": "text", "text": "Be kind", "cache_control": {"type": "ephemeral"}}],
        messages=[
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]},
            {"role": "user", "content": "Bye"},
        ],
        metadata={"user_id": "u"},
        output_config={"format": {"type": "json_schema", "schema": schema}, "effort": "low"},
    )
    assert _request(found) == Request(
        custom_id="a",
        system="Be kind",
        messages=(Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "Bye")),
        max_output_tokens=50,
        model="claude-haiku-5-5",
        metadata={"user_id": "u"},
        response_schema=schema,
    )
    assert found.dropped == ["cache_control", "effort"]


def test_pictures_come_as_bytes_or_addresses() -> None:
    """Both become images of the request."""
    content = [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
        {"type": "text", "text": "Compare"},
    ]
    assert _request(_params(messages=[{"role": "user", "content": content}])) == Request(
        custom_id="a",
        prompt="Compare",
        images=("data:image/png;base64,iVBORw0KGgo=", "https://example.com/a.png"),
        max_output_tokens=50,
    )


def test_fields_about_how_a_model_is_asked_are_left_out() -> None:
    """They are named, so that they can be told."""
    found = _params(top_k=5, thinking={"type": "enabled", "budget_tokens": 1024}, stop_sequences=[], stream=False)
    assert _request(found) == Request(custom_id="a", prompt="Hi", max_output_tokens=50)
    assert found.dropped == ["top_k", "thinking"]


def test_sampling_and_stop_words_are_kept() -> None:
    """In the fields of a request."""
    found = _params(temperature=1, top_p=0.9, stop_sequences=["END", "\n\n"])
    assert _request(found) == Request(
        custom_id="a", prompt="Hi", max_output_tokens=50, temperature=1.0, top_p=0.9, stop=("END", "\n\n")
    )


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ({"type": "any", "disable_parallel_tool_use": True}, "required"),
        ({"type": "auto"}, "auto"),
        ({"type": "tool", "name": "weather"}, "weather"),
    ],
)
def test_tools_are_passed_through(choice: dict[str, object], kept: str) -> None:
    """`any` is `required` in our words; marks for the cache are the program's own."""
    tool = {"name": "weather", "input_schema": {"type": "object"}, "cache_control": {"type": "ephemeral"}}
    assert _request(_params(tools=[tool], tool_choice=choice)) == Request(
        custom_id="a",
        prompt="Hi",
        max_output_tokens=50,
        tools=(Tool(name="weather", parameters={"type": "object"}),),
        tool_choice=kept,
    )


def test_documents_are_files() -> None:
    """As Base64 and by address."""
    sources: list[dict[str, object]] = [
        {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
        {"type": "url", "url": "https://example.com/a.pdf"},
    ]
    parts = [{"type": "document", "source": source, "title": "A"} for source in sources]
    found = _params(messages=[{"role": "user", "content": [{"type": "text", "text": "Sum up"}, *parts]}])
    assert _request(found).files == ("data:application/pdf;base64,JVBERi0=", "https://example.com/a.pdf")
    assert found.dropped == ["title", "title"]


@pytest.mark.parametrize(
    ("params", "field", "message"),
    [
        (
            {"tools": [{"type": "bash_20250124", "name": "bash"}]},
            "params.tools[0].type",
            '`"bash_20250124"` is no tool that is passed through',
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1"}]}]},
            "params.messages[0].content[0].type",
            '`"tool_result"` is not sent: earlier calls of tools and their results are not sent',
        ),
        ({"max_token": 5}, "params.max_token", "is no field that is read"),
        ({"output_format": {"type": "xml"}}, "params.output_format.type", 'must be `json_schema`, not `"xml"`'),
        (
            {"messages": [{"role": "user", "content": [{"type": "document", "source": {}}]}]},
            "params.messages[0].content[0].source.type",
            "`null` is not read",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "file"}}]}]},
            "params.messages[0].content[0].source.type",
            '`"file"` cannot be kept: a file that is kept by the provider is not known here',
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image"}]}]},
            "params.messages[0].content[0].source",
            "is missing",
        ),
    ],
)
def test_what_would_change_the_answer_is_refused(params: dict[str, object], field: str, message: str) -> None:
    """An error that names the field by its path."""
    fault = _params(**params).faults[0]
    assert (fault.field, fault.message) == (field, message)
