"""A batch is handed in once: journaled before and after, and looked up where nobody knows whether it was taken."""

from dataclasses import replace

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.execution.batching.collecting import unworked
from modelroute_cli.execution.batching.counting import CANCELLED
from modelroute_cli.execution.batching.finding import Finder, NotTaken, Unclear
from modelroute_cli.execution.batching.house import House
from modelroute_cli.execution.batching.in_hand import InHand
from modelroute_cli.execution.batching.packing import Packed, digest_of
from modelroute_cli.execution.batching.refusals import Refusal, for_lines, refusal_of
from modelroute_cli.execution.batching.timing import has_time
from modelroute_cli.execution.records import BatchStepKind, EventKind
from modelroute_cli.execution.work import Patience
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.providers.base import Failure, FailureKind
from modelroute_cli.providers.batch import BatchError, BatchStatus, Parcel

_FIRST_WAIT_S, _MOST_WAIT_S = 15.0, 900.0
_TRIES = 6  # of a submission that surely was not taken, for a reason that should pass
_FULL_TRIES = 3  # that a queue is full with nothing of ours in it
TOO_LATE = "there is no time left for a batch before its deadline"
NOBODY_KNOWS = "nobody knows whether it was taken when it was handed in"


class Submitter:
    """Brings one batch to its provider."""

    def __init__(self, house: House, hand: InHand) -> None:
        self._house = house
        self._hand = hand
        self._api = house.ways.api(hand.way)
        self._account = house.ways.account(hand.way.provider)
        self._tries = 0
        self._full = 0
        self._last: Failure | None = None  # of a submission that may have been taken

    async def handed_in(self) -> bool:
        """Whether the provider has it; False when its requests went another way, or it rests until another session.

        StorageError when the journal cannot take what happens.
        """
        hand, wait_s = self._hand, _FIRST_WAIT_S
        while not hand.is_in:
            failure = await self._tried()
            if failure is None:
                return hand.is_in
            if not await self._house.nap(failure.retry_after_s or wait_s):
                hand.rests = True
                return False
            wait_s = min(_MOST_WAIT_S, 2 * wait_s)
        return True

    async def _tried(self) -> Failure | None:
        """One try: why it is to be tried again; None when it is in, or out for good."""
        if self._hand.step is BatchStepKind.SUBMITTING and not await self._is_known():
            return None
        if self._hand.is_in or await self._is_out():
            return None
        try:
            async with self._house.turn(self._hand.way.provider):
                await self._submit()
        except BatchError as error:
            return await self._after(error)
        return None

    async def _is_out(self) -> bool:
        """Whether it is not to be handed in any more; its requests went another way then."""
        hand = self._hand
        if self._house.patience is Patience.CANCEL:
            await self._house.released(hand, unworked(CANCELLED))
            return True
        window_s = self._house.ways.terms_of(hand.way).window_s
        if not has_time(hand.due, self._house.ways.work.clock.now(), window_s):
            await self._house.released(hand, unworked(TOO_LATE))
            return True
        if self._last is not None and self._tries >= _TRIES:
            await self._house.released(hand, for_lines(self._last))
            return True
        return False

    async def _submit(self) -> None:
        """Upload and begin; the journal knows before, and after."""
        hand, book = self._hand, self._house.book
        parcel = await self._parcel()
        if hand.file is None:
            file = await self._api.upload(self._account, parcel)
            if file is not None:
                await book.write(hand, BatchStepKind.UPLOADED, name=file, text=parcel.digest)
        await book.write(hand, BatchStepKind.SUBMITTING)
        await self._took(await self._api.submit(self._account, parcel, hand.file))

    async def _took(self, status: BatchStatus) -> None:
        await self._house.book.write(self._hand, BatchStepKind.SUBMITTED, name=status.name)
        self._house.lines_of(self._hand).unlink(missing_ok=True)
        self._house.book.saw(self._hand, status)
        words = f"{count_requests(self._hand.requests)} handed in as `{status.name}`"
        self._house.tell(self._hand, EventKind.HANDED_IN, words)

    async def _parcel(self) -> Parcel:
        """The lines as a file: as they were packed, or written anew where a crash took or cut them."""
        hand, path = self._hand, self._house.lines_of(self._hand)
        digest = digest_of(path) if path.is_file() else ""
        if digest != hand.digest:
            packed = Packed(hand.tag, path)
            await self._house.packer.write_again(self._house.collector(hand).tickets(), hand.way, packed)
            digest = packed.digest
        return Parcel(
            tag=hand.tag,
            card=self._house.ways.card_of(hand.way),
            service_tier=hand.way.tier,
            lines=path,
            bytes=path.stat().st_size,
            requests=hand.requests,
            digest=digest,
        )

    async def _after(self, error: BatchError) -> Failure | None:
        """What follows a failed try; None when its requests went another way."""
        hand, failure = self._hand, error.failure
        if hand.step is BatchStepKind.SUBMITTING:
            if error.taken:
                self._tries, self._last = self._tries + 1, failure
                return replace(failure, retry_after_s=failure.retry_after_s or 1.0)  # looked up at the next try
            await self._house.book.write(hand, BatchStepKind.NOT_TAKEN, text=failure.message)
        refusal = refusal_of(failure)
        if refusal is Refusal.FULL and self._house.patience is Patience.LEAVE:
            hand.rests = True
            return None
        if self._gives_up(refusal):
            too_large = refusal is Refusal.FULL and self._house.queue_holds_less(hand)
            await self._house.released(hand, for_lines(failure), anew=too_large)
            return None
        return failure

    def _gives_up(self, refusal: Refusal) -> bool:
        """Whether that was the last try."""
        if refusal is Refusal.FULL:
            self._full += self._house.is_alone(self._hand)
            return self._full >= _FULL_TRIES
        self._tries += 1
        return refusal is Refusal.FINAL or self._tries >= _TRIES

    async def _is_known(self) -> bool:
        """Whether it was found out what became of the last submission; else it rests, or its requests are let go."""
        hand, house = self._hand, self._house
        if hand.way.tier is not ServiceTier.BATCH:  # single requests cannot be looked up
            await house.collector(hand).close(unworked(NOBODY_KNOWS, FailureKind.UNKNOWN))
            await house.settled(hand, NOBODY_KNOWS)
            return False
        finder = Finder(api=self._api, account=self._account, known=house.names(), nap=house.nap)
        match await self._found(finder):
            case BatchStatus() as status:
                await self._took(status)
            case NotTaken():
                await house.book.write(hand, BatchStepKind.NOT_TAKEN, text="the provider has no such batch")
            case Unclear():
                hand.rests = True
        return not hand.rests

    async def _found(self, finder: Finder) -> BatchStatus | NotTaken | Unclear:
        """What the provider lists, as soon as it does."""
        while True:
            try:
                return await finder.found(self._hand)
            except BatchError as error:
                refused = error.failure.kind is FailureKind.ACCOUNT
                if refused or not await self._house.nap(error.failure.retry_after_s or _FIRST_WAIT_S):
                    return Unclear()
