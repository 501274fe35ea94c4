"""The answers that requests ended with, one after the other: what others than the run itself make of a journal."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.records import FinalStatus

_ANSWERS = """
SELECT f.row, f.status, f.attempt, i.model, o.model_served, COALESCE(v.output, o.text, ''), v.passed, v.gate,
       o.cost_pusd, o.input_tokens, o.output_tokens, o.emulated
FROM finals f JOIN intents i USING (attempt) JOIN outcomes o USING (attempt) LEFT JOIN verdicts v USING (attempt)
ORDER BY f.row
"""
_ENDED = "SELECT row FROM finals"


class KeptAnswer(Struct, frozen=True, array_like=True):
    """The answer that a request ended with, accepted or not; money and tokens are those of this attempt alone."""

    row: int
    status: FinalStatus
    attempt: int
    model: str
    model_served: str | None
    output: str
    passed: bool | None  # what the gates said; None: nothing looked
    gate: str | None  # the last gate that said anything
    cost_pusd: PicoUSD | None
    input_tokens: int | None
    output_tokens: int | None  # hidden reasoning with it
    emulated: bool


def kept_answers(path: Path) -> Iterator[KeptAnswer]:
    """By row, every request that came to its end with an answer; nothing where there is no journal. StorageError."""
    if not path.exists():
        return
    with reading(path) as connection:
        for found in connection.execute(_ANSWERS):
            yield msgspec.convert(found, KeptAnswer, strict=False)


def ended_rows(path: Path) -> frozenset[int]:
    """The rows that came to their end, with an answer or without; StorageError."""
    if not path.exists():
        return frozenset()
    with reading(path) as connection:
        return frozenset(row for (row,) in connection.execute(_ENDED))
