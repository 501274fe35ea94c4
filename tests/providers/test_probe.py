"""Tests of modelroute_cli.providers.probe: what a free question to a provider says."""

import asyncio
from datetime import UTC, datetime

import pytest

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.base import TransportError, WireRequest, WireResponse
from modelroute_cli.providers.probe import Probed, probe, probe_request

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DATE = "Mon, 23 Nov 2026 12:05:00 GMT"
KEY = "sk-planted-probe-key"
PROVIDER = Provider(name="openai", base_url="https://api.openai.com/v1/", api_key_env="OPENAI_API_KEY")


class _Canned:
    """Answers with what it was given."""

    def __init__(self, found: WireResponse | TransportError) -> None:
        self._found = found

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """The answer, or the error."""
        del request, timeout_s
        if isinstance(self._found, TransportError):
            raise self._found
        return self._found

    async def close(self) -> None:
        """Nothing to close."""


def _probed(status: int, body: bytes = b"{}", **headers: str) -> Probed:
    response = WireResponse(status=status, headers=headers, body=body, received_at=NOON)
    request = probe_request(PROVIDER, KEY, {})
    assert request is not None
    return asyncio.run(probe(_Canned(response), request, (KEY,), 1.0))


def test_the_question_is_a_get_with_the_key_where_it_belongs() -> None:
    """Nothing is generated, so nothing costs."""
    asked = probe_request(PROVIDER, KEY, {"X-Gateway": "g"})
    assert asked is not None
    assert (asked.method, asked.url, asked.body) == ("GET", "https://api.openai.com/v1/models", b"")
    assert asked.headers == {"accept": "application/json", "x-gateway": "g", "authorization": f"Bearer {KEY}"}
    assert KEY not in repr(asked)


def test_a_key_in_a_header_of_its_own_goes_there() -> None:
    """Azure, Gemini."""
    provider = Provider(name="azure", base_url="http://a", auth="header", auth_header="Api-Key", check_path="/ping")
    asked = probe_request(provider, KEY, {})
    assert asked is not None
    assert (asked.url, asked.headers["api-key"]) == ("http://a/ping", KEY)


def test_a_provider_with_nothing_free_is_not_asked() -> None:
    """No question is better than one that is billed."""
    assert probe_request(Provider(name="p", base_url="http://p", check_path=None), KEY, {}) is None


def test_a_success_says_that_the_key_was_taken() -> None:
    """And how far apart the clocks are."""
    assert _probed(200, date=DATE) == Probed("accepted", 200, "", 300.0)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_with_the_provider_s_words_and_without_the_key(status: int) -> None:
    """Providers quote keys back."""
    body = f'{{"error": {{"message": "Incorrect key: {KEY}"}}}}'.encode()
    assert _probed(status, body) == Probed("refused", status, "Incorrect key: [hidden]", None)


def test_a_key_that_gemini_refuses_is_refused() -> None:
    """It answers 400, not 401."""
    body = b'{"error": {"code": 400, "message": "API key not valid.", "details": [{"reason": "API_KEY_INVALID"}]}}'
    assert _probed(400, body) == Probed("refused", 400, "API key not valid.", None)


@pytest.mark.parametrize("status", [302, 407])
def test_a_redirect_and_a_proxy_say_nothing_of_the_key(status: int) -> None:
    """Nobody at the provider looked at it."""
    assert _probed(status).state == "reachable"


@pytest.mark.parametrize(("status", "body"), [(404, b"<html>"), (429, b"{}"), (500, b"")])
def test_any_other_answer_says_that_somebody_is_there(status: int, body: bytes) -> None:
    """A small server may not list its models."""
    assert _probed(status, body) == Probed("reachable", status, "", None)


def test_no_answer_is_told_as_what_broke() -> None:
    """Name, port, proxy, certificate."""
    request = probe_request(PROVIDER, KEY, {})
    assert request is not None
    error = TransportError("no connection to `api.openai.com`: its name was not found", sent=False)
    found = asyncio.run(probe(_Canned(error), request, (), 1.0))
    assert found == Probed("unreachable", None, "no connection to `api.openai.com`: its name was not found")
