"""Sends a provider's calls to the emulator instead, through the same adapter, limits and gates."""

import msgspec

from modelroute_cli.catalog.cards import Provider


def rewire(provider: Provider, url: str) -> Provider:
    """The provider as the emulator at `url` plays it; no key is needed and none is sent."""
    return msgspec.structs.replace(
        provider,
        base_url=f"{url.rstrip('/')}/{provider.name}/v1",
        auth="none",
        api_key_env=None,
        api_key_command=None,
        api_key_keyring=None,
        key_headers={},
    )
