"""The multimodal rule from end to end: the sample's pictures, from their files to Gemini's own format and its bill."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.catalog_room import default_catalog, default_settings
from support.cli import QUICK_EMULATOR, Cli, Finished
from support.scripted import Counterpart, Sent
from support.wiretap import tapped_emulator

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import from_usd
from modelroute_cli.base.schema import Usage
from modelroute_cli.catalog.prices import resolve
from modelroute_cli.catalog.rates import cost
from modelroute_cli.catalog.settings import EmulatorSettings

SAMPLE = Path(__file__).parents[2] / "sample_jobs" / "vision.jsonl"
ROWS: dict[str, dict[str, Any]] = {
    row["custom_id"]: row for row in map(json.loads, SAMPLE.read_text("utf-8").splitlines())
}
SEEING = [name for name, row in ROWS.items() if "images" in row]
GENERATE = "/google/v1/models/gemini-3.8-flash:generateContent"
TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@pytest.fixture(scope="module")
def line() -> Iterator[Counterpart]:
    """One emulator for all, which keeps what it is sent."""
    with tapped_emulator(EmulatorSettings(latency_s=0, tokens_per_s=1_000_000)) as tapped:
        yield tapped


@pytest.fixture
def ran(cli: Cli, line: Counterpart) -> Finished:
    """The sample, run with the settings that ship."""
    line.sent.clear()
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    done = cli("run", str(SAMPLE), "--emulator-url", line.url, "--yes", "--max-cost", "1", "-o", "answers.jsonl")
    assert done.code in (ExitCode.OK, ExitCode.SOME_FAILED), done.err
    return done


def to_gemini(line: Counterpart) -> dict[str, Sent]:
    """What was sent in Gemini's format, by prompt."""
    return {sent.json["contents"][0]["parts"][0]["text"]: sent for sent in line.sent if sent.path == GENERATE}


def answers(cli: Cli) -> dict[str, dict[str, Any]]:
    """The results by request."""
    lines = (cli.folder / "answers.jsonl").read_text("utf-8").splitlines()
    return {row["custom_id"]: row for row in map(json.loads, lines)}


@pytest.mark.usefixtures("ran")
def test_every_picture_reaches_gemini_as_it_lies_in_its_file(line: Counterpart) -> None:
    """By the rule for images; inline in base64 with its own type, and byte for byte, in the request's order."""
    heard = to_gemini(line)
    for name in SEEING:
        parts = heard[ROWS[name]["prompt"]].json["contents"][0]["parts"]
        files = [SAMPLE.parent / image for image in ROWS[name]["images"]]
        assert parts[0] == {"text": ROWS[name]["prompt"]}
        assert [part["inlineData"]["mimeType"] for part in parts[1:]] == [TYPES[file.suffix[1:]] for file in files]
        assert [base64.b64decode(part["inlineData"]["data"]) for part in parts[1:]] == [
            file.read_bytes() for file in files
        ]
        assert "x-goog-api-key" not in heard[ROWS[name]["prompt"]].headers


@pytest.mark.usefixtures("ran")
def test_the_whole_body_is_what_google_documents(line: Counterpart) -> None:
    """One turn, the limit with room for thoughts, the least thinking; the schema where the request has one."""
    heard = to_gemini(line)
    chart, receipt = heard[ROWS["chart"]["prompt"]].json, heard[ROWS["receipt"]["prompt"]].json
    data = base64.b64encode((SAMPLE.parent / "images" / "sales.png").read_bytes()).decode()
    limit = chart["generationConfig"]["maxOutputTokens"]
    assert chart == {
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": ROWS["chart"]["prompt"]},
                    {"inlineData": {"mimeType": "image/png", "data": data}},
                ],
            }
        ],
        "generationConfig": {"maxOutputTokens": limit, "thinkingConfig": {"thinkingLevel": "LOW"}},
    }
    assert limit > ROWS["chart"]["max_output_tokens"]
    config = receipt["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"] == ROWS["receipt"]["response_schema"]


@pytest.mark.usefixtures("ran")
def test_what_it_cost_is_what_was_billed_and_lies_within_the_plan(cli: Cli, line: Counterpart) -> None:
    """Tokens as Gemini counts them, thoughts as output, at the rate card's prices; all of it emulated."""
    card = resolve(default_catalog().models["gemini-3.8-flash"], default_settings(), datetime.now(UTC))
    rows = answers(cli)
    assert list(rows) == list(ROWS)
    once = [rows[name] for name in SEEING if rows[name]["attempts"] == 1]
    assert once
    for row in once:
        usage = Usage(
            input_tokens=row["input_tokens"],
            output_tokens=row["output_tokens"],
            cache_read_tokens=row["cache_read_tokens"],
            reasoning_tokens=row["reasoning_tokens"],
        )
        assert (row["model"], row["model_served"], row["emulated"]) == ("gemini-3.8-flash", "gemini-3.8-flash", True)
        assert usage.reasoning_tokens > 0
        assert from_usd(Decimal(row["cost_usd"])) == cost(card, usage, datetime.now(UTC))
        assert row["held_usd"] == "0"
    assert len(line.sent) == sum(row["attempts"] for row in rows.values())
