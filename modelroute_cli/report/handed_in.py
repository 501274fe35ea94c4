"""What is handed in and not all collected: provider by provider, batch by batch, by the journal alone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.offers import tier_terms
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.execution.journal_batches import BatchView
from modelroute_cli.execution.records import BatchStepKind
from modelroute_cli.planning.plan import PlanHeader
from modelroute_cli.providers.batch import BatchPhase

_NOT_BEGUN = "to be uploaded"
_STATES: Mapping[BatchStepKind, str] = {  # the one that is furthest behind first; `seen` is never the last step
    BatchStepKind.NOT_TAKEN: "to be submitted again",
    BatchStepKind.UPLOADED: "uploaded",
    BatchStepKind.SUBMITTING: "being submitted",
    BatchStepKind.SUBMITTED: "submitted",
    BatchStepKind.CANCELLING: "being cancelled",
    BatchStepKind.ENDED: "to be collected",
    BatchStepKind.GONE: "not known there any more",
    BatchStepKind.SETTLED: "settled",
}
_ORDER = (_NOT_BEGUN, *_STATES.values())
_PHASES = frozenset(BatchPhase)  # as a look at a batch notes them


class BatchLine(Struct, frozen=True, kw_only=True):
    """One provider batch; times are ISO, UTC, and what is not known or has not happened is None."""

    batch: int
    name: str | None  # the provider's own
    file: str | None  # the provider's name of its lines
    tag: str  # what we call it there, where that is kept
    model: str | None  # None where it holds several
    requests: int
    done: int | None  # as the provider last said
    collected: int
    state: str
    since: str | None  # when it was submitted
    expected_at: str | None  # when most answers are there, as far as the provider says how long that takes
    ends_at: str | None  # when the provider gives up what it has not done
    due_at: str | None  # when the first of its requests has its deadline
    spent_pusd: PicoUSD
    reserved_pusd: PicoUSD  # the most that what is not collected can cost
    note: str


class HandedIn(Struct, frozen=True, kw_only=True):
    """What one provider has at one service tier; `done` is None where it says of no batch how far that is."""

    provider: str
    service_tier: str
    requests: int
    done: int | None
    collected: int
    state: str  # of the batch that is furthest behind
    since: str | None  # of the oldest
    expected_at: str | None  # of the last
    due_at: str | None  # of the first
    reserved_pusd: PicoUSD
    batches: tuple[BatchLine, ...]


def handed_in(views: Sequence[BatchView], header: PlanHeader) -> tuple[HandedIn, ...]:
    """The batches that are not settled, by provider and tier in the order of their names."""
    open_views = [view for view in views if not view.is_settled]
    keys = sorted({(view.provider, view.service_tier) for view in open_views})
    return tuple(_group(key, [view for view in open_views if _key(view) == key], header) for key in keys)


def reserved(views: Sequence[BatchView]) -> PicoUSD:
    """What is reserved for requests that are handed in and not collected."""
    return PicoUSD(sum(view.held_pusd for view in views if not view.is_settled))


def _key(view: BatchView) -> tuple[str, str]:
    return view.provider, view.service_tier


def _group(key: tuple[str, str], views: Sequence[BatchView], header: PlanHeader) -> HandedIn:
    """One provider at one tier."""
    lines = tuple(_line(view, header) for view in views)
    told = [line.done for line in lines if line.done is not None]
    return HandedIn(
        provider=key[0],
        service_tier=key[1],
        requests=sum(line.requests for line in lines),
        done=sum(told) if told else None,
        collected=sum(line.collected for line in lines),
        state=min((line.state for line in lines), key=_order),
        since=min(_known(line.since for line in lines), default=None),
        expected_at=max(_known(line.expected_at for line in lines), default=None),
        due_at=min(_known(line.due_at for line in lines), default=None),
        reserved_pusd=PicoUSD(sum(line.reserved_pusd for line in lines)),
        batches=lines,
    )


def _line(view: BatchView, header: PlanHeader) -> BatchLine:
    """One batch."""
    terms = _terms(view, header)
    since = view.submitted_at or view.submitting_at
    return BatchLine(
        batch=view.batch,
        name=view.name,
        file=view.file,
        tag=view.tag,
        model=view.model or None,
        requests=view.requests,
        done=view.done,
        collected=view.requests - view.open,
        state=_state(view),
        since=since,
        expected_at=_after(since, terms.typical_s),
        ends_at=_after(since, terms.window_s),
        due_at=view.due_at,
        spent_pusd=view.spent_pusd,
        reserved_pusd=view.held_pusd,
        note="" if view.text in _PHASES else view.text or "",
    )


def _state(view: BatchView) -> str:
    """Where it stands; of one that is submitted, what its provider says of it."""
    if view.step is None:
        return _NOT_BEGUN
    if view.step is BatchStepKind.SUBMITTED and view.text in _PHASES:
        return view.text or ""
    return _STATES[view.step]


def _order(state: str) -> int:
    """The furthest behind first."""
    return _ORDER.index(_STATES[BatchStepKind.SUBMITTED] if state in _PHASES else state)


def _terms(view: BatchView, header: PlanHeader) -> TierTerms:
    """How the tier is sold: of the batch's model, else of the provider; nothing known of one that left the plan."""
    tier, provider = ServiceTier(view.service_tier), header.providers.get(view.provider)
    if provider is None:
        return TierTerms()
    card = header.models.get(view.model)
    found = provider.tiers.get(tier) if card is None else tier_terms(card, provider, tier)
    return found or TierTerms()


def _after(since: str | None, seconds: int | None) -> str | None:
    """So many seconds after a time, where both are known."""
    if since is None or seconds is None:
        return None
    return (datetime.fromisoformat(since) + timedelta(seconds=seconds)).isoformat()


def _known(times: Iterator[str | None]) -> list[str]:
    return [time for time in times if time is not None]
