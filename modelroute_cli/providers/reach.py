"""Which addresses of the internet may be asked: public ones, looked at before anything connects to them."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

_TIMEOUT_S: Final = 60.0
_NAT64: Final = IPv6Address("64:ff9b::")

Address = IPv4Address | IPv6Address


def is_public(address: Address) -> bool:
    """Whether an address lies on the open internet, that inside an IPv6 address too (mapped, 6to4, NAT64)."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _nat64(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address behind a translator's well-known prefix (RFC 6052)."""
    value = int(address)
    return IPv4Address(value & 0xFFFFFFFF) if value >> 32 == int(_NAT64) >> 32 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which addresses may be read, and for how long in total; the default is what a run uses."""

    schemes: frozenset[str] = frozenset({"https"})
    allows: Callable[[Address], bool] = is_public
    timeout_s: float = _TIMEOUT_S
    tls: ssl.SSLContext | None = None  # None: the system's authorities


class ForbiddenError(Exception):
    """A name that resolves to an address which may not be read."""


class CheckedResolver(AbstractResolver):
    """Resolves names; one with any address that is not allowed has none."""

    def __init__(self, allows: Callable[[Address], bool], names: AbstractResolver | None = None) -> None:
        self._names = names or aiohttp.ThreadedResolver()
        self._allows = allows

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name; ForbiddenError."""
        found = await self._names.resolve(host, port, family)
        if not all(self._allows(ip_address(each["host"])) for each in found):
            raise ForbiddenError
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._names.close()
