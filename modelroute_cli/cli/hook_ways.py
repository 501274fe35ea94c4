"""What messages travel through: a transport of their own, and an environment without keys for programs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.cli.bare_env import bare_env
from modelroute_cli.cli.network import network_of
from modelroute_cli.execution.hooks.sending import Ways
from modelroute_cli.execution.keys import Credentials
from modelroute_cli.providers.transport import make_transport

_MOST_BYTES = 1_000_000  # of an answer, which nobody reads


@asynccontextmanager
async def ways(
    settings: Settings, providers: Mapping[str, Provider], credentials: Mapping[str, Credentials]
) -> AsyncIterator[Ways]:
    """Open them for as long as the block lasts."""
    transport = make_transport(len(settings.hooks.webhooks) + 1, most_bytes=_MOST_BYTES, network=network_of(settings))
    try:
        env = bare_env(settings, providers, credentials)
        yield Ways(transport=transport, clock=SystemClock(), program_env=env)
    finally:
        await transport.close()
