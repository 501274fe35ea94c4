"""What each gate of a run looked at, caught, and cost; and how often it is known to have erred."""

from collections.abc import Mapping

import polars as pl
from msgspec import Struct, structs

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.verdict_log import VerdictLog

_FAILED = pl.col("verdict").is_not_null() & (pl.col("verdict") != "pass")


class GateLine(Struct, frozen=True, kw_only=True):
    """One gate of a run. Answers are counted, and a request may have several that one gate failed."""

    gate: str
    looked: int | None  # None: written by a version that did not keep it
    failed: int
    accepted_after: int  # of the failed ones: another answer to their request was accepted
    waiting: int  # of the failed ones: their request is not at its end
    false_alarms: int  # of the failed ones: they equal `expected`, or what was accepted later
    known: int  # of the failed ones: it is known whether they were right
    following_pusd: PicoUSD  # attempts that followed, until the next answer that failed
    own_pusd: PicoUSD  # what the gate itself asked models


def gate_lines(attempts: pl.DataFrame, finals: pl.DataFrame, verdicts: VerdictLog) -> tuple[GateLine, ...]:
    """The gates of ATTEMPTS, FINALS and the log of verdicts, the busiest first; money is exact."""
    looked = verdicts.looked or {}
    failed = _failed(attempts, finals, verdicts.failed)
    following = _following(attempts)
    asked = int(attempts.filter(pl.col("kind") == "judge")["cost_pusd"].sum())
    gates = dict.fromkeys((*failed, *looked))
    lines = [_line(gate, looked, failed.get(gate), following.get(gate, 0)) for gate in gates]
    told = [line if line.gate != "judge" else _with_own(line, asked) for line in lines]
    return tuple(sorted(told, key=lambda line: -line.failed))


class _Failures(Struct, frozen=True):
    """Counts of the answers that one gate failed."""

    failed: int = 0
    accepted_after: int = 0
    waiting: int = 0
    false_alarms: int = 0
    known: int = 0


def _line(gate: str, looked: Mapping[str, int], found: _Failures | None, following: int) -> GateLine:
    counts = found or _Failures()
    return GateLine(
        gate=gate,
        looked=looked.get(gate),
        failed=counts.failed,
        accepted_after=counts.accepted_after,
        waiting=counts.waiting,
        false_alarms=counts.false_alarms,
        known=counts.known,
        following_pusd=PicoUSD(following),
        own_pusd=PicoUSD(0),
    )


def _with_own(line: GateLine, asked: int) -> GateLine:
    return structs.replace(line, own_pusd=PicoUSD(asked))


def _failed(attempts: pl.DataFrame, finals: pl.DataFrame, verdicts: pl.DataFrame) -> dict[str, _Failures]:
    """What became of the answers that each gate failed, and what is known of them."""
    told = (
        attempts.filter(_FAILED & (pl.col("kind") != "control"))
        .select("attempt", "row", "verdict")
        .join(verdicts, on="attempt", how="left")
    )
    ended = told.join(finals.select("row", "status"), on="row", how="left")
    right = pl.any_horizontal(pl.col("right").fill_null(False), pl.col("same").fill_null(False))
    known = pl.col("right").is_not_null() | pl.col("same").fill_null(False)
    counts = ended.group_by("verdict", maintain_order=True).agg(
        pl.len(),
        (pl.col("status") == "accepted").sum(),
        pl.col("status").is_null().sum().alias("waiting"),
        right.sum().alias("false_alarms"),
        known.sum().alias("known"),
    )
    return {str(gate): _Failures(*map(int, found)) for gate, *found in counts.iter_rows()}


def _following(attempts: pl.DataFrame) -> dict[str, int]:
    """What attempts cost that followed a failed answer, by its gate; judges' and the baseline's are not among them."""
    attempts = attempts.filter(~pl.col("kind").is_in(["judge", "control"]))
    cause = pl.when(_FAILED).then(pl.col("verdict")).shift(1).forward_fill().over("row", order_by="attempt")
    costs = attempts.select(cause.alias("cause"), "cost_pusd").drop_nulls("cause").group_by("cause").sum()
    return {str(gate): int(cost) for gate, cost in costs.iter_rows()}
