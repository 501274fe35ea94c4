"""Output limits that fit: what the answers of each template take, and the limit that 99 of 100 of them keep to.

Problem: several providers count the whole output limit against tokens a minute when they admit a request, and every
reservation counts it too, but a planned limit is a cautious guess, made before any answer.
Solution: once a template has given enough answers on a model, later first attempts there get the 99% quantile of what
was taken, as a multiple of what was planned for each, with slack, where tokens or money hold them back. That is a
split-conformal quantile (Vovk et al. 2005): of exchangeable answers at most 1 in 100 passes it, whatever their
distribution. One that does is sent again with its planned limit.
What still fails: answers that change faster than the newest 500 show. Then too many are cut off, and sizing stops.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import ceil, inf

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.tickets import Ticket

LEAST_ANSWERS = 100  # fewer have no 99% quantile
_REMEMBERED = 500  # the newest: a job's answers may change on the way
_CUT = 0.01  # of answers is meant to be cut off
_SLACK = 1.1
_FRESH = 0.02  # of the answers are new before their quantile is read off again
_UNLUCKY = 3  # cut off beside twice what is meant, before a template is no longer sized
_SIZED = frozenset({AttemptKind.FIRST, AttemptKind.RETRY, AttemptKind.STANDARD})
_TOLD = frozenset({*_SIZED, AttemptKind.RESEND})  # whose answers say how long answers are


@dataclass(frozen=True, slots=True)
class Ways:
    """What a model allows: the least output limit it takes, and the least that one token of it costs on each tier."""

    least_tokens: int
    token_pusd: Callable[[str], PicoUSD]


@dataclass(slots=True)
class _Lengths:
    """What the newest answers took, as multiples of their plan."""

    newest: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    sized: int = 0  # answers under a smaller limit than planned
    cut: int = 0  # of these, cut off by it
    _unread: int = 0  # answers since the quantile was read off
    _quantile: float = inf

    def add(self, multiple: float) -> None:
        """One more answer; the oldest is forgotten."""
        self.newest.append(multiple)
        self._unread += 1

    @property
    def quantile(self) -> float | None:
        """What the next answer keeps to with a probability of 99%; None while too few are known, or cut too often."""
        answers = len(self.newest)
        if answers < LEAST_ANSWERS or self.cut > 2 * _CUT * self.sized + _UNLUCKY:
            return None
        if self._unread >= _FRESH * answers:
            self._unread = 0
            self._quantile = sorted(self.newest)[ceil((answers + 1) * (1 - _CUT)) - 1]
        return self._quantile


@dataclass(frozen=True, slots=True)
class Taken:
    """What one answer took, as a multiple of what was planned for it; infinite where its planned limit cut it off."""

    template: str
    model: str
    multiple: float


class Sizing:
    """What the answers of a run took; `ways` is None for models whose limit stays as planned."""

    def __init__(self, ways: Callable[[str], Ways | None] = lambda _: None) -> None:
        self._ways = ways
        self._lengths: dict[tuple[str, str], _Lengths] = {}

    def observe(self, ticket: Ticket, output_tokens: int, *, cut: bool) -> None:
        """An answer of the planned model took so many tokens, reasoning included, or was `cut` off after them."""
        if ticket.kind not in _TOLD or ticket.model != ticket.assigned.model or self._ways(ticket.model) is None:
            return
        lengths = self._of(_key(ticket))
        if ticket.is_fitted:
            lengths.sized += 1
            lengths.cut += cut
        if not (cut and ticket.is_fitted):  # that one's true length comes with its second answer
            lengths.add(inf if cut else output_tokens / max(ticket.assigned.output_tokens, 1))

    def recall(self, taken: Iterable[Taken]) -> None:
        """Answers of earlier sessions, in order."""
        for item in taken:
            if self._ways(item.model) is not None:
                self._of((item.template, item.model)).add(item.multiple)

    def _of(self, key: tuple[str, str]) -> _Lengths:
        known = self._lengths.get(key)
        if known is None:
            known = self._lengths[key] = _Lengths()
        return known

    def fitted(self, ticket: Ticket) -> Ticket:
        """The ticket with a smaller limit, and what it costs at most with that; itself where none is known."""
        ways = self._ways(ticket.model) if _may_fit(ticket) else None
        lengths = self._lengths.get(_key(ticket))
        multiple = None if ways is None or lengths is None else lengths.quantile
        if ways is None or multiple is None or multiple == inf:
            return ticket
        tokens = ceil(round(max(ticket.assigned.output_tokens, 1) * multiple * _SLACK, 6))  # 110.00000000000001 is 110
        limit = max(tokens, ways.least_tokens)
        if limit >= ticket.max_tokens:
            return ticket
        saved = ways.token_pusd(ticket.service_tier) * (ticket.max_tokens - limit)
        return replace(ticket, max_tokens=limit, worst_pusd=PicoUSD(ticket.worst_pusd - saved))


def _key(ticket: Ticket) -> tuple[str, str]:
    """The template and model; requests without a template go by their task type."""
    return (ticket.assigned.template or ticket.assigned.task_type, ticket.model)


def taken_in(attempts: pl.DataFrame, assignments: pl.LazyFrame) -> Iterator[Taken]:
    """What the newest answers of each template and model in a journal's ATTEMPTS took, against the plan's ASSIGNMENTS.

    Of a request that was sent again because its answer was cut off, the last answer counts.
    """
    told = pl.col("kind").is_in([kind.value for kind in _TOLD]) & pl.col("output_tokens").is_not_null()
    template = pl.when(pl.col("template") == "").then("task_type").otherwise("template").alias("template")
    planned = assignments.select("row", "model", template, pl.col("output_tokens").clip(lower_bound=1).alias("planned"))
    lasts = (
        attempts.lazy().filter((pl.col("outcome") == "answered") & told).unique("row", keep="last", maintain_order=True)
    )
    multiple = (
        pl.when(pl.col("finish_reason") == "length").then(inf).otherwise(pl.col("output_tokens") / pl.col("planned"))
    )
    rows = lasts.join(planned, on=["row", "model"], how="inner", maintain_order="left")
    newest = rows.group_by("template", "model", maintain_order=True).tail(_REMEMBERED)
    for values in newest.select("template", "model", multiple.alias("multiple")).collect().iter_rows():
        yield Taken(*values)


def _may_fit(ticket: Ticket) -> bool:
    """Whether a ticket is a first attempt as it was planned, and never was cut off by a limit that was to fit it."""
    planned = ticket.model == ticket.assigned.model and ticket.max_tokens == ticket.assigned.max_tokens
    return planned and ticket.kind in _SIZED and not ticket.extra and not ticket.history.cut
