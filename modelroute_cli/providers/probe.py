"""Asking a provider something that costs nothing: is it there, does it take the key, what time does it have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import FailureKind, Transport, TransportError, WireRequest, WireResponse
from modelroute_cli.providers.encoding import key_header, static_headers
from modelroute_cli.providers.error_shapes import ErrorNote, read_error
from modelroute_cli.providers.failures import classify
from modelroute_cli.providers.rate_headers import answer_time
from modelroute_cli.providers.scrub import scrub

State = Literal["accepted", "reachable", "refused", "unreachable"]

_SUCCESS = range(200, 300)
_BY_PROVIDER = frozenset({400, 401, 402, 403, 429})  # Gemini refuses a key with 400; 407 is a proxy's


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of asking; `skew_s` is how far the provider's clock is ahead of ours, in seconds."""

    state: State
    status: int | None
    detail: str
    skew_s: float | None = None


def probe_request(provider: Provider, key: str | None, secrets: Mapping[str, str]) -> WireRequest | None:
    """A GET of the provider's `check_path`, the key where it belongs; None where there is none to ask."""
    if provider.check_path is None:
        return None
    headers = {"accept": "application/json", **static_headers(provider, secrets), **key_header(provider, key)}
    if provider.api_version and provider.format.startswith("anthropic"):
        headers["anthropic-version"] = provider.api_version
    url = provider.base_url.rstrip("/") + provider.check_path
    return WireRequest(url=url, headers=headers, body=b"", method="GET")


async def probe(transport: Transport, request: WireRequest, secrets: tuple[str, ...], timeout_s: float) -> Probed:
    """Ask, and say what came of it; `secrets` are hidden in what the provider says."""
    try:
        response = await transport.send(request, timeout_s)
    except TransportError as error:
        return Probed("unreachable", None, error.message)
    return _read(response, secrets)


def _read(response: WireResponse, secrets: tuple[str, ...]) -> Probed:
    """A success: the key was taken; an error about the account: it was not; all else says that something is there."""
    skew_s = _skew_s(response)
    if response.status in _SUCCESS:
        return Probed("accepted", response.status, "", skew_s)
    note = _note(response)
    about_account = classify(response.status, note, None) is FailureKind.ACCOUNT
    state: State = "refused" if about_account and response.status in _BY_PROVIDER else "reachable"
    return Probed(state, response.status, scrub(note.message, secrets), skew_s)


def _note(response: WireResponse) -> ErrorNote:
    """What the error says, where it says something."""
    try:
        return read_error(loose.parse(response.body)) or ErrorNote()
    except ValueError:
        return ErrorNote()


def _skew_s(response: WireResponse) -> float | None:
    """The answer's clock less ours; its date has whole seconds."""
    theirs = answer_time(response.headers)
    if theirs is None or response.received_at is None:
        return None
    return round((theirs - response.received_at).total_seconds())
