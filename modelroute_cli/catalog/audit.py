"""The settings section `audit`: what the audit log of a folder keeps, for how long, and under whose key."""

from typing import Annotated

from msgspec import Meta, Struct

EnvName = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]


class AuditSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every run appends to `.modelroute/audit`, besides its journal."""

    keep: bool = True
    texts: bool = False  # answers themselves, besides their digests
    user: bool = True  # who began a session, by the name of the account
    host: bool = False  # on which machine
    key_env: EnvName = "MODELROUTE_AUDIT_KEY"  # holds the key of the chain; without it the chain has none
    retention_days: Annotated[int, Meta(ge=1, le=36_500)] | None = None  # for `audit prune`; None: for ever
    segment_mb: Annotated[int, Meta(ge=1, le=4_096)] = 64  # a file of the log, in millions of bytes, at most
