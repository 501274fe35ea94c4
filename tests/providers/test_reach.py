"""Which addresses may be asked, however they are written and whatever a name resolves to."""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.providers.reach import Address, CheckedResolver, ForbiddenError, is_public


@dataclass
class Names(AbstractResolver):
    """Gives a name these addresses."""

    addresses: tuple[str, ...]

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All of them."""
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in self.addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


def test_every_address_of_a_name_must_be_public() -> None:
    """One that is not is enough: which of them would be asked is chance."""

    async def resolved(*addresses: str) -> list[str]:
        found = await CheckedResolver(is_public, Names(addresses)).resolve("a.invalid")
        return [each["host"] for each in found]

    assert asyncio.run(resolved("93.184.216.34", "1.1.1.1")) == ["93.184.216.34", "1.1.1.1"]
    with pytest.raises(ForbiddenError):
        asyncio.run(resolved("93.184.216.34", "192.168.0.1"))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::5db8:d822", True),  # 93.184.216.34 behind a translator
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.1", False),
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("192.0.2.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fec0::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),  # 10.0.0.1 behind a translator
        ("2002:a00:1::", False),  # 10.0.0.1 by 6to4
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),  # Teredo
    ],
)
def test_what_is_public(address: str, public: bool) -> None:  # noqa: FBT001 - a column of the table
    """By the registries of special addresses, looking inside those that carry another."""
    assert is_public(ip_address(address)) == public


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_no_dress_makes_a_private_address_public(inner: Address) -> None:
    """Mapped, translated, tunnelled."""
    number = int(inner)
    for dressed in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert not is_public(ip_address(dressed.to_bytes(16)))
