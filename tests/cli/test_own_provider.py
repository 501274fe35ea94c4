"""A provider that speaks a format we know takes ten lines of settings and no code."""

import json
from typing import Any

import pytest
from support.calls import make_call
from support.catalog_room import settings_of
from support.cli import QUICK_EMULATOR, Cli

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.providers.formats import format_for

TEN_LINES = """\
providers:
  acme:
    base_url: https://llm.acme.example/v1
    api_key_env: ACME_API_KEY
    extra_body: {top_k: 20, routing: {zones: [eu-1, eu-2], keep: false, price: 0.25}}
models:
  acme/one: {provider: acme, model_id: one-8b, base_model: one-8b, context_tokens: 32000, max_output_tokens: 4000}
prices:
  acme/one: {input: "0.20", output: "0.80"}
rules: [{name: all, allow: [acme/one], escalate: [acme/one]}]
"""
PROMPT = "Write an e-mail of 50 words about tea."


def test_ten_lines_are_ten_lines() -> None:
    """The promise, counted."""
    assert len(TEN_LINES.splitlines()) == 10


def test_ten_lines_plan_and_run(cli: Cli) -> None:
    """One request, planned, sent through the new provider's own adapter, answered and billed at its price."""
    cli.write("modelroute.yaml", TEN_LINES + QUICK_EMULATOR)
    cli.jobs({"custom_id": "a", "prompt": PROMPT, "task_type": "email"})
    done = cli("run", "jobs.jsonl", "--min-quality", "0", "--emulator", "--yes")
    assert done.code == ExitCode.OK, done.err
    (row,) = (json.loads(line) for line in (cli.folder / "jobs.results.jsonl").read_text("utf-8").splitlines())
    assert (row["custom_id"], row["model"], row["status"]) == ("a", "acme/one", "accepted")
    assert row["cost_usd"] != "0"


def sent(settings: str, cli: Cli) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Address, headers and body of the job's request as these settings send it."""
    catalog = load_catalog(settings_of(settings, cli.folder))
    provider = catalog.providers["acme"]
    request = Request(custom_id="a", prompt=PROMPT, seed=7)
    call = make_call(request, provider, catalog.models["acme/one"], key="k")
    wire = format_for(provider).encode(call)
    return wire.url, dict(wire.headers), json.loads(wire.body)


def test_what_the_settings_say_is_what_is_sent(cli: Cli) -> None:
    """Numbers, lists, mappings and booleans arrive as JSON; the model, its turns and its limit are the plan's."""
    url, headers, body = sent(TEN_LINES, cli)
    assert (url, headers["authorization"]) == ("https://llm.acme.example/v1/chat/completions", "Bearer k")
    assert body == {
        "top_k": 20,
        "routing": {"zones": ["eu-1", "eu-2"], "keep": False, "price": 0.25},
        "model": "one-8b",
        "messages": [{"role": "user", "content": PROMPT}],
        "stream": False,
        "max_tokens": 700,
    }


@pytest.mark.parametrize(
    ("lines", "url", "header", "seed"),
    [
        ("    format: openai_responses\n", "https://llm.acme.example/v1/responses", "authorization", None),
        (
            "    auth: header\n    auth_header: Api-Key\n",
            "https://llm.acme.example/v1/chat/completions",
            "api-key",
            None,
        ),
        ("    seed_field: random_seed\n", "https://llm.acme.example/v1/chat/completions", "authorization", 7),
    ],
)
def test_one_more_line_changes_a_manner(cli: Cli, lines: str, url: str, header: str, seed: int | None) -> None:
    """The wire format, where the key travels, what the seed is called."""
    address, headers, body = sent(TEN_LINES.replace("models:\n", f"{lines}models:\n"), cli)
    assert body.get("random_seed") == seed
    assert address == url
    assert headers[header].endswith("k")
    assert [name for name in headers if headers[name] in ("k", "Bearer k")] == [header]
