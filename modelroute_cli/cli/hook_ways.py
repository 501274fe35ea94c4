"""What messages travel through: a transport of their own, and an environment without keys for programs."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.cli.network import network_of
from modelroute_cli.execution.hooks.receivers import secrets_of
from modelroute_cli.execution.hooks.sending import Ways
from modelroute_cli.execution.keys import Credentials, without_keys
from modelroute_cli.providers.transport import make_transport

_MOST_BYTES = 65_536  # of an answer, which nobody reads


@asynccontextmanager
async def ways(
    settings: Settings, providers: Mapping[str, Provider], credentials: Mapping[str, Credentials]
) -> AsyncIterator[Ways]:
    """Open them for as long as the block lasts."""
    transport = make_transport(len(settings.hooks.webhooks) + 1, most_bytes=_MOST_BYTES, network=network_of(settings))
    try:
        env = program_env(settings, providers, credentials)
        yield Ways(transport=transport, clock=SystemClock(), program_env=env)
    finally:
        await transport.close()


def program_env(
    settings: Settings, providers: Mapping[str, Provider], credentials: Mapping[str, Credentials]
) -> dict[str, str]:
    """This environment without keys, and without the addresses and secrets of webhooks."""
    bare = without_keys(os.environ, providers.values(), credentials)
    return {name: value for name, value in bare.items() if name not in secrets_of(settings.hooks)}
