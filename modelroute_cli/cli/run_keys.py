"""The keys a run needs, found before it is approved; what only other models would need may be missing."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import msgspec

from modelroute_cli.base.errors import CredentialError, UsageError
from modelroute_cli.catalog.endpoints import is_started
from modelroute_cli.execution.keys import Credentials, resolve_keys
from modelroute_cli.planning.plan import Plan, PlanHeader

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Access:
    """The credentials by provider, and the plan that turns to no model which nothing opens."""

    credentials: Mapping[str, Credentials]
    plan: Plan
    notes: tuple[str, ...]


def find_access(plan: Plan, env: Mapping[str, str], *, emulated: bool, real: frozenset[str] = frozenset()) -> Access:
    """Credentials for every assigned model; CredentialError names the missing ones. Unreachable others go.

    Emulated accounts need none, providers in `real` excepted. A server on this machine is started for what is assigned
    or may be escalated to, so a run turns to no other one.
    """
    header = plan.header
    assigned = {header.models[name].provider for name in _used(plan)}
    needed = [header.providers[name] for name in sorted(assigned)]
    credentials = {
        **resolve_keys([item for item in needed if item.name not in real], env, emulated=emulated),
        **resolve_keys([item for item in needed if item.name in real], env),
    }
    escalated = _providers_of(header, header.escalations) - assigned
    optional = sorted(escalated | _providers_of(header, header.allowed) - assigned)
    found = {name: _try(header, name, env, emulated=emulated and name not in real) for name in optional}
    credentials |= {name: item for name, item in found.items() if item is not None}
    closed = [name for name, item in found.items() if item is None]
    idle = [name for name in optional if name not in escalated and is_started(header.providers[name])]
    notes = tuple(_note(name, header) for name in closed if name in escalated)
    return Access(credentials, _without(plan, {*closed, *idle}), notes)


def _used(plan: Plan) -> list[str]:
    """The models that requests are assigned to."""
    return plan.assignments.select("model").unique().collect()["model"].to_list()


def loopback_url(url: str) -> str:
    """The address of a running emulator without a final slash; UsageError when it is not on this machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        message = f"--emulator-url: `{url}` is not an http address of this machine"
        raise UsageError(message, hint="start one with `modelroute emulator` and type the address it prints")
    return url.rstrip("/")


def _providers_of(header: PlanHeader, models: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The providers of models that rules name."""
    return {header.models[name].provider for names in models.values() for name in names}


def _try(header: PlanHeader, name: str, env: Mapping[str, str], *, emulated: bool) -> Credentials | None:
    """A provider's credentials, None where they are missing."""
    try:
        return resolve_keys([header.providers[name]], env, emulated=emulated)[name]
    except CredentialError:
        return None


def _without(plan: Plan, closed: AbstractSet[str]) -> Plan:
    """The plan that turns to no model of `closed` providers."""
    header = plan.header
    escalations, allowed = (_left(header, models, closed) for models in (header.escalations, header.allowed))
    return replace(plan, header=msgspec.structs.replace(header, escalations=escalations, allowed=allowed))


def _left(
    header: PlanHeader, models: Mapping[str, tuple[str, ...]], closed: AbstractSet[str]
) -> dict[str, tuple[str, ...]]:
    """The models of each rule at other providers."""
    return {
        rule: tuple(name for name in names if header.models[name].provider not in closed)
        for rule, names in models.items()
    }


def _note(name: str, header: PlanHeader) -> str:
    """What a missing key means for the run."""
    names = {model for names in header.escalations.values() for model in names}
    models = sorted(model for model in names if header.models[model].provider == name)
    return f"no key for `{name}`: answers that fail a gate are not sent to {', '.join(models)}"
