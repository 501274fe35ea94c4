"""What the journal knows of requests that were handed in: each batch, where it stands, and what it came to."""

from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.records import BatchStepKind

_BATCHES = """
SELECT b.batch, b.provider, b.service_tier, b.model, b.requests, b.input_tokens, b.tag, b.made_at, b.due_at,
  (SELECT step FROM batch_steps s WHERE s.batch = b.batch AND step <> 'seen' ORDER BY rowid DESC LIMIT 1),
  (SELECT name FROM batch_steps s WHERE s.batch = b.batch AND step = 'uploaded' ORDER BY rowid DESC LIMIT 1),
  (SELECT name FROM batch_steps s WHERE s.batch = b.batch AND step = 'submitted' ORDER BY rowid DESC LIMIT 1),
  (SELECT MIN(at) FROM batch_steps s WHERE s.batch = b.batch AND step = 'submitting'),
  (SELECT MIN(at) FROM batch_steps s WHERE s.batch = b.batch AND step = 'submitted'),
  (SELECT MIN(at) FROM batch_steps s WHERE s.batch = b.batch AND step IN ('ended', 'gone')),
  (SELECT done FROM batch_steps s WHERE s.batch = b.batch AND done IS NOT NULL ORDER BY rowid DESC LIMIT 1),
  (SELECT text FROM batch_steps s WHERE s.batch = b.batch AND text <> '' ORDER BY rowid DESC LIMIT 1),
  COALESCE(SUM(o.outcome = 'answered'), 0), COALESCE(SUM(o.attempt IS NULL), 0),
  COALESCE(SUM(o.cost_pusd), 0), COALESCE(SUM(CASE WHEN o.cost_pusd IS NULL THEN i.reserved_pusd ELSE 0 END), 0),
  COALESCE(MAX(o.emulated), 0), b.digest
FROM batches b LEFT JOIN intents i ON i.batch = b.batch LEFT JOIN outcomes o USING (attempt)
GROUP BY b.batch ORDER BY b.batch
"""


class BatchView(Struct, frozen=True, array_like=True):
    """One batch as it stands; times are ISO, UTC, None for what has not happened."""

    batch: int
    provider: str
    service_tier: str
    model: str
    requests: int
    input_tokens: int
    tag: str
    made_at: str
    due_at: str | None
    step: BatchStepKind | None  # the last but looks; None: made, and nothing sent
    file: str | None  # the provider's name of its lines
    name: str | None  # the provider's name of the batch
    submitting_at: str | None  # first
    submitted_at: str | None
    ended_at: str | None
    done: int | None  # as the provider last said
    text: str | None
    answered: int  # lines with an answer in the journal
    open: int  # lines that are not checked off
    spent_pusd: PicoUSD
    held_pusd: PicoUSD  # reservations of lines whose cost is not known, open ones included
    emulated: bool
    digest: str  # SHA-256 of its lines

    @property
    def is_settled(self) -> bool:
        """Whether every line is checked off."""
        return self.step is BatchStepKind.SETTLED


def batches(path: Path) -> tuple[BatchView, ...]:
    """Every batch of the run, in the order in which they were made; none in an older journal. StorageError."""
    with reading(path) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'batches'").fetchone():
            return ()
        return tuple(msgspec.convert(row, BatchView, strict=False) for row in connection.execute(_BATCHES))


def not_settled(path: Path) -> tuple[int, ...]:
    """The attempts in batches that are not settled whose cost is not known, in order; StorageError."""
    query = (
        "SELECT i.attempt FROM intents i LEFT JOIN outcomes o USING (attempt) "
        "WHERE i.batch IS NOT NULL AND o.cost_pusd IS NULL AND COALESCE((SELECT step FROM batch_steps s "
        "WHERE s.batch = i.batch AND step <> 'seen' ORDER BY rowid DESC LIMIT 1), '') <> 'settled' ORDER BY i.attempt"
    )
    with reading(path) as connection:
        return tuple(attempt for (attempt,) in connection.execute(query))
