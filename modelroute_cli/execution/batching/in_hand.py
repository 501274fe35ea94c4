"""A batch as a session carries it, and its lines that are not checked off yet, read from the journal."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.execution.batching.ways import Way
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.journal_batches import BatchView
from modelroute_cli.execution.records import AttemptKind, BatchStepKind
from modelroute_cli.providers.batch import BatchStatus

_OPEN = """
SELECT i.attempt, i.row, i.kind, i.model, i.service_tier, i.max_tokens, i.reserved_pusd
FROM intents i LEFT JOIN outcomes o USING (attempt) WHERE i.batch = ? AND o.attempt IS NULL ORDER BY i.attempt
"""


class OpenLine(Struct, frozen=True, array_like=True):
    """A line that no result was seen of."""

    attempt: int
    row: int
    kind: AttemptKind
    model: str
    service_tier: str
    max_tokens: int
    reserved_pusd: PicoUSD

    @property
    def extra(self) -> bool:
        """Whether it is to improve an answer that is there."""
        return self.kind is AttemptKind.ESCALATION


@dataclass(slots=True, kw_only=True)
class InHand:
    """One batch of this session; changed as it goes on."""

    number: int
    way: Way
    tag: str
    requests: int
    tokens: int
    digest: str
    made_at: datetime
    due: datetime | None
    day: str | None = None  # ISO, when its money was taken out of a day's cap; None: in an earlier session
    step: BatchStepKind | None = None
    file: str | None = None
    name: str | None = None
    submitting_at: datetime | None = None
    submitted_at: datetime | None = None
    done: int | None = None
    status: BatchStatus | None = None
    gives_up: bool = False  # it is being cancelled
    collected: int | None = None  # how many were done when results were read before the end
    told: bool = False  # that its account refuses us
    rests: bool = False  # nothing goes on with it in this session but waiting

    @classmethod
    def again(cls, view: BatchView) -> "InHand":
        """One of an earlier session."""
        return cls(
            number=view.batch,
            way=Way(view.provider, ServiceTier(view.service_tier), view.model),
            tag=view.tag,
            requests=view.requests,
            tokens=view.input_tokens,
            digest=view.digest,
            made_at=datetime.fromisoformat(view.made_at),
            due=_moment(view.due_at),
            step=view.step,
            file=view.file,
            name=view.name,
            submitting_at=_moment(view.submitting_at),
            submitted_at=_moment(view.submitted_at),
            done=view.done,
            gives_up=view.step is BatchStepKind.CANCELLING,
        )

    @property
    def is_in(self) -> bool:
        """Whether its provider has it, as far as we know."""
        return self.name is not None


def open_lines(journal: Path, batch: int) -> list[OpenLine]:
    """The lines of a batch that are not checked off, in order; StorageError."""
    with reading(journal) as connection:
        return [msgspec.convert(row, OpenLine, strict=False) for row in connection.execute(_OPEN, (batch,))]


def began_at(journal: Path) -> datetime | None:
    """When the first session of the run began, UTC; None before it has. StorageError."""
    with reading(journal) as connection:
        row = connection.execute("SELECT at FROM caps ORDER BY rowid LIMIT 1").fetchone()
    return None if row is None else datetime.fromisoformat(row[0])


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
