"""What judging came to: who judged how many answers, what that cost against its plan, and what no gate looked at."""

from math import ceil

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.figures import total
from modelroute_cli.report.run_types import JudgeLine, JudgingUse, RunFacts

_IS_JUDGE = pl.col("kind") == "judge"


def written(attempts: pl.DataFrame) -> pl.DataFrame:
    """The attempts that were to answer a request: all but those that asked a judge."""
    return attempts.filter(~_IS_JUDGE)


def judging_cost(attempts: pl.DataFrame) -> PicoUSD:
    """What judges cost."""
    return total(attempts.filter(_IS_JUDGE)["cost_pusd"].fill_null(0))


def judging_use(facts: RunFacts) -> JudgingUse | None:
    """What was judged and what was not; None where the plan has no judge and every gate looked."""
    planned, looked = facts.plan.header.judging, facts.looked
    unjudged = looked is not None and (looked.unjudged or looked.unjudged_by_command)
    asked = facts.attempts.filter(_IS_JUDGE)
    if not (planned or asked.height or unjudged):
        return None
    return JudgingUse(
        judges=_lines(facts, asked),
        passed=looked.passed if looked else 0,
        rejected=looked.rejected if looked else 0,
        unjudged=looked.unjudged if looked else 0,
        unjudged_by_command=looked.unjudged_by_command if looked else 0,
        projected_pusd=PicoUSD(sum(line.cost_pusd for line in planned)),
        cost_pusd=judging_cost(asked),
    )


def judging_to_come(facts: RunFacts) -> PicoUSD:
    """What judging the requests that have not ended is expected to cost, as it was planned."""
    header = facts.plan.header
    planned = sum(line.cost_pusd for line in header.judging)
    waiting = header.totals.requests - facts.finals.height
    return PicoUSD(ceil(planned * waiting / header.totals.requests) if planned else 0)


def _lines(facts: RunFacts, asked: pl.DataFrame) -> tuple[JudgeLine, ...]:
    """One line for each judge that was planned or asked, by name."""
    header = facts.plan.header
    planned = {line.model: line for line in header.judging}
    done = {str(model): each for (model,), each in asked.group_by("model")}
    names = sorted({*planned, *done})
    return tuple(
        JudgeLine(
            model=name,
            projected_calls=planned[name].calls if name in planned else 0,
            calls=done[name].height if name in done else 0,
            projected_pusd=planned[name].cost_pusd if name in planned else PicoUSD(0),
            cost_pusd=judging_cost(done[name]) if name in done else PicoUSD(0),
        )
        for name in names
    )
