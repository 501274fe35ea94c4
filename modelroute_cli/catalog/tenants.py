"""The settings sections `tenants` and `chargeback`: how tenants share limits, and by what a run's money is split."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

CHARGED_BY = r"^(tenant|(metadata|tags)\..+)$"  # tenant, metadata.FIELD, tags.PREFIX
Weight = Annotated[float, Meta(ge=0.001, le=1_000)]


class TenantSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the tenants of a run share the limits of an account while several of them wait."""

    weights: Mapping[str, Weight] = {}  # by the `tenant` of requests; `default` is each tenant's that is not named


class ChargebackSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is charged for what a run spent."""

    by: Annotated[str, Meta(pattern=CHARGED_BY)] = "tenant"
    duplicates: Literal["split", "first"] = "split"  # an answer that several requests share
