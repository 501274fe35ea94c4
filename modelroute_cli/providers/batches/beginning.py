"""What begins a batch, and a key that may not do that: it may still send requests by themselves."""

import re
from dataclasses import replace

from modelroute_cli.providers.base import Failure, FailureKind, WireRequest
from modelroute_cli.providers.batch import Account, BatchError
from modelroute_cli.providers.batches.common import Told, told

_UNKNOWN_KEY, _FORBIDDEN = 401, 403
_SCOPE = re.compile(r"\bscopes?\b|permission", re.IGNORECASE)


async def begun(account: Account, request: WireRequest) -> Told:
    """As `told`, for an upload or a submission; where the key may not do that, the tier alone is closed.

    Keys have scopes of their own for files and batches: a 403 is about them, and a 401 that speaks of scopes.
    """
    try:
        return await told(account, request)
    except BatchError as error:
        if not _is_about_scope(error.failure):
            raise
        raise BatchError(replace(error.failure, kind=FailureKind.TIER), taken=error.taken) from error


def _is_about_scope(failure: Failure) -> bool:
    """Whether the key is good and may only not do this."""
    if failure.kind is not FailureKind.ACCOUNT:
        return False
    return failure.status == _FORBIDDEN or (failure.status == _UNKNOWN_KEY and bool(_SCOPE.search(failure.message)))
