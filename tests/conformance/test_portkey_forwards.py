"""What Portkey's own gateway forwards, drops and makes of errors: the tables that docs/providers.md prints."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from matrix.portkey_table import DRESSES, FIELDS, HEADERS_DROPPED
from msgspec.structs import replace
from support.calls import PORTKEY, answered, failed, make_card
from support.conformance_calls import SCHEMA
from support.gateway import VERSION, installed, running_gateway
from support.scripted import Counterpart, Script, Scripted, counterpart, of_json
from support.upstream_answers import CHAT, MESSAGE

from modelroute_cli.base.schema import Request, Usage
from modelroute_cli.providers.base import Call, FailureKind, Reply
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport

RUN = Path(__file__).parents[2] / ".ci" / "run"
ALL = Request(
    custom_id="r",
    system="Be brief.",
    prompt="What is it?",
    images=("data:image/png;base64,iVBORw0KGgo=",),
    response_schema=SCHEMA,
    temperature=0.5,
    top_p=0.9,
    seed=3,
    stop=("END",),
)
NOT_OURS_YET: dict[str, object] = {
    "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
    "tool_choice": "auto",
    "thinking": {"type": "disabled"},
    "service_tier": "flex",
    "prompt_cache_key": "beginning",
    "prompt_cache_options": {"ttl": "30m"},
    "background_options": {"completion_window": "8h"},
    "metadata": {"row": "1"},
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gateway, for all tests of this file."""
    with running_gateway(tmp_path_factory.mktemp("gateway") / "log.txt") as url:
        yield url


def through(gateway: str, dress: str, host: str, headers: Mapping[str, str] | None = None) -> Call:
    """A call of everything at once to the provider at `host`, which the gateway is told to call."""
    provider = replace(
        PORTKEY,
        base_url=f"{gateway}/v1",
        key_headers={},
        headers={"x-portkey-custom-host": host, "idempotency-key": "once", **(headers or {})},
        max_tokens_field="max_completion_tokens",
        effort_field="reasoning_effort",
        seed_field="seed",
        extra_body=NOT_OURS_YET,
    )
    card = make_card("a-model", effort="low", upstream=dress)
    return Call(request=ALL, card=card, provider=provider, max_tokens=700, key="KEY", secrets={}, client_id="run-1-1")


def ask(call: Call) -> Reply:
    """The call over HTTP, through the gateway and back."""

    async def once() -> Reply:
        transport, wire = make_transport(1), format_for(call.provider)
        try:
            return wire.decode(await transport.send(wire.encode(call), 20), call)
        finally:
            await transport.close()

    return asyncio.run(once())


def asked(
    gateway: str, dress: str, script: Script, headers: Mapping[str, str] | None = None
) -> tuple[Reply, Counterpart]:
    """Our reply, and the provider behind the gateway with what it was sent."""
    with counterpart(script) as behind:
        host = behind.url if dress == "deepseek" else f"{behind.url}/v1"
        return ask(through(gateway, dress, host, headers)), behind


def native(dress: str) -> Script:
    """A good answer in the provider's own words."""
    return lambda _: of_json(MESSAGE if dress == "anthropic" else CHAT, x_request_id="req_1")


def test_the_version_is_the_one_that_ci_installs() -> None:
    """What is written down is of that version."""
    package = json.loads((installed().parents[1] / "package.json").read_text("utf-8"))
    assert package["version"] == VERSION
    assert f"@portkey-ai/gateway@{VERSION}" in RUN.read_text("utf-8")


@pytest.mark.parametrize("dress", DRESSES)
def test_what_arrives_is_what_the_table_says(gateway: str, dress: str) -> None:
    """Every field of a full request under the name given there, and nothing else."""
    _, behind = asked(gateway, dress, native(dress))
    arrived = set(behind.sent[0].json) - {"system"}  # Anthropic's place for the system's turn
    assert arrived == {name for field in FIELDS if (name := field.at(dress))}


@pytest.mark.parametrize("dress", DRESSES)
def test_what_names_the_attempt_does_not_arrive(gateway: str, dress: str) -> None:
    """No provider behind it can tell that two attempts are one."""
    _, behind = asked(gateway, dress, native(dress))
    assert set(behind.sent[0].headers) & set(HEADERS_DROPPED) == set()


def test_as_openai_an_answer_comes_back_whole(gateway: str) -> None:
    """Usage, tier, thoughts, request id."""
    reply, _ = asked(gateway, "openai", native("openai"))
    found = answered(reply)
    assert (found.text, found.reasoning, found.service_tier, found.request_id) == ("Tea.", "Hm.", "standard", "req_1")
    assert found.usage == Usage(
        input_tokens=1000, output_tokens=50, cache_read_tokens=600, cache_write_tokens=100, reasoning_tokens=20
    )


def test_as_anthropic_the_cache_is_counted_beside_the_prompt(gateway: str) -> None:
    """300 fresh, 600 read and 100 written tokens are 1,000; thoughts and tier are gone."""
    reply, _ = asked(gateway, "anthropic", native("anthropic"))
    found = answered(reply)
    assert (found.text, found.reasoning, found.service_tier, found.request_id) == ("Tea.", None, None, "req_1")
    assert found.usage == Usage(
        input_tokens=1000, output_tokens=50, cache_read_tokens=600, cache_write_tokens=100, reasoning_tokens=0
    )


def test_as_deepseek_the_cache_is_not_told(gateway: str) -> None:
    """All input counts as fresh, the dearer reading."""
    reply, _ = asked(gateway, "deepseek", native("deepseek"))
    found = answered(reply)
    assert (found.text, found.reasoning, found.service_tier, found.request_id) == ("Tea.", None, None, "req_1")
    assert found.usage == Usage(input_tokens=1000, output_tokens=50)


LIMITED = of_json({"error": {"message": "Slow down.", "code": "rate_limit_exceeded"}}, 429, retry_after="3")
BROKEN = of_json({"error": {"message": "Broken.", "type": "server_error"}}, 500)
OVERLOADED = of_json({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, 529)
TOO_LONG = of_json({"error": {"message": "Too long.", "code": "context_length_exceeded"}}, 400)
NO_MONEY = of_json({"error": {"message": "Insufficient Balance", "type": "unknown_error", "param": None}}, 402)
PAGE = Scripted(status=502, headers={"content-type": "text/html"}, body=b"<html>Bad Gateway</html>")

Expected = tuple[FailureKind, int, str, float | None]
"""Kind, status, message, seconds to wait."""

ERRORS: list[tuple[str, Scripted, Expected]] = [
    ("openai", LIMITED, (FailureKind.RATE_LIMITED, 429, "openai error: Slow down.", 3.0)),
    ("openai", BROKEN, (FailureKind.TRANSIENT, 500, "openai error: Broken.", None)),
    ("openai", TOO_LONG, (FailureKind.REQUEST, 400, "openai error: Too long.", None)),
    ("anthropic", OVERLOADED, (FailureKind.TRANSIENT, 529, "anthropic error: Overloaded", None)),
    ("openai", PAGE, (FailureKind.TRANSIENT, 502, "<html>Bad Gateway</html>", None)),
]


@pytest.mark.parametrize(("dress", "reply", "expected"), ERRORS)
def test_an_error_of_the_provider_keeps_its_class(
    gateway: str, dress: str, reply: Scripted, expected: Expected
) -> None:
    """Status, code and wait pass through; the message gets the provider's name."""
    found = failed(asked(gateway, dress, lambda _: reply)[0])
    assert (found.kind, found.status, found.message, found.retry_after_s) == expected


@pytest.mark.parametrize(
    ("reply", "kind", "status"),
    [
        (LIMITED, FailureKind.RATE_LIMITED, 429),
        (BROKEN, FailureKind.TRANSIENT, 500),
        (NO_MONEY, FailureKind.ACCOUNT, 402),
    ],
)
def test_deepseek_s_errors_are_wrapped_and_keep_their_status(
    gateway: str, reply: Scripted, kind: FailureKind, status: int
) -> None:
    """The gateway cannot read them, and says so with the whole body."""
    found = failed(asked(gateway, "deepseek", lambda _: reply)[0])
    assert (found.kind, found.status) == (kind, status)
    assert found.message.startswith('Invalid response received from deepseek: {"error"')


def test_a_gateway_that_gives_up_leaves_the_outcome_unknown(gateway: str) -> None:
    """408 `timeout_error`: the provider may answer, and bill, all the same."""
    waits = {"x-portkey-request-timeout": "200"}
    found = failed(asked(gateway, "openai", lambda _: Scripted(holds=True), waits)[0])
    told = "Request exceeded the timeout sent in the request: 200ms"
    assert (found.kind, found.status, found.message) == (FailureKind.UNKNOWN, 408, told)


def test_a_provider_that_is_not_there_is_tried_again(gateway: str) -> None:
    """500 with `html-message` and no `error`."""
    found = failed(ask(through(gateway, "openai", "http://127.0.0.1:1/v1")))
    assert (found.kind, found.status) == (FailureKind.TRANSIENT, 500)
    assert found.message.startswith("Message: fetch failed")


def test_the_gateway_reaches_loopback_only_while_we_test(gateway: str) -> None:
    """The guard of the test suite holds in the other program too."""
    found = failed(ask(through(gateway, "openai", "http://192.0.2.1/v1")))
    assert "a test tried to reach 192.0.2.1: tests speak to loopback only" in found.message


def test_a_provider_it_does_not_know_stops_the_account(gateway: str) -> None:
    """`status: failure`: no other request would fare better."""
    found = failed(asked(gateway, "nonsense", lambda _: of_json(CHAT))[0])
    assert (found.kind, found.status, found.message) == (FailureKind.ACCOUNT, 400, "Invalid provider passed")


def test_a_key_that_is_forwarded_goes_to_every_target(gateway: str) -> None:
    """So a fallback may name one account only: another provider would be shown the key."""
    forwarded = {"forward_headers": ["authorization"], "retry": {"attempts": 0}}
    targets = [{"provider": name, **forwarded} for name in ("openai", "anthropic")]
    config = json.dumps({"strategy": {"mode": "fallback", "on_status_codes": [500]}, "targets": targets})
    first_fails: Script = lambda sent: of_json(MESSAGE) if sent.path.endswith("/messages") else BROKEN  # noqa: E731
    reply, behind = asked(gateway, "openai", first_fails, {"x-portkey-config": config})
    assert answered(reply).text == "Tea."
    assert [sent.headers["authorization"] for sent in behind.sent] == ["Bearer KEY"] * 2
