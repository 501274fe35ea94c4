"""`modelroute doctor --online`: each provider that an alias uses is asked something free, all at the same time."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import CredentialError
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.endpoints import is_started
from modelroute_cli.execution.keys import Credentials, resolve_keys
from modelroute_cli.execution.secrets import secrets_of
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
    """Find all keys, then ask all; what any of them quotes of any key is hidden."""
    transport = make_transport(max(len(providers), 1), most_bytes=_MOST_BYTES, network=network)
    try:
        found = await asyncio.gather(*(asyncio.to_thread(_credentials, provider, env) for provider in providers))
        held = {item.name: key for item, key in zip(providers, found, strict=True) if isinstance(key, Credentials)}
        asked = _Asked(transport, secrets_of(held))
        return tuple(await asyncio.gather(*map(asked.answer, providers, found)))
    finally:
        await transport.close()


def _credentials(provider: Provider, env: Mapping[str, str]) -> Credentials | str:
    """What opens a provider, or why nothing does."""
    try:
        return resolve_keys([provider], env)[provider.name]
    except CredentialError as error:
        return error.message


@dataclass(frozen=True, slots=True)
class _Asked:
    """How providers are asked, and what is hidden in what they say."""

    transport: Transport
    secrets: tuple[str, ...] = field(repr=False)

    async def answer(self, provider: Provider, found: Credentials | str) -> Reached:
        """What one provider says."""
        if isinstance(found, str):
            return Reached(provider=provider.name, state="no key", detail=found)
        if is_started(provider):
            return Reached(provider=provider.name, state="not asked", detail="a run starts it itself")
        request = probe_request(provider, found.key, found.secrets)
        if request is None:
            return Reached(provider=provider.name, state="not asked", detail="nothing that it answers is free")
        began = SystemClock().monotonic()
        said = await probe(self.transport, request, self.secrets, TIMEOUT_S)
        took_s = round(SystemClock().monotonic() - began, 3)
        keyless = said.state == "accepted" and not (found.key or found.secrets)
        return Reached(
            provider=provider.name,
            state="reachable" if keyless else said.state,
            status=said.status,
            detail=said.detail,
            latency_s=None if said.state == "unreachable" else took_s,
            skew_s=said.skew_s,
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
