"""What else a row may carry, from the job file to Gemini's own format and back: sound, documents, tools, sampling."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.cli import QUICK_EMULATOR, Cli
from support.media import mp3, pdf, wav
from support.pictures import png
from support.scripted import Counterpart
from support.wiretap import tapped_emulator

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.settings import EmulatorSettings

CITY: dict[str, object] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FILES = {"call.wav": wav(2), "memo.mp3": mp3(40), "report.pdf": pdf(2), "chart.png": png(64, 64)}


@pytest.fixture(scope="module")
def line() -> Iterator[Counterpart]:
    """One emulator for all, which keeps what it is sent."""
    with tapped_emulator(EmulatorSettings(latency_s=0, tokens_per_s=1_000_000)) as tapped:
        yield tapped


def body_of(cli: Cli, line: Counterpart, **fields: object) -> dict[str, Any]:
    """The one body that a row comes to."""
    line.sent.clear()
    for name, content in FILES.items():
        cli.write(name, content)
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    cli.jobs({"custom_id": "r", "prompt": "Sum it up.", "max_output_tokens": 400} | fields)
    done = cli("run", "jobs.jsonl", "--emulator-url", line.url, "--yes", "--max-cost", "1")
    assert done.code in (ExitCode.OK, ExitCode.SOME_FAILED), done.err
    body: dict[str, Any] = line.sent[0].json
    assert line.sent[0].path.startswith("/google/v1/models/gemini-")
    return body


def data(name: str) -> str:
    """A file in base64."""
    return base64.b64encode(FILES[name]).decode()


def test_sound_and_documents_go_by_the_multimodal_rule(cli: Cli, line: Counterpart) -> None:
    """Inline behind the words, under Google's names of their types; no rule of the user's own is needed."""
    carried = {"audio": ["call.wav", "memo.mp3"], "files": ["report.pdf"], "images": ["chart.png"]}
    assert body_of(cli, line, **carried)["contents"] == [
        {
            "role": "user",
            "parts": [
                {"text": "Sum it up."},
                {"inlineData": {"mimeType": "image/png", "data": data("chart.png")}},
                {"inlineData": {"mimeType": "application/pdf", "data": data("report.pdf")}},
                {"inlineData": {"mimeType": "audio/wav", "data": data("call.wav")}},
                {"inlineData": {"mimeType": "audio/mp3", "data": data("memo.mp3")}},
            ],
        }
    ]


def test_tools_are_declared_and_their_call_comes_back(cli: Cli, line: Counterpart) -> None:
    """The function that must be called is named, and what the model asks for stands in the results."""
    tools = [{"name": "weather", "description": "Today's weather.", "parameters": CITY}]
    body = body_of(cli, line, tools=tools, tool_choice="weather", model="gemini-3.8-flash")
    assert body["tools"] == [
        {
            "functionDeclarations": [
                {"name": "weather", "description": "Today's weather.", "parametersJsonSchema": CITY},
            ]
        }
    ]
    assert body["toolConfig"] == {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather"]}}
    row = json.loads((cli.folder / "jobs.results.jsonl").read_text("utf-8"))
    assert [call["name"] for call in row["tool_calls"]] == ["weather"]


def test_sampling_goes_to_a_model_that_takes_it(cli: Cli, line: Counterpart) -> None:
    """And an effort as a number of tokens to one that is told a number, with room left for the answer."""
    asked = {"temperature": 0.2, "top_p": 0.9, "seed": 3, "stop": ["\n\n"], "model": "gemini-2.5-flash@low"}
    config = body_of(cli, line, **asked)["generationConfig"]
    limit = config.pop("maxOutputTokens")
    assert config == {
        "temperature": 0.2,
        "topP": 0.9,
        "seed": 3,
        "stopSequences": ["\n\n"],
        "thinkingConfig": {"thinkingBudget": min(1024, limit * 3 // 4)},
    }
