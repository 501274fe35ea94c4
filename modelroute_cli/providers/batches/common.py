"""What every batch API does alike: exchanges with the account's headers, and what their failures mean."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import msgspec

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import (
    Failure,
    FailureKind,
    RateSignal,
    TransportError,
    WireRequest,
    WireResponse,
)
from modelroute_cli.providers.batch import Account, BatchError
from modelroute_cli.providers.decoding import failure_of, is_emulated, read_note, request_id
from modelroute_cli.providers.encoding import key_header, static_headers
from modelroute_cli.providers.error_shapes import read_error
from modelroute_cli.providers.file_body import FileBody
from modelroute_cli.providers.rate_headers import rate_signal
from modelroute_cli.providers.scrub import scrub

Json = Mapping[str, object]
"""A decoded JSON object as it came."""

_SUCCESS = range(200, 300)
_CLIENT_ERRORS = range(300, 500)
_MAYBE_TAKEN = frozenset({408, 409, 499})  # given up on the way, or because it is there already
_GONE = frozenset({404, 410})
_REFUSED = frozenset({400, 409, 422})
_SLOWEST_BYTES_PER_S = 250_000  # of a line that is still worth waiting for
_DOWNLOAD_S = 3_600.0  # nothing says how large a result is before it comes; a stalled one ends earlier
_MOST_NAME_CHARS = 512
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests a batch has, in OpenAI's manner; None is not said, and a total of 0 is not counted yet."""

    total: int | None
    done: int | None
    failed: int | None

    @classmethod
    def read(cls, counts: object) -> "Counts":
        """From `{total, completed, failed}`, where the completed are those that were answered."""
        total, completed, failed = (loose.count(loose.child(counts, key)) for key in ("total", "completed", "failed"))
        if completed is None and failed is None:
            return cls(total or None, None, None)
        done = (completed or 0) + (failed or 0)
        return cls(total or None, min(done, total) if total else done, failed)


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider says of something, and what carried it."""

    data: Json
    response: WireResponse

    @property
    def emulated(self) -> bool:
        """Whether our loopback emulator said it."""
        return is_emulated(self.response.headers)


def asks(account: Account, path: str, body: Json | None = None) -> WireRequest:
    """A GET under the account's base URL, a POST where there is a body (an empty one too); `path` is quoted."""
    if body is None:
        return WireRequest(url=_url(account, path), headers=_headers(account), body=b"", method="GET")
    headers = {**_headers(account), "content-type": "application/json"}
    return WireRequest(url=_url(account, path), headers=headers, body=_ENCODER.encode(body))


def sends(account: Account, path: str, body: FileBody, content_type: str) -> WireRequest:
    """A POST whose body comes from a file."""
    headers = {**_headers(account), "content-type": content_type}
    return WireRequest(url=_url(account, path), headers=headers, body=b"", file=body)


def segment(name: str) -> str:
    """A provider's name of something, as part of a path."""
    return quote(name, safe="")


async def exchanged(account: Account, request: WireRequest) -> WireResponse:
    """The answer to a success; BatchError for anything else. A large transfer gets more time than the account's."""
    try:
        response = await account.transport.send(request, account.timeout_s + _extra_s(request))
    except TransportError as error:
        raise BatchError(_broken(error), taken=error.sent) from error
    if response.status not in _SUCCESS:
        failure = failure_of(response, read_note(response), _secrets(account), account.provider.requests_header)
        raise BatchError(failure, taken=_may_be_taken(response.status))
    return response


async def told(account: Account, request: WireRequest, mark: str = "id") -> Told:
    """The JSON object of a success; BatchError where it has no `mark`: it is an error all the same, or no answer."""
    response = await exchanged(account, request)
    return Told(read_object(account, response, response.body, mark), response)


async def told_unless_gone(account: Account, request: WireRequest) -> Told | None:
    """As above; None where the provider knows no such thing (any more)."""
    try:
        return await told(account, request)
    except BatchError as error:
        if is_gone(error):
            return None
        raise


def read_object(account: Account, response: WireResponse, body: bytes, mark: str = "id") -> Json:
    """A body as a JSON object that has `mark`, as `told` gives it."""
    try:
        data = loose.parse(body)
    except ValueError:
        malformed(account, response, f"it is no JSON ({len(body):,} bytes)")
    if isinstance(data, dict) and data.get(mark) is not None:
        return data
    note = read_error(data)
    if note is None:
        malformed(account, response, f"it has no `{mark}`")
    failure = failure_of(response, note, _secrets(account), account.provider.requests_header)
    raise BatchError(failure, taken=True)


def malformed(account: Account, response: WireResponse, why: str) -> NoReturn:
    """BatchError for a success that says nothing that can be used; nobody knows what was done."""
    failure = Failure(
        kind=FailureKind.MALFORMED,
        status=response.status,
        message=shown(account, f"the answer cannot be read: {why}"),
        retry_after_s=None,
        rate=rate_signal(response.headers, account.provider.requests_header, response.received_at),
        emulated=is_emulated(response.headers),
        request_id=request_id(response.headers),
    )
    raise BatchError(failure, taken=True)


def is_gone(error: BatchError) -> bool:
    """Whether the provider says that there is no such thing (any more)."""
    return error.failure.status in _GONE


def is_refused(error: BatchError) -> bool:
    """Whether the provider does not do that as things stand, such as stop what has ended."""
    return error.failure.status in _REFUSED


def name_in(data: object, *keys: str) -> str | None:
    """The provider's name of something; None where it is missing, empty, too long or not to be printed."""
    name = loose.text(loose.child(data, *keys))
    return name if name and len(name) <= _MOST_NAME_CHARS and name.isprintable() else None


def moment(seconds: object) -> datetime | None:
    """A time in Unix seconds, UTC; None where it is none."""
    number = loose.amount(seconds)
    try:
        return None if not number else datetime.fromtimestamp(float(number), UTC)
    except (OverflowError, OSError, ValueError):
        return None


def shown(account: Account, message: object) -> str:
    """What a provider says, for people: without keys, on one line, at most 300 characters."""
    return scrub(loose.text(message) or "", _secrets(account))


def place(account: Account, name: str) -> Path:
    """Where the download of a name goes: a provider's words are no paths."""
    return account.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.download"


async def downloaded(account: Account, request: WireRequest, path: Path) -> WireResponse:
    """The body of a success in `path`, which its caller removes; BatchError otherwise."""
    return await exchanged(account, replace(request, save=path))


def _url(account: Account, path: str) -> str:
    return account.provider.base_url.rstrip("/") + path


def _headers(account: Account) -> dict[str, str]:
    """What every exchange carries; an API adds its own."""
    provider = account.provider
    return {
        "accept": "application/json",
        **static_headers(provider, account.secrets),
        **({"anthropic-version": provider.api_version} if _is_versioned(account) and provider.api_version else {}),
        **key_header(provider, account.key),
    }


def _is_versioned(account: Account) -> bool:
    return account.provider.format == "anthropic_messages"


def _secrets(account: Account) -> tuple[str, ...]:
    return (*account.secrets.values(), *((account.key,) if account.key else ()))


def _extra_s(request: WireRequest) -> float:
    """Seconds on top for what is large."""
    sent_s = 0.0 if request.file is None else _size(request.file.path) / _SLOWEST_BYTES_PER_S
    return sent_s + (0.0 if request.save is None else _DOWNLOAD_S)


def _size(path: Path) -> int:
    """Bytes of a file; the transport says what is wrong where it cannot be read."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _may_be_taken(status: int) -> bool:
    """Whether something may have been done though it was not answered with a success."""
    return status in _MAYBE_TAKEN or status not in _CLIENT_ERRORS


def _broken(error: TransportError) -> Failure:
    """A broken exchange: safe to repeat where it was not sent."""
    kind = FailureKind.UNKNOWN if error.sent else FailureKind.TRANSIENT
    return Failure(kind=kind, status=None, message=scrub(error.message), retry_after_s=None, rate=RateSignal())
