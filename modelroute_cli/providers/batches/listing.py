"""Looking through the pages of an account's batches, so that none is submitted twice."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from modelroute_cli.providers.base import WireResponse
from modelroute_cli.providers.batch import Account, BatchStatus
from modelroute_cli.providers.batches.common import malformed

NAMED_SLACK = timedelta(days=1)
"""How much further back a batch is looked for whose name says that it is ours, should a clock be wrong."""

_MOST_PAGES = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some of an account's batches; `more` is whether others follow."""

    response: WireResponse
    statuses: tuple[BatchStatus, ...]
    more: bool


async def since_then(
    account: Account, page: Callable[[str | None], Awaitable[Page]], since: datetime
) -> tuple[BatchStatus, ...]:
    """All batches that were begun then or later; `page` gives those after a name, the first ones for None.

    A page of older ones alone is the last: lists go from new to old. BatchError where there are more pages than can
    be looked through: then nobody knows, and nothing may be submitted.
    """
    found: dict[str, BatchStatus] = {}
    after = None
    for _ in range(_MOST_PAGES):
        read = await page(after)
        new = {each.name: each for each in read.statuses if each.name not in found}
        found |= new
        if not read.more or not new or not any(is_since(each, since) for each in new.values()):
            return tuple(each for each in found.values() if is_since(each, since))
        after = read.statuses[-1].name
    return malformed(account, read.response, f"more than {_MOST_PAGES} pages of batches")


def is_since(status: BatchStatus, since: datetime) -> bool:
    """Whether it may have begun then or later; one without a time may."""
    return status.created_at is None or status.created_at >= since
