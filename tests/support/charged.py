"""Runs whose money is split: a plan of rows with tenants, and what was journaled of it, by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import polars as pl
from support.plans import CHEAP, STRONG, PlanParts, Row, plan_of

from modelroute_cli.base.frames import ATTEMPTS, check
from modelroute_cli.execution.journal_read import FINALS
from modelroute_cli.planning.plan import Questions
from modelroute_cli.report.charge_facts import ChargeFacts

STARTED = datetime(2026, 11, 23, 23, 50, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt; `accepted` when its answer counts, `cost` None when that is unknown."""

    row: int
    cost: int | None = 100
    kind: str = "first"
    model: str = CHEAP
    accepted: bool = True
    days: int = 0  # after the first
    tokens: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What differs between runs."""

    duplicates: str = "split"
    questions: Questions | None = None
    not_settled: tuple[int, ...] = ()
    caps: Mapping[str, str] = field(default_factory=dict)
    run: str = "run1"
    emulated: bool = False


def rows_of(*tenants: str | None, twins: Mapping[int, int] | None = None) -> list[Row]:
    """A request for each tenant; `twins` says which ask what an earlier one asks."""
    return [Row(tenant=tenant, duplicate_of=(twins or {}).get(at)) for at, tenant in enumerate(tenants)]


def facts_of(rows: Sequence[Row], sent: Sequence[Sent], told: Told | None = None) -> ChargeFacts:
    """A run of these rows, split by tenant."""
    told = told or Told()
    return ChargeFacts(
        run=told.run,
        plan=plan_of(rows, PlanParts(baseline=STRONG)),
        attempts=attempts_of(sent),
        finals=finals_of(sent),
        names=pl.DataFrame(
            [(at, row.tenant or "") for at, row in enumerate(rows)],
            schema={"row": pl.Int64, "name": pl.String},
            orient="row",
        ),
        emulated=told.emulated,
        made_on="2026-11-23",
        not_settled=told.not_settled,
        questions=told.questions,
        duplicates=told.duplicates,
        caps=told.caps,
    )


def attempts_of(sent: Sequence[Sent]) -> pl.DataFrame:
    """The ATTEMPTS of a journal, numbered from 1; each reserved 1,000."""
    rows = [
        {
            "attempt": number,
            "row": item.row,
            "kind": item.kind,
            "model": item.model,
            "model_served": item.model,
            "service_tier": "standard",
            "started_at": STARTED + timedelta(days=item.days),
            "latency_s": 1.0,
            "outcome": "unknown" if item.cost is None else "answered",
            "verdict": "pass" if item.accepted else None,
            "detail": "",
            "input_tokens": item.tokens,
            "output_tokens": 2 * item.tokens,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
            "reasoning_tokens": 0,
            "reserved_pusd": 1_000,
            "cost_pusd": item.cost,
            "emulated": False,
        }
        for number, item in enumerate(sent, 1)
    ]
    return check(pl.DataFrame(rows, schema=ATTEMPTS), ATTEMPTS)


def finals_of(sent: Sequence[Sent]) -> pl.DataFrame:
    """Every row that was sent came to its end: accepted by its last accepted attempt, else failed."""
    ends = {item.row: None for item in sent} | {
        item.row: number for number, item in enumerate(sent, 1) if item.accepted and item.kind != "judge"
    }
    rows = [(row, "failed" if at is None else "accepted", at, "") for row, at in sorted(ends.items())]
    return check(pl.DataFrame(rows, schema=FINALS, orient="row"), FINALS)
