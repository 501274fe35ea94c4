from pathlib import Path

import msgspec
import pytest
from support.job_files import read_bytes, requests_in

from modelroute_cli.base.schema import Message, Request, Tool
from modelroute_cli.jobs.batch_body import Translation
from modelroute_cli.jobs.batch_gemini import standard_schema, translate


def _line(**request: object) -> Translation:
    full = {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}], **request}
    return translate({"key": "a", "request": full})


def _request(found: Translation) -> Request:
    assert found.faults == []
    return msgspec.convert(found.row, Request)


def test_contents_become_a_request() -> None:
    """The model's turns are the assistant's; both spellings are read."""
    contents = [
        {"role": "user", "parts": [{"text": "Hi"}]},
        {"role": "model", "parts": [{"text": "Hello"}]},
        {"parts": [{"text": "Look"}, {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}]},
    ]
    found = _line(
        contents=contents,
        model="models/gemini-3.8-flash",
        systemInstruction={"role": "system", "parts": [{"text": "Be kind"}]},
        generation_config={"max_output_tokens": 9, "temperature": 0, "topK": 3, "candidateCount": 1},
        labels={"team": "north"},
    )
    assert _request(found) == Request(
        custom_id="a",
        system="Be kind",
        messages=(Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "Look")),
        images=("data:image/png;base64,iVBORw0KGgo=",),
        model="gemini-3.8-flash",
        max_output_tokens=9,
        metadata={"team": "north"},
        temperature=0.0,
    )
    assert found.dropped == ["topK"]


def test_sampling_stop_words_and_tools_are_kept() -> None:
    """Both spellings; schemas of Google's dialect become JSON Schema."""
    declared = {"name": "weather", "parameters": {"type": "OBJECT"}}
    found = _line(
        generationConfig={"topP": 0.5, "seed": 3, "stopSequences": ["END"]},
        tools=[{"functionDeclarations": [declared]}],
        toolConfig={"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather"]}},
    )
    assert _request(found) == Request(
        custom_id="a",
        prompt="Hi",
        top_p=0.5,
        seed=3,
        stop=("END",),
        tools=(Tool(name="weather", parameters={"type": "object"}),),
        tool_choice="weather",
    )


@pytest.mark.parametrize(("mode", "kept"), [("AUTO", "auto"), ("ANY", "required"), ("NONE", "none")])
def test_modes_of_calling_have_our_words(mode: str, kept: str) -> None:
    """As OpenAI calls them."""
    tools = [{"function_declarations": [{"name": "f"}]}]
    found = _line(tools=tools, tool_config={"function_calling_config": {"mode": mode}})
    assert _request(found).tool_choice == kept


def test_sound_and_pdfs_are_carried_by_their_type() -> None:
    """Inline and by address."""
    parts = [
        {"text": "Sum up"},
        {"inlineData": {"mimeType": "audio/wav", "data": "AAAA"}},
        {"fileData": {"mimeType": "application/pdf", "fileUri": "https://example.com/a.pdf"}},
    ]
    found = _request(_line(contents=[{"parts": parts}]))
    assert (found.audio, found.files) == (("data:audio/wav;base64,AAAA",), ("https://example.com/a.pdf",))


def test_a_schema_of_openapi_becomes_json_schema() -> None:
    """Types in small letters, nullable as a type, names of properties and enums as they are."""
    google = {
        "type": "OBJECT",
        "properties": {
            "format": {"type": "STRING", "nullable": True, "format": "enum", "enum": ["A", "B"]},
            "list": {"type": "ARRAY", "items": {"type": "INTEGER"}, "maxItems": "3"},
        },
        "propertyOrdering": ["list", "format"],
        "required": ["list"],
        "anyOf": [{"type": "OBJECT"}],
    }
    assert standard_schema(google) == {
        "type": "object",
        "properties": {
            "format": {"type": ["string", "null"], "enum": ["A", "B"]},
            "list": {"type": "array", "items": {"type": "integer"}, "maxItems": 3},
        },
        "required": ["list"],
        "anyOf": [{"type": "object"}],
    }


def test_json_without_a_schema_asks_for_an_object() -> None:
    """JSON mode is the schema of any object; a JSON Schema is taken as it is."""
    mime = "application/json"
    assert _request(_line(generationConfig={"responseMimeType": mime})).response_schema == {"type": "object"}
    schema = {"type": ["object", "null"]}
    config = {"responseMimeType": mime, "responseJsonSchema": schema}
    assert _request(_line(generationConfig=config)).response_schema == schema


def test_a_line_without_a_key_is_called_after_its_number(tmp_path: Path) -> None:
    """Vertex writes none."""
    line = b'{"request":{"contents":[{"parts":[{"text":"%s"}]}]}}\n'
    job = read_bytes(tmp_path, "a.jsonl", line % b"x" + b"\n" + line % b"y")
    assert [(item.custom_id, item.prompt) for item in requests_in(job)] == [("row-000001", "x"), ("row-000003", "y")]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"tools": [{"google_search": {}}]}, "request.tools[0].google_search"),
        (
            {"contents": [{"parts": [{"functionResponse": {"name": "f"}}]}]},
            "request.contents[0].parts[0].functionResponse",
        ),
        (
            {"contents": [{"parts": [{"inlineData": {"mimeType": "video/mp4", "data": "AA=="}}]}]},
            "request.contents[0].parts[0].inline_data.mime_type",
        ),
        ({"cachedContent": "c"}, "request.cachedContent"),
        ({"generationConfig": {"candidateCount": 2}}, "request.generation_config.candidate_count"),
        ({"generationConfig": {"responseModalities": ["AUDIO"]}}, "request.generation_config.response_modalities"),
        ({"generationConfig": {"responseMimeType": "text/x.enum"}}, "request.generation_config.response_mime_type"),
        ({"generationConfig": {"maxOutputToken": 2}}, "request.generation_config.maxOutputToken"),
        ({"contents": [{"parts": [{"functionCall": {"name": "f"}}]}]}, "request.contents[0].parts[0].functionCall"),
    ],
)
def test_what_would_change_the_answer_is_refused(request_: dict[str, object], field: str) -> None:
    """An error that names the field by its path."""
    assert _line(**request_).faults[0].field == field
