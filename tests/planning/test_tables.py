"""The tables that ship: validated, digested, gathered by task type."""

import hashlib

import msgspec
import polars as pl
import pytest
from support.planning_jobs import requests_of

from modelroute_cli.base.schema import TaskType
from modelroute_cli.base.shipped import shipped_bytes, shipped_digest, shipped_table
from modelroute_cli.planning.expect import LengthTable, ReasoningTable
from modelroute_cli.planning.quality import QualityPrior
from modelroute_cli.planning.tables import by_task

TASKS = list(TaskType)


def test_a_table_that_does_not_fit_is_refused() -> None:
    """A field too many or too few never becomes a default."""
    with pytest.raises(msgspec.ValidationError, match="Object contains unknown field"):
        shipped_table("output_lengths.yaml", QualityPrior)


def test_a_digest_is_of_the_bytes() -> None:
    """Any change of the file changes it."""
    expected = hashlib.sha256(shipped_bytes("quality_prior.yaml")).hexdigest()
    assert shipped_digest("quality_prior.yaml") == f"sha256:{expected}"


def test_values_are_gathered_by_task_type() -> None:
    """Each row gets its own task type's value, whole numbers as Int64 and shares as Float64."""
    frame = requests_of(*({"task_type": task.value} for task in reversed(TASKS)))
    numbers = frame.select(by_task(TASKS.index)).to_series()
    assert numbers.to_list() == list(reversed(range(len(TASKS))))
    assert numbers.dtype == pl.Int64
    assert frame.select(by_task(lambda _: 0.5)).to_series().dtype == pl.Float64


def test_lengths_are_ranges() -> None:
    """Low <= mean <= high for every task type, each with a source."""
    table = shipped_table("output_lengths.yaml", LengthTable)
    assert set(table.task_types) == set(TASKS)
    for task, length in table.task_types.items():
        assert 0 < length.low <= length.mean <= length.high, task
        assert length.source, task
    assert table.hint_range.low < 1 < table.hint_range.high


def test_more_effort_is_more_reasoning() -> None:
    """Every model's efforts rise, none is negative, and the default is one of what it can be."""
    table = shipped_table("reasoning.yaml", ReasoningTable)
    assert set(table.task_factors) == set(TASKS)
    order = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
    for name, model in {**table.models, "unknown": table.unknown_model}.items():
        rising = [model.efforts[effort] for effort in order if effort in model.efforts]
        assert rising == sorted(rising), name
        assert min(rising) >= 0, name
        assert model.efforts["provider_default"] in rising or len(rising) == 1, name
        assert model.source, name
