"""Tenants that settings name and no request does, which is a slip of the pen more often than not."""

from collections.abc import Collection, Iterator, Mapping

import polars as pl

from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.catalog.suggest import nearest
from modelroute_cli.catalog.tenants import TenantSettings
from modelroute_cli.planning.plan import Plan

_DEFAULT = "default"


def unknown_tenants(plan: Plan, caps: CapSettings, tenants: TenantSettings) -> tuple[str, ...]:
    """In words, each name in `caps.tenants` and `tenants.weights` that is much like one that requests name.

    Settings are shared by many jobs, so a name that is like none is told only where no other of its section is known.
    """
    if not caps.tenants and not tenants.weights:
        return ()
    known = _tenants(plan)
    return (*_unknown("caps.tenants", caps.tenants, known), *_unknown("tenants.weights", tenants.weights, known))


def _tenants(plan: Plan) -> tuple[str, ...]:
    """The tenants that requests name, by name."""
    names = plan.assignments.select(pl.col("tenant").cast(pl.String).unique()).collect()["tenant"].drop_nulls()
    return tuple(names.sort())


def _unknown(where: str, given: Mapping[str, object], known: Collection[str]) -> Iterator[str]:
    """What is told of one section."""
    names = [name for name in given if name != _DEFAULT]
    free = [name for name in known if name not in given]
    strange = [name for name in names if name not in known]
    for name in strange:
        near = nearest(name, free)
        if near:
            yield f"`{where}` names `{name}`, and no request of this job does: did you mean `{near}`?"
        elif len(strange) == len(names) and name == names[0]:
            yield f"`{where}` names `{name}`, and no request of this job does; {_those(known)}"


def _those(known: Collection[str]) -> str:
    """The tenants of a job, the first few of them."""
    if not known:
        return "none names a tenant"
    shown = ", ".join(f"`{name}`" for name in sorted(known)[:5])
    return f"they name {shown}" + (f" and {len(known) - 5} more" if len(known) > 5 else "")  # noqa: PLR2004 - shown
