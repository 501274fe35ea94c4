"""Files at Gemini: lines go up in two exchanges, results come down; both at addresses beside the API's own.

Source: google-genai 3.4 (files, _api_client, _extra_utils) and ai.google.dev, Files and Batch API, 2026-11. An uploaded
file is kept for 48 hours, which is as long as a batch may take.
"""

from dataclasses import replace
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

from modelroute_cli.providers.base import WireRequest, WireResponse
from modelroute_cli.providers.batch import Account, BatchError, Parcel
from modelroute_cli.providers.batches.common import (
    asks,
    downloaded,
    exchanged,
    is_gone,
    malformed,
    name_in,
    segment,
    told,
)
from modelroute_cli.providers.file_body import FileBody

_LINES = "application/jsonl"
_PREFIX = "files/"


async def upload(account: Account, parcel: Parcel) -> str:
    """The name of the uploaded lines (`files/...`), shown under the parcel's tag; BatchError."""
    started = await exchanged(account, _start(account, parcel))
    address = started.headers.get("x-goog-upload-url", "")
    headers = {"x-goog-upload-offset": "0", "x-goog-upload-command": "upload, finalize", "content-type": _LINES}
    request = asks(account, "", {})
    found = await told(
        account,
        replace(
            request,
            url=_here(account, started, address),
            headers={**request.headers, **headers},
            body=b"",
            file=FileBody(b"", parcel.lines),
        ),
        "file",
    )
    name = name_in(found.data, "file", "name")
    return malformed(account, found.response, "it has no name of the file") if name is None else name


async def download(account: Account, name: str, path: Path) -> WireResponse:
    """The content of a file in `path`, which its caller removes; BatchError.

    The guide has results under `/download`, the SDK asks for them at the API itself: the other is asked where one
    knows no such file.
    """
    asked = asks(account, f"/{_PREFIX}{segment(name.removeprefix(_PREFIX))}:download?alt=media")
    try:
        return await downloaded(account, beside(asked, account, "download"), path)
    except BatchError as error:
        if not is_gone(error):
            raise
    return await downloaded(account, asked, path)


def beside(request: WireRequest, account: Account, word: str) -> WireRequest:
    """The request with a word put before the version in its address: `/v1beta/files` is `/upload/v1beta/files`."""
    base = account.provider.base_url.rstrip("/")
    root, _, version = base.rpartition("/")
    return replace(request, url=f"{root}/{word}/{version}{request.url.removeprefix(base)}")


def _start(account: Account, parcel: Parcel) -> WireRequest:
    """What announces an upload; its answer says where the bytes go."""
    request = beside(asks(account, "/files", {"file": {"displayName": parcel.tag}}), account, "upload")
    announced = {
        "x-goog-upload-protocol": "resumable",
        "x-goog-upload-command": "start",
        "x-goog-upload-header-content-length": str(parcel.bytes),
        "x-goog-upload-header-content-type": _LINES,
    }
    return replace(request, headers={**request.headers, **announced})


def _here(account: Account, started: WireResponse, address: str) -> str:
    """Where the bytes go, at the provider's own host as Google's SDK has it, so that nothing goes elsewhere."""
    home = urlsplit(account.provider.base_url)
    there = _split(address)
    if there is None or not there.path:
        malformed(account, started, "it says not where the lines go")
    return urlunsplit((home.scheme, home.netloc, there.path, there.query, ""))


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None
