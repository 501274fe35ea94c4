"""The models of a run that answer from this machine: which server is started for them, and how it is reached."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.endpoints import is_loopback, is_started
from modelroute_cli.cli.console import Console
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.execution.keys import Credentials
from modelroute_cli.local.start import Address, started
from modelroute_cli.local.weights import check_engine, find_weights
from modelroute_cli.planning.plan import Plan, judges_of
from modelroute_cli.report.screen import plural


@dataclass(frozen=True, slots=True)
class OwnModels:
    """The providers whose server a run starts, and the weights of their models by the name on the wire."""

    providers: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)


NONE = OwnModels()


@dataclass(frozen=True, slots=True)
class Accounts:
    """How every account of a run is reached, by provider, and what opens it."""

    providers: Mapping[str, Provider]
    credentials: Mapping[str, Credentials]


def own_models(plan: Plan, *, only: frozenset[str] | None = None) -> OwnModels:
    """What a run of this plan starts, of the providers in `only` (None: of all).

    Counted are the models that requests are assigned to, and those that answers of failed gates may go to.
    SettingsError where weights, or the package that runs them, are missing.
    """
    providers = plan.header.providers
    cards = [card for card in _met(plan) if is_started(providers[card.provider])]
    cards = [card for card in cards if only is None or card.provider in only]
    files = {card.model_id: _weights(card) for card in cards}
    return OwnModels(tuple(dict.fromkeys(card.provider for card in cards)), files)


def on_this_machine(providers: Mapping[str, Provider]) -> frozenset[str]:
    """The names of the providers whose address is on this machine."""
    return frozenset(name for name, item in providers.items() if is_loopback(item.base_url))


def _met(plan: Plan) -> list[ModelCard]:
    """The models that a run of this plan may send to, judges included."""
    assigned = plan.assignments.select("model").unique().collect()["model"].to_list()
    further = (name for names in plan.header.escalations.values() for name in names)
    return [plan.header.models[name] for name in sorted({*assigned, *further, *judges_of(plan.header)})]


def _weights(card: ModelCard) -> Path:
    """The file of a model, with all that is needed to answer from it."""
    if card.weights is None:
        message = f"`{card.name}` is to answer on this machine, and its card names no `weights`"
        hint = "name a GGUF file in `weights`, or the address of a server that runs in `base_url` of its provider"
        raise SettingsError(message, hint=hint)
    check_engine(card.name)
    return find_weights(card.weights, card.name)


@asynccontextmanager
async def running(own: OwnModels, log: Path, console: Console) -> AsyncIterator[Address | None]:
    """The server of these models for the time of the block; None where there are none."""
    if not own.files:
        yield None
        return
    console.note(f"Loading {plural(len(own.files), 'model')} on this machine: {', '.join(own.files)}")
    async with started(own.files, log) as address:
        yield address


def emulated(accounts: Accounts, url: str | None, real: frozenset[str]) -> Accounts:
    """The accounts as the emulator at `url` plays them, those in `real` excepted; all as they are without one."""
    if url is None:
        return accounts
    providers = {name: item if name in real else rewire(item, url) for name, item in accounts.providers.items()}
    return replace(accounts, providers=providers)


def served(accounts: Accounts, own: OwnModels, address: Address | None) -> Accounts:
    """The accounts with those of a started server at its address, and its key."""
    if address is None:
        return accounts
    there = {name: _at(accounts.providers[name], address.base_url) for name in own.providers}
    keys = {name: Credentials(key=address.key) for name in own.providers}
    return Accounts({**accounts.providers, **there}, {**accounts.credentials, **keys})


def _at(provider: Provider, url: str) -> Provider:
    """The provider where its server listens, which answers one request at a time."""
    alone = msgspec.structs.replace(provider.limits, concurrency=1)
    return msgspec.structs.replace(provider, base_url=url, auth="bearer", limits=alone)
