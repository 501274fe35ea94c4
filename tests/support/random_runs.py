"""Runs of any shape, for what must hold of all of them: requests, attempts and endings that fit together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl
from hypothesis import strategies as st
from msgspec import structs
from support.report_plans import STARTED, assignments, attempts, facts, header

from modelroute_cli.base.frames import ASSIGNMENTS, ATTEMPTS, check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_read import FINALS
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.run_types import RunFacts

MODELS = ("cheap-1", "good-1", "gpt-5")
_KINDS = ("first", "retry", "fallback", "escalation", "judge", "control")
_money = st.integers(0, 10**12) | st.integers(0, 10**6)


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt: a cost of None means that nobody knows it."""

    kind: str
    model: str
    cost_pusd: int | None
    tokens: int | None
    latency_s: float
    refused: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; a duplicate of the first one where it says so."""

    template: str
    tenant: str | None
    cost_pusd: int
    tried: tuple[Tried, ...]
    status: str | None
    reason: str
    is_duplicate: bool = False


_tried = st.builds(
    Tried,
    kind=st.sampled_from(_KINDS),
    model=st.sampled_from(MODELS[:2]),
    cost_pusd=st.none() | _money,
    tokens=st.none() | st.integers(0, 5_000),
    latency_s=st.floats(0, 400, allow_nan=False),
    refused=st.booleans(),
)
_asked = st.builds(
    Asked,
    template=st.sampled_from(("t1", "t2", "t3")),
    tenant=st.sampled_from((None, "acme", "=cmd()", "<b>north|west</b>")),
    cost_pusd=_money,
    tried=st.lists(_tried, max_size=4).map(tuple),
    status=st.sampled_from((None, "accepted", "failed")),
    reason=st.sampled_from(("refusal: said no", "timeout", "<script>alert(1)</script>")),
    is_duplicate=st.booleans(),
)
requests = st.lists(_asked, min_size=1, max_size=12)


def random_facts() -> st.SearchStrategy[RunFacts]:
    """Any run of one to twelve requests."""
    return requests.map(facts_of)


def facts_of(asked: Sequence[Asked]) -> RunFacts:
    """The plan and the frames of these requests; a duplicate has no attempts and no end of its own."""
    own = [at for at, each in enumerate(asked) if at == 0 or not each.is_duplicate]
    sent = attempts_of({at: asked[at].tried for at in own})
    planned = sum(asked[at].cost_pusd for at in own)
    costs = sent["cost_pusd"].sum()
    held = sent.filter(pl.col("cost_pusd").is_null())["reserved_pusd"].sum()
    return replace(
        facts(),
        plan=_plan(asked, own, PicoUSD(planned)),
        attempts=sent,
        finals=_finals(asked, own, sent),
        spent_pusd=PicoUSD(int(costs)),
        held_pusd=PicoUSD(int(held)),
    )


def _plan(asked: Sequence[Asked], own: Sequence[int], planned: PicoUSD) -> Plan:
    """The plan; its totals are its assignments'."""
    first = assignments().row(0, named=True)
    rows = [
        {
            **first,
            "row": at,
            "custom_id": f"id-{at}",
            "duplicate_of": None if at in own else 0,
            "template": each.template if at in own else asked[0].template,
            "tenant": each.tenant,
            "cost_pusd": each.cost_pusd if at in own else 0,
        }
        for at, each in enumerate(asked)
    ]
    totals = structs.replace(
        header().totals, requests=len(own), duplicates=len(asked) - len(own), cost_pusd=planned,
        cost_low_pusd=planned, cost_range_pusd=planned,
    )  # fmt: skip
    frame = check(pl.DataFrame(rows, schema=ASSIGNMENTS), ASSIGNMENTS)
    return Plan(structs.replace(header(), totals=totals), frame.lazy())


def attempts_of(tried: dict[int, tuple[Tried, ...]]) -> pl.DataFrame:
    """ATTEMPTS, one second apart."""
    every = [(row, each) for row, tries in tried.items() for each in tries]
    rows = [_attempt(number, row, each) for number, (row, each) in enumerate(every, start=1)]
    return check(pl.DataFrame(rows, schema=ATTEMPTS), ATTEMPTS)


def _attempt(number: int, row: int, tried: Tried) -> dict[str, object]:
    """One row of them."""
    known = tried.cost_pusd is not None
    return {
        **attempts().row(0, named=True),
        "attempt": number,
        "row": row,
        "kind": tried.kind,
        "model": tried.model,
        "model_served": tried.model if known else None,
        "started_at": STARTED + timedelta(seconds=number),
        "latency_s": tried.latency_s,
        "outcome": "answered" if known else "unknown",
        "failure": "rate_limited" if tried.refused else None,
        "verdict": "pass" if known else None,
        "input_tokens": tried.tokens,
        "output_tokens": tried.tokens,
        "reserved_pusd": (tried.cost_pusd or 0) + 1_000,
        "cost_pusd": tried.cost_pusd,
    }


def _finals(asked: Sequence[Asked], own: Sequence[int], sent: pl.DataFrame) -> pl.DataFrame:
    """How they ended; nothing is accepted that was not answered."""
    return pl.DataFrame(list(_ends(asked, own, sent)), schema=FINALS, orient="row")


def _ends(asked: Sequence[Asked], own: Sequence[int], sent: pl.DataFrame) -> Iterator[tuple[int, str, int | None, str]]:
    for at in own:
        each = asked[at]
        answers = sent.filter(
            (pl.col("row") == at) & (pl.col("outcome") == "answered") & (pl.col("kind") != "judge")
        )["attempt"]  # fmt: skip
        if each.status == "accepted" and len(answers):
            yield at, "accepted", int(answers[-1]), ""
        elif each.status == "failed":
            yield at, "failed", int(answers[-1]) if len(answers) else None, each.reason
