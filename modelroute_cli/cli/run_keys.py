"""The keys a run needs, found before it is approved; what only escalations would need may be missing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import msgspec

from modelroute_cli.base.errors import CredentialError, UsageError
from modelroute_cli.execution.keys import Credentials, resolve_keys
from modelroute_cli.planning.plan import Plan, PlanHeader

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Access:
    """The credentials by provider, and the plan without the escalations that nothing opens."""

    credentials: Mapping[str, Credentials]
    plan: Plan
    notes: tuple[str, ...]


def find_access(plan: Plan, env: Mapping[str, str], *, emulated: bool, real: frozenset[str] = frozenset()) -> Access:
    """Credentials for every assigned model; CredentialError names the missing ones. Unreachable escalations go.

    Emulated accounts need none, providers in `real` excepted.
    """
    header = plan.header
    assigned = {header.models[name].provider for name in _used(plan)}
    needed = [header.providers[name] for name in sorted(assigned)]
    credentials = {
        **resolve_keys([item for item in needed if item.name not in real], env, emulated=emulated),
        **resolve_keys([item for item in needed if item.name in real], env),
    }
    optional = sorted(_escalation_providers(header) - assigned)
    found = {name: _try(header, name, env, emulated=emulated and name not in real) for name in optional}
    credentials |= {name: item for name, item in found.items() if item is not None}
    closed = [name for name, item in found.items() if item is None]
    return Access(credentials, _without(plan, closed), tuple(_note(name, header) for name in closed))


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


def _escalation_providers(header: PlanHeader) -> set[str]:
    """Providers of models that a failed gate may go to."""
    return {header.models[name].provider for names in header.escalations.values() for name in names}


def _try(header: PlanHeader, name: str, env: Mapping[str, str], *, emulated: bool) -> Credentials | None:
    """A provider's credentials, None where they are missing."""
    try:
        return resolve_keys([header.providers[name]], env, emulated=emulated)[name]
    except CredentialError:
        return None


def _without(plan: Plan, closed: list[str]) -> Plan:
    """The plan whose escalations leave out the models of `closed` providers."""
    header = plan.header
    escalations = {
        rule: tuple(name for name in names if header.models[name].provider not in closed)
        for rule, names in header.escalations.items()
    }
    return replace(plan, header=msgspec.structs.replace(header, escalations=escalations))


def _note(name: str, header: PlanHeader) -> str:
    """What a missing key means for the run."""
    names = {model for names in header.escalations.values() for model in names}
    models = sorted(model for model in names if header.models[model].provider == name)
    return f"no key for `{name}`: answers that fail a gate are not sent to {', '.join(models)}"
