"""What a report says beyond its totals: each part from the plan and the journal's frames, all of it bounded in size."""

import polars as pl

from modelroute_cli.report.actual_baseline import actual_costs, chosen_baseline
from modelroute_cli.report.basis import basis
from modelroute_cli.report.detail_types import Details
from modelroute_cli.report.groups import by_template, by_tenant
from modelroute_cli.report.latency import latency
from modelroute_cli.report.pace_use import pace
from modelroute_cli.report.run_types import RunFacts


def details(facts: RunFacts, answers: pl.DataFrame) -> Details:
    """All of them; `answers` as `accepted_answers` gives them."""
    header = facts.plan.header
    priced = answers.with_columns(_baseline(facts, answers).alias("baseline_pusd"))
    return Details(
        templates=by_template(facts, priced),
        tenants=by_tenant(facts, priced),
        latency=latency(facts.attempts),
        pace=pace(facts.attempts, header),
        samples=facts.samples,
        basis=basis(header),
    )


def _baseline(facts: RunFacts, answers: pl.DataFrame) -> pl.Expr | pl.Series:
    """What each answer would have cost on the chosen baseline; null where that cannot be known."""
    header = facts.plan.header
    costs = actual_costs(answers, header, chosen_baseline(header))
    return pl.lit(None, pl.Int64) if costs is None else costs
