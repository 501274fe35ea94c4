"""Tests of modelroute_cli.providers.redirect."""

from dataclasses import replace
from pathlib import Path

import pytest

from modelroute_cli.providers.base import WireRequest, WireResponse
from modelroute_cli.providers.redirect import redirected

HEADERS = {"authorization": "Bearer sk-secret", "accept": "application/json"}
DOWNLOAD = WireRequest(
    url="https://api.acme.com/v1/files/f-1/content", headers=HEADERS, body=b"", method="GET", save=Path("to")
)


def moved(to: str | None, status: int = 302) -> WireResponse:
    """An answer that sends elsewhere."""
    return WireResponse(status=status, headers={} if to is None else {"location": to}, body=b"")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_download_goes_on_without_any_header(status: int) -> None:
    """The key is the provider's, not its storage's."""
    onward = redirected(DOWNLOAD, moved("https://storage.acme.com/f-1?signed=1", status))
    assert onward == WireRequest(
        url="https://storage.acme.com/f-1?signed=1", headers={}, body=b"", method="GET", save=Path("to")
    )


def test_an_address_on_the_same_host_may_be_short() -> None:
    """As HTTP has it."""
    onward = redirected(DOWNLOAD, moved("/elsewhere"))
    assert onward is not None
    assert onward.url == "https://api.acme.com/elsewhere"


@pytest.mark.parametrize(
    "to", ["http://storage.acme.com/f-1", "file:///etc/passwd", "ftp://acme.com", "https://[broken", None, ""]
)
def test_nothing_but_https_is_followed(to: str | None) -> None:
    """Results are as private as requests."""
    assert redirected(DOWNLOAD, moved(to)) is None


@pytest.mark.parametrize("status", [200, 204, 300, 304, 404, 500])
def test_other_answers_stand(status: int) -> None:
    """Whatever headers they have."""
    assert redirected(DOWNLOAD, moved("https://storage.acme.com/f-1", status)) is None


@pytest.mark.parametrize("changed", [{"method": "POST"}, {"method": "DELETE"}, {"save": None}])
def test_only_downloads_go_on(changed: dict[str, object]) -> None:
    """A request that does something is never sent twice."""
    request = replace(DOWNLOAD, **changed)  # type: ignore[arg-type]
    assert redirected(request, moved("https://storage.acme.com/f-1")) is None
