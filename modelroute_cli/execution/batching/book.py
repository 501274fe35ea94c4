"""Notes in the journal what happens to a batch, and keeps the batch in step with it."""

from dataclasses import dataclass

from modelroute_cli.execution.batching.in_hand import InHand
from modelroute_cli.execution.records import BatchStep, BatchStepKind
from modelroute_cli.execution.work import RunWork
from modelroute_cli.providers.batch import BatchStatus


@dataclass(frozen=True, slots=True)
class Book:
    """Writes steps; StorageError when the journal cannot take them."""

    work: RunWork

    async def write(self, hand: InHand, step: BatchStepKind, *, name: str | None = None, text: str = "") -> None:
        """Return when the step is durable."""
        now = self.work.clock.now()
        at = now.isoformat(timespec="microseconds")
        await self.work.journal.write(
            BatchStep(batch=hand.number, at=at, step=step, name=name, done=hand.done, text=text)
        )
        hand.step = step
        match step:
            case BatchStepKind.UPLOADED:
                hand.file = name
            case BatchStepKind.SUBMITTING:
                hand.submitting_at = hand.submitting_at or now
            case BatchStepKind.SUBMITTED:
                hand.name, hand.submitted_at = name, hand.submitted_at or now
            case _:
                pass

    def saw(self, hand: InHand, status: BatchStatus) -> None:
        """Note how far a batch is, where that has changed."""
        before, hand.status = hand.status, status
        if before is not None and (before.phase, before.done) == (status.phase, status.done):
            return
        hand.done = status.done
        at = self.work.clock.now().isoformat(timespec="microseconds")
        self.work.journal.note(
            BatchStep(
                batch=hand.number,
                at=at,
                step=BatchStepKind.SEEN,
                done=status.done,
                failed=status.failed,
                text=status.phase.value,
            )
        )
