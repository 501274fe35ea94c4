"""Sums over a journal, made by SQLite: no attempt becomes an object, however many there are."""

from pathlib import Path

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.meter import ModelTotals

_BY_MODEL = """
SELECT model, SUM(f.row IS NOT NULL), SUM(kind = 'escalation'), COALESCE(SUM(cost_pusd), 0)
FROM intents i LEFT JOIN outcomes o USING (attempt) LEFT JOIN finals f ON f.row = i.row AND f.attempt = i.attempt
GROUP BY model
"""


def totals_by_model(path: Path) -> dict[str, ModelTotals]:
    """What each model did so far; a request that ended without any answer counts for none. StorageError."""
    with reading(path) as connection:
        rows = connection.execute(_BY_MODEL).fetchall()
    return {model: ModelTotals(done, escalations, PicoUSD(spent)) for model, done, escalations, spent in rows}
