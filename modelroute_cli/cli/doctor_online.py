"""`modelroute doctor --online`: each provider that an alias uses is asked something free, all at the same time."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import CredentialError
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.execution.keys import Credentials, resolve_keys
from modelroute_cli.providers.base import Transport
from modelroute_cli.providers.network import Network
from modelroute_cli.providers.probe import probe, probe_request
from modelroute_cli.providers.transport import make_transport

TIMEOUT_S = 10.0
_MOST_BYTES = 8_000_000  # a list of models is long with gateways


class Reached(Struct, frozen=True, kw_only=True):
    """What one provider answered; `skew_s` is how far its clock is ahead of ours."""

    provider: str
    state: Literal["accepted", "reachable", "refused", "unreachable", "no key", "not asked"]
    status: int | None = None
    detail: str = ""
    latency_s: float | None = None
    skew_s: float | None = None


def reach(providers: Sequence[Provider], env: Mapping[str, str], network: Network) -> tuple[Reached, ...]:
    """What each of them answers, in their order; at most ten seconds in all. SettingsError for a wrong network."""
    return asyncio.run(_reach(providers, env, network))


async def _reach(providers: Sequence[Provider], env: Mapping[str, str], network: Network) -> tuple[Reached, ...]:
    transport = make_transport(max(len(providers), 1), most_bytes=_MOST_BYTES, network=network)
    try:
        return tuple(await asyncio.gather(*(_asked(provider, env, transport) for provider in providers)))
    finally:
        await transport.close()


async def _asked(provider: Provider, env: Mapping[str, str], transport: Transport) -> Reached:
    """One provider, with its key where it has one."""
    try:
        found = await asyncio.to_thread(resolve_keys, [provider], env)
    except CredentialError as error:
        return Reached(provider=provider.name, state="no key", detail=error.message)
    return await _answer(provider, found[provider.name], transport)


async def _answer(provider: Provider, credentials: Credentials, transport: Transport) -> Reached:
    request = probe_request(provider, credentials.key, credentials.secrets)
    if request is None:
        return Reached(provider=provider.name, state="not asked", detail="nothing that it answers is free")
    secrets = (*credentials.secrets.values(), *([credentials.key] if credentials.key else []))
    began = SystemClock().monotonic()
    found = await probe(transport, request, secrets, TIMEOUT_S)
    took = None if found.state == "unreachable" else round(SystemClock().monotonic() - began, 3)
    keyless = found.state == "accepted" and not secrets
    return Reached(
        provider=provider.name,
        state="reachable" if keyless else found.state,
        status=found.status,
        detail=found.detail,
        latency_s=took,
        skew_s=found.skew_s,
    )


def reached_text(item: Reached) -> str:
    """`key accepted, 0.21 s, clock 3 s ahead of ours`."""
    said = {
        "accepted": "key accepted",
        "reachable": "there",
        "refused": "KEY REFUSED",
        "unreachable": "not reached",
        "no key": "not asked",
        "not asked": "not asked",
    }[item.state]
    status = f" ({item.status})" if item.status is not None and item.state != "accepted" else ""
    parts = [said + status, *([f"{item.latency_s:.2f} s"] if item.latency_s is not None else [])]
    return ", ".join([*parts, *_clock_text(item.skew_s), *([item.detail] if item.detail else [])])


def _clock_text(skew_s: float | None) -> list[str]:
    """How far apart the clocks are, where it is more than the seconds that dates are written in."""
    if skew_s is None or abs(skew_s) <= 2:  # noqa: PLR2004 - whole seconds, and the time of the answer
        return []
    return [f"its clock is {abs(skew_s):.0f} s {'ahead of' if skew_s > 0 else 'behind'} ours"]
