"""How requests may be bought, as the command line says it: until when, and at which service tiers."""

from datetime import datetime

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.suggest import did_you_mean
from modelroute_cli.cli.workspace import names
from modelroute_cli.jobs.deadline import deadline_fault, deadline_s
from modelroute_cli.planning.offers import SENT_TIERS


def deadline_of(text: str | None, at: datetime) -> int | None:
    """Seconds that `--deadline` leaves at `at`, None without one; UsageError for what is no time, or is past."""
    if text is None:
        return None
    fault = deadline_fault(text)
    if fault is not None:
        message = f"--deadline: {fault.message}"
        raise UsageError(message, hint=fault.hint)
    left = deadline_s(text, at)
    if not left:
        message = f"--deadline: `{text}` is past"
        raise UsageError(message, hint="type a span, as in `--deadline 24h`, or a time to come")
    return left


def tiers_of(text: str | None) -> tuple[ServiceTier, ...]:
    """The tiers of `--tiers`, those that a run can send without it; UsageError for one that nobody knows."""
    if text is None:
        return SENT_TIERS
    known = [tier.value for tier in ServiceTier]
    named = names(text)
    for name in named:
        if name not in known:
            message = f"--tiers: `{name}` is no service tier"
            raise UsageError(message, hint=did_you_mean(name, known, f"known: {', '.join(known)}"))
    return tuple(tier for tier in ServiceTier if tier.value in named)
