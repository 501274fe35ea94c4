import msgspec
import pytest

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.jobs.batch_body import Translation
from modelroute_cli.jobs.batch_openai import translate

_PNG = "data:image/png;base64,iVBORw0KGgo="
_SCHEMA: dict[str, object] = {"type": "object", "properties": {"a": {"type": "string"}}}


def _line(url: str, body: object) -> dict[str, object]:
    return {"custom_id": "a", "method": "POST", "url": url, "body": body}


def _chat(**body: object) -> Translation:
    return translate(_line("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hi"}], **body}))


def _responses(**body: object) -> Translation:
    return translate(_line("/v1/responses", {"input": "Hi", **body}))


def _request(found: Translation) -> Request:
    assert found.faults == []
    return msgspec.convert(found.row, Request)


def _faults(found: Translation) -> list[tuple[str | None, str]]:
    return [(fault.field, fault.message) for fault in found.faults]


def test_a_chat_completion_becomes_a_request() -> None:
    """Turns, limit, schema, model and metadata have their places."""
    found = _chat(
        model="gpt-5",
        messages=[{"role": "system", "content": "Be kind"}, {"role": "user", "content": "Hi", "name": "ada"}],
        max_completion_tokens=70,
        response_format={"type": "json_schema", "json_schema": {"name": "n", "strict": True, "schema": _SCHEMA}},
        metadata={"batch": "7"},
        n=1,
        tools=[],
    )
    assert _request(found) == Request(
        custom_id="a",
        messages=(Message("system", "Be kind"), Message("user", "Hi")),
        max_output_tokens=70,
        response_schema=_SCHEMA,
        model="gpt-5",
        metadata={"batch": "7"},
    )
    assert found.dropped == ["name"]


def test_one_turn_of_the_user_is_a_prompt() -> None:
    """With `max_tokens`, the older name of the limit; parts are joined, a picture stands beside them."""
    parts = [
        {"type": "text", "text": "What is"},
        {"type": "text", "text": "this?"},
        {"type": "image_url", "image_url": {"url": _PNG, "detail": "low"}},
    ]
    found = _chat(messages=[{"role": "user", "content": parts}], max_tokens=9)
    assert _request(found) == Request(custom_id="a", prompt="What is\nthis?", images=(_PNG,), max_output_tokens=9)
    assert found.dropped == ["detail"]


def test_json_mode_asks_for_an_object() -> None:
    """`json_object` is the schema of any object; `text` is none."""
    assert _request(_chat(response_format={"type": "json_object"})).response_schema == {"type": "object"}
    assert _request(_chat(response_format={"type": "text"})).response_schema is None
    assert _request(_responses(text={"format": {"type": "json_object"}})).response_schema == {"type": "object"}


def test_a_response_becomes_a_request() -> None:
    """Instructions are the system message; the input is a text or turns."""
    form = {"type": "json_schema", "name": "n", "strict": True, "schema": _SCHEMA}
    found = _responses(
        model="gpt-5", instructions="Be kind", max_output_tokens=5, text={"format": form, "verbosity": "low"}
    )
    assert _request(found) == Request(
        custom_id="a", prompt="Hi", system="Be kind", model="gpt-5", max_output_tokens=5, response_schema=_SCHEMA
    )
    assert found.dropped == ["verbosity"]


def test_the_turns_of_a_response_become_messages() -> None:
    """With the parts that only this API has."""
    turns = [
        {"role": "user", "content": "Hi"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello"}]},
        {
            "role": "user",
            "content": [{"type": "input_text", "text": "Look"}, {"type": "input_image", "image_url": _PNG}],
        },
    ]
    assert _request(_responses(input=turns)) == Request(
        custom_id="a",
        messages=(Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "Look")),
        images=(_PNG,),
    )


def test_fields_about_how_a_model_is_asked_are_left_out() -> None:
    """They are named, so that they can be told."""
    found = _chat(temperature=0, top_p=1, reasoning_effort="low", user="u", service_tier="flex", stop=None)
    assert _request(found) == Request(custom_id="a", prompt="Hi")
    assert sorted(found.dropped) == ["reasoning_effort", "service_tier", "temperature", "top_p", "user"]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"tools": [{"type": "function"}]}, "body.tools", "cannot be kept: tools are not called in a batch job"),
        ({"stop": ["\n"]}, "body.stop", "cannot be kept: an answer is not cut at a word"),
        ({"n": 3}, "body.n", "cannot be `3`: each request has one answer"),
        ({"modalities": ["text", "audio"]}, "body.modalities", 'cannot be `["text","audio"]`: answers are text'),
        ({"temprature": 1}, "body.temprature", "is no field that is read"),
        ({"messages": "Hi"}, "body.messages", 'must be a list, not `"Hi"`'),
        ({"messages": ["Hi"]}, "body.messages[0]", 'must be an object, not `"Hi"`'),
        (
            {"response_format": {"type": "xml"}},
            "body.response_format.type",
            '`"xml"` is no form of an answer that is read',
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
            "body.messages[0].content[0].type",
            '`"input_audio"` is not sent yet',
        ),
        (
            {"messages": [{"role": "user", "content": 7}]},
            "body.messages[0].content",
            "must be text or a list of parts, not `7`",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "body.messages[0].content[0].image_url",
            "is missing",
        ),
        (
            {
                "messages": [
                    {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
                    {"role": "user", "content": "x"},
                ]
            },
            "body.messages[0].tool_calls",
            "cannot be kept: tools are not called in a batch job",
        ),
    ],
)
def test_what_would_change_the_answer_is_refused(body: dict[str, object], field: str, message: str) -> None:
    """An error that names the field by its path, not another answer."""
    assert _faults(_chat(**body))[0] == (field, message)


def test_a_state_at_the_provider_is_refused() -> None:
    """Requests stand by themselves."""
    assert _faults(_responses(previous_response_id="r"))[0] == (
        "body.previous_response_id",
        "cannot be kept: nothing is kept by the provider between requests",
    )
    assert _faults(_responses(input=[{"type": "item_reference", "id": "1"}]))[0] == (
        "body.input[0].type",
        '`"item_reference"` is no turn of a chat',
    )


def test_a_picture_in_an_earlier_turn_is_refused() -> None:
    """It would be sent with another turn."""
    early = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": _PNG}}]}
    found = _chat(messages=[early, {"role": "assistant", "content": "A dot"}, {"role": "user", "content": "Which?"}])
    assert _faults(found) == [("body.messages[0].content", "holds a picture before the last turn of the user")]


@pytest.mark.parametrize("url", ["/v1/embeddings", 7])
def test_another_endpoint_is_refused(url: object) -> None:
    """Only chat models are planned for."""
    found = translate({"custom_id": "a", "method": "POST", "url": url, "body": {"input": "x"}})
    assert [fault.field for fault in found.faults] == ["url"]


def test_a_slip_is_met_with_the_nearest_name() -> None:
    """Of the fields that are read."""
    assert _chat(max_completion_token=5).faults[0].hint == "did you mean `max_completion_tokens`?"


def test_the_frame_of_a_line_is_checked() -> None:
    """Method, body and unknown names."""
    found = translate({"custom_id": "a", "method": "GET", "url": "/v1/responses", "body": [], "bdy": 1})
    assert _faults(found) == [
        ("body", "must be an object, not `[]`"),
        ("bdy", "is no field that is read"),
        ("method", 'must be `POST`, not `"GET"`'),
    ]
