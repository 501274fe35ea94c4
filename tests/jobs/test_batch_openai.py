import msgspec
import pytest

from modelroute_cli.base.schema import Message, Request, Tool
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
    found = _chat(logit_bias={}, reasoning_effort="low", user="u", service_tier="flex", stop=None)
    assert _request(found) == Request(custom_id="a", prompt="Hi")
    assert sorted(found.dropped) == ["logit_bias", "reasoning_effort", "service_tier", "user"]


_WEATHER = {"name": "weather", "description": "Tells it.", "parameters": {"type": "object"}}


def test_sampling_and_stop_words_are_kept() -> None:
    """A single stop word is a list of one; an empty list is none."""
    found = _chat(temperature=0, top_p=0.5, seed=7, stop="END")
    assert _request(found) == Request(custom_id="a", prompt="Hi", temperature=0.0, top_p=0.5, seed=7, stop=("END",))
    assert _request(_chat(stop=[])).stop == ()
    assert found.dropped == []


def test_a_number_that_no_provider_is_sent_is_left_out() -> None:
    """As before it was read: the line is no reason to refuse a file."""
    found = _chat(seed=-1, top_p=0)
    assert _request(found) == Request(custom_id="a", prompt="Hi")
    assert found.dropped == ["top_p", "seed"]


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        (None, None),
        ("auto", "auto"),
        ("required", "required"),
        ({"type": "function", "function": {"name": "weather"}}, "weather"),
        ({"type": "function", "name": "weather"}, "weather"),
    ],
)
def test_tools_are_passed_through(choice: object, kept: str | None) -> None:
    """In the words of either API; `strict` is decided when they are sent."""
    tool = Tool(name="weather", description="Tells it.", parameters={"type": "object"})
    nested = {"type": "function", "function": {**_WEATHER, "strict": True}}
    assert _request(_chat(tools=[nested], tool_choice=choice)) == Request(
        custom_id="a", prompt="Hi", tools=(tool,), tool_choice=kept
    )
    flat = _responses(tools=[{"type": "function", **_WEATHER}], tool_choice=choice)
    assert _request(flat) == Request(custom_id="a", prompt="Hi", tools=(tool,), tool_choice=kept)


def test_a_choice_without_tools_chooses_nothing() -> None:
    """Exports write `auto` where there is nothing to choose from."""
    assert _request(_chat(tools=[], tool_choice="auto")) == Request(custom_id="a", prompt="Hi")


def test_sound_and_files_are_carried() -> None:
    """Sound by its format, a PDF as a data URL, as bare Base64 or by its address."""
    parts = [
        {"type": "text", "text": "Sum up"},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}},
        {"type": "file", "file": {"file_data": "JVBERi0="}},
    ]
    assert _request(_chat(messages=[{"role": "user", "content": parts}])) == Request(
        custom_id="a",
        prompt="Sum up",
        audio=("data:audio/mpeg;base64,AAAA",),
        files=("data:application/pdf;base64,JVBERi0=",) * 2,
    )
    linked = [{"type": "input_text", "text": "x"}, {"type": "input_file", "file_url": "https://example.com/a.pdf"}]
    found = _responses(input=[{"role": "user", "content": linked}])
    assert _request(found) == Request(custom_id="a", prompt="x", files=("https://example.com/a.pdf",))


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"tools": [{"type": "web_search"}]}, "body.tools[0].type", '`"web_search"` is no tool that is passed through'),
        ({"functions": [{"name": "f"}]}, "body.functions", "cannot be kept: tools are named in `tools`"),
        (
            {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": {"type": "allowed_tools"}},
            "body.tool_choice",
            'cannot be `{"type":"allowed_tools"}`: a request has auto, none, required or one tool',
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f-1"}}]}]},
            "body.messages[0].content[0].file.file_id",
            '`"f-1"` cannot be kept: a file that is kept by the provider is not known here',
        ),
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
            "body.messages[0].content[0].input_audio",
            "is missing",
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
            "cannot be kept: earlier calls of tools and their results are not sent",
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
