"""The keys a run needs, found before it is approved; what only other models would need may be missing."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import msgspec

from modelroute_cli.base.errors import CredentialError, UsageError
from modelroute_cli.catalog.endpoints import is_started
from modelroute_cli.execution.keys import Credentials, resolve_keys
from modelroute_cli.planning.plan import Plan, PlanHeader, judges_of

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Access:
    """The credentials by provider, and the plan that turns to no model, nor judge, which nothing opens."""

    credentials: Mapping[str, Credentials]
    plan: Plan
    notes: tuple[str, ...]


def find_access(
    plan: Plan, env: Mapping[str, str], *, emulated: bool, real: frozenset[str] = frozenset(), compares: bool = False
) -> Access:
    """Credentials for every assigned model; CredentialError names the missing ones. Unreachable others go.

    So do unreachable judges, where another one is left to judge the same answers; CredentialError where none is.

    Emulated accounts need none, providers in `real` excepted. A server on this machine is started for what is assigned
    or may be escalated to, so a run turns to no other one. Where it `compares`, the baseline is opened as well.
    """
    header = plan.header
    assigned = {header.models[name].provider for name in _used(plan)}
    needed = [header.providers[name] for name in sorted(assigned)]
    credentials = {
        **resolve_keys([item for item in needed if item.name not in real], env, emulated=emulated),
        **resolve_keys([item for item in needed if item.name in real], env),
    }
    judging = {header.models[name].provider for name in judges_of(header)}
    turned_to = (_providers_of(header, header.escalations) | judging) - assigned
    beside = _beside(header) - assigned if compares else set()
    optional = sorted(turned_to | beside | _providers_of(header, header.allowed) - assigned)
    found = {name: _try(header, name, env, emulated=emulated and name not in real) for name in optional}
    credentials |= {name: item for name, item in found.items() if item is not None}
    closed = [name for name, item in found.items() if item is None]
    unjudged = _without_judge(header, closed)
    resolve_keys([header.providers[name] for name in closed if name in unjudged], env)
    idle = [name for name in optional if name not in turned_to | beside and is_started(header.providers[name])]
    notes = tuple(text for name in closed for text in _notes(name, header, beside))
    return Access(credentials, _without(plan, {*closed, *idle}), notes)


def _without_judge(header: PlanHeader, closed: list[str]) -> set[str]:
    """The closed providers of judge gates that have no other judge."""
    gates = [models for named in header.judges.values() for models in named.values()]
    behind = [{header.models[name].provider for name in models} for models in gates]
    return {name for each in behind if each and each <= set(closed) for name in each}


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


def _beside(header: PlanHeader) -> set[str]:
    """The provider of the baseline, where it may be shown any request."""
    names = {base.model for base in header.baselines if base.kind == "chosen"} if header.control_rules else set()
    return {header.models[name].provider for name in names if name in header.models}


def _try(header: PlanHeader, name: str, env: Mapping[str, str], *, emulated: bool) -> Credentials | None:
    """A provider's credentials, None where they are missing."""
    try:
        return resolve_keys([header.providers[name]], env, emulated=emulated)[name]
    except CredentialError:
        return None


def _without(plan: Plan, closed: AbstractSet[str]) -> Plan:
    """The plan that turns to no model of `closed` providers, and asks none of them to judge."""
    header = plan.header

    def left(models: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
        return {
            key: tuple(name for name in names if header.models[name].provider not in closed)
            for key, names in models.items()
        }

    escalations, allowed = left(header.escalations), left(header.allowed)
    judges = {rule: left(each) for rule, each in header.judges.items()}
    rules = () if _beside(header) & closed else header.control_rules
    changed = msgspec.structs.replace(
        header, escalations=escalations, allowed=allowed, judges=judges, control_rules=rules
    )
    return replace(plan, header=changed)


def _notes(name: str, header: PlanHeader, beside: AbstractSet[str]) -> Iterator[str]:
    """What a missing key means for the run."""
    escalations = {model for names in header.escalations.values() for model in names}
    for models, why in (
        (escalations, "answers that fail a gate are not sent to"),
        (judges_of(header), "no answer is judged by"),
    ):
        at_it = sorted(model for model in models if header.models[model].provider == name)
        if at_it:
            yield f"no key for `{name}`: {why} {', '.join(at_it)}"
    if name in beside:
        yield f"no key for `{name}`: nothing is compared with the baseline (--control)"
