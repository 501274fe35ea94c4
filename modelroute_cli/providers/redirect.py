"""The one redirect that is followed: providers answer a download with the address of their storage."""

from urllib.parse import urljoin, urlsplit

from modelroute_cli.providers.base import WireRequest, WireResponse

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def redirected(request: WireRequest, response: WireResponse) -> WireRequest | None:
    """What is asked next; None where the answer stands as it is.

    Only a GET that is to be saved goes on, only to https, and with no header of the first request: the key stays.
    """
    location = response.headers.get("location")
    if request.method != "GET" or request.save is None or response.status not in _REDIRECTS or not location:
        return None
    try:
        onward = urljoin(request.url, location)
        is_https = urlsplit(onward).scheme == "https"
    except ValueError:
        return None
    return WireRequest(url=onward, headers={}, body=b"", method="GET", save=request.save) if is_https else None
