"""Many results without holding up the other exchanges of a run."""

import asyncio
from collections.abc import AsyncIterator, Iterable

from modelroute_cli.providers.batch import LineResult

_BREATH_LINES = 256  # after which others have their turn


async def in_turn(results: Iterable[LineResult | None]) -> AsyncIterator[LineResult]:
    """Every result that could be read; others have their turn in between."""
    for number, result in enumerate(results, start=1):
        if number % _BREATH_LINES == 0:
            await asyncio.sleep(0)
        if result is not None:
            yield result
