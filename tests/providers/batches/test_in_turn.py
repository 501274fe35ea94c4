"""Tests of modelroute_cli.providers.batches.in_turn."""

import asyncio

from modelroute_cli.providers.batch import LineEnd, LineResult
from modelroute_cli.providers.batches.in_turn import in_turn


def test_others_have_their_turn_between_lines() -> None:
    """A long file does not hold up a run; lines that cannot be read are left out, and count as looked at."""
    lines = [LineResult(f"{place}", LineEnd.EXPIRED) if place % 2 else None for place in range(1000)]

    async def main() -> tuple[list[str], int]:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        names = [each.custom_id async for each in in_turn(lines)]
        task.cancel()
        return names, turns

    names, turns = asyncio.run(main())
    assert names == [f"{place}" for place in range(1, 1000, 2)]
    assert turns == 1000 // 256
