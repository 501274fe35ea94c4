"""Asking a provider something that costs nothing: is it there, does it take the key, what time does it have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Transport, TransportError, WireRequest, WireResponse
from modelroute_cli.providers.encoding import key_header
from modelroute_cli.providers.error_shapes import read_error
from modelroute_cli.providers.rate_headers import answer_time
from modelroute_cli.providers.scrub import scrub

State = Literal["accepted", "reachable", "refused", "unreachable"]

_SUCCESS = range(200, 300)
_REFUSED = frozenset({401, 403})


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
    headers = {"accept": "application/json"}
    headers |= {name.lower(): value for name, value in provider.headers.items()}
    headers |= {name.lower(): value for name, value in secrets.items()}
    headers |= key_header(provider, key)
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
    """200: the key was taken; 401 and 403: it was not; all else says that something is there."""
    skew_s = _skew_s(response)
    if response.status in _SUCCESS:
        return Probed("accepted", response.status, "", skew_s)
    state: State = "refused" if response.status in _REFUSED else "reachable"
    return Probed(state, response.status, scrub(_said(response), secrets), skew_s)


def _said(response: WireResponse) -> str:
    """The error's own words, where it has some."""
    try:
        note = read_error(loose.parse(response.body))
    except ValueError:
        return ""
    return "" if note is None else note.message


def _skew_s(response: WireResponse) -> float | None:
    """The answer's clock less ours; its date has whole seconds."""
    theirs = answer_time(response.headers)
    if theirs is None or response.received_at is None:
        return None
    return round((theirs - response.received_at).total_seconds())
