"""The prior table: complete, sourced, and turned into columns."""

import polars as pl
import pytest
from support.planning_jobs import requests_of, settings_of

from modelroute_cli.base.schema import TaskType
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.planning.quality import load_prior, prior_digest, quality_columns


def test_every_shipped_model_has_a_cell_for_every_task_type() -> None:
    """No card falls back to what is believed of unknown models without our knowing."""
    cards = load_catalog(settings_of()).models.values()
    prior = load_prior()
    missing = {
        (card.base_model, task)
        for card in cards
        for task in TaskType
        if task not in getattr(prior.models.get(card.base_model), "cells", {})
    }
    assert missing == set()


def test_every_cell_names_its_source_and_is_wider_than_nothing() -> None:
    """A belief without a source or without doubt is not written down."""
    for prior in load_prior().models.values():
        for belief in prior.cells.values():
            assert belief.source
            assert 0 < belief.sd <= 0.2
            assert belief.mean - belief.sd > 0


def test_unknown_models_are_believed_less_and_more_widely() -> None:
    """A model nobody knows stands below most known ones and its range is wide."""
    belief = load_prior().belief("somebody/new-model", TaskType.EMAIL)
    assert (belief.mean, belief.sd) == (0.70, 0.15)


def test_low_quality_is_one_standard_deviation_below() -> None:
    """`quality_low` is mean - 1 sd of the cell."""
    prior = load_prior()
    belief = prior.belief("gpt-6-luna", TaskType.MATH)
    frame = requests_of({"task_type": "math"}).select(*quality_columns(prior, "gpt-6-luna"))
    assert frame.row(0) == (belief.mean, pytest.approx(belief.mean - belief.sd))


def test_languages_that_are_not_well_served_cost_quality() -> None:
    """German and the undetermined cost nothing, Icelandic costs DeepSeek more than others."""
    prior = load_prior()
    rows = requests_of({"language": "de"}, {"language": "und"}, {"language": "is"})
    luna = rows.select(*quality_columns(prior, "gpt-6-luna"))["quality"].to_list()
    deepseek = rows.select(*quality_columns(prior, "deepseek-chat"))["quality"].to_list()
    assert luna == [0.88, 0.88, 0.86]
    assert deepseek == [0.84, 0.84, 0.76]


def test_quality_stays_a_share() -> None:
    """No belief leaves [0,1], whatever is taken off."""
    prior = load_prior()
    rows = requests_of(*({"task_type": task.value, "language": "is"} for task in TaskType))
    for model in (*prior.models, "nobody"):
        values = rows.select(*quality_columns(prior, model))
        assert values.select(pl.all().is_between(0, 1).all()).row(0) == (True, True)


def test_the_table_has_a_digest() -> None:
    """A plan can name the table it used."""
    assert prior_digest().startswith("sha256:")
    assert len(prior_digest()) == len("sha256:") + 64
