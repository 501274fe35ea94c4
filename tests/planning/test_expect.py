"""Expected tokens: lengths, hidden reasoning, the limit that is sent."""

from collections.abc import Mapping

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.planning_jobs import requests_of, settings_of

from modelroute_cli.base.schema import TaskType
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import Assumptions, LengthRange
from modelroute_cli.features.tokens import TokenFamily, family
from modelroute_cli.planning.expect import (
    Expectations,
    load_expectations,
    reasoning_source,
    reasoning_tokens,
    token_columns,
    visible_length,
)

KNOWN = load_expectations(Assumptions())
MODELS = load_catalog(settings_of()).models
DOUBLE = TokenFamily(
    name="double",
    method="calibrated",
    ratio=2.0,
    ratio_high=3.0,
    frame_base=3,
    frame_per_message=4,
    schema_base=50,
    image_tokens=1000,
    image_tokens_high=1500,
    source="test",
)


def expected(
    model: str, row: Mapping[str, object], *, known: Expectations = KNOWN, like: TokenFamily | None = None
) -> dict[str, int]:
    """The token columns of one request on one model."""
    card = MODELS[model]
    frame = token_columns(known, card, like or family(card.tokenizer), requests_of(row)).collect()
    names = [name for name in frame.columns if name.endswith("_tokens")]
    return {name: int(value) for name, value in frame.select(names).row(0, named=True).items() if value is not None}


def test_input_is_content_times_ratio_and_the_frame() -> None:
    """Content is scaled and rounded up; base and messages are added; the high count uses the upper ratio."""
    counts = expected("gpt-6-luna", {"input_tokens": 101, "message_count": 2}, like=DOUBLE)
    assert counts["input_tokens"] == 2 * 101 + 3 + 2 * 4
    assert counts["input_high_tokens"] == 3 * 101 + 3 + 2 * 4


def test_schemas_and_images_are_input() -> None:
    """A schema costs its text and a base, an image what the family takes, more in the reservation."""
    counts = expected("gpt-6-luna", {"has_schema": True, "schema_tokens": 30, "image_sizes": [0, 0]}, like=DOUBLE)
    assert counts["input_tokens"] == 2 * 100 + 3 + 4 + 2 * 30 + 50 + 2 * 1000
    assert counts["input_high_tokens"] == 3 * 100 + 3 + 4 + 3 * 30 + 50 + 2 * 1500


def test_without_a_hint_the_task_type_says_how_long() -> None:
    """An e-mail on a model that does not think takes the table's mean, low and high."""
    counts = expected("gpt-6-luna", {"task_type": "email"})
    assert (counts["output_low_tokens"], counts["output_tokens"], counts["output_high_tokens"]) == (120, 240, 420)
    assert counts["reasoning_tokens"] == 0
    assert counts["max_tokens"] == 630


def test_the_prompts_own_length_wins_over_the_table() -> None:
    """A hint is the mean; its range is narrower than the table's."""
    counts = expected("gpt-6-luna", {"task_type": "analysis", "length_hint_tokens": 100})
    assert (counts["output_low_tokens"], counts["output_tokens"], counts["output_high_tokens"]) == (70, 100, 150)


def test_a_long_answer_asked_for_has_room() -> None:
    """The limit is a high quantile of the asked length: half as much again, and half of that again."""
    assert expected("gpt-6-luna", {"task_type": "email", "length_hint_tokens": 1000})["max_tokens"] == 2250


def test_a_short_length_in_the_prompt_does_not_cut_answers_off() -> None:
    """It may have been meant for a part: the limit has room for the task type's mean."""
    counts = expected("gpt-6-luna", {"task_type": "email", "length_hint_tokens": 8})
    assert (counts["output_tokens"], counts["max_tokens"]) == (8, 360)


def test_short_answers_keep_room() -> None:
    """A label is sent with the least limit, so that a chatty model is not cut off."""
    assert expected("gpt-6-luna", {"task_type": "classification", "length_hint_tokens": 2})["max_tokens"] == 64


def test_the_rows_own_limit_cuts_everything() -> None:
    """Expected counts never pass what the row allows, and that is what is sent."""
    counts = expected("gpt-6-luna", {"task_type": "email", "max_output_tokens": 150})
    assert (counts["output_low_tokens"], counts["output_tokens"], counts["output_high_tokens"]) == (120, 150, 150)
    assert counts["max_tokens"] == 150


def test_a_reasoning_model_is_not_starved_by_the_rows_limit() -> None:
    """A limit of 50 visible tokens leaves room for four times the expected reasoning on top."""
    counts = expected("gpt-5", {"task_type": "email", "max_output_tokens": 50})
    assert counts["reasoning_tokens"] == 720
    assert counts["output_tokens"] == 50 + 720
    assert counts["max_tokens"] == 50 + 4 * 720


def test_a_model_that_always_thinks_has_room_even_where_no_thought_is_expected() -> None:
    """Assuming no reasoning away from a model that cannot stop thinking does not starve it."""
    known = load_expectations(Assumptions(reasoning_tokens={"gpt-5": {"default": 0}}))
    counts = expected("gpt-5", {"task_type": "email"}, known=known)
    assert counts["reasoning_tokens"] == 0
    assert counts["max_tokens"] == 630 + 1024


def test_output_counts_as_the_model_counts() -> None:
    """The same answer is more tokens on a finer vocabulary, and the limit allows for its widest count."""
    counts = expected("gpt-6-luna", {"task_type": "email"}, like=DOUBLE)
    assert (counts["output_tokens"], counts["output_high_tokens"]) == (480, 840)
    assert counts["max_tokens"] == 420 * 3 * 3 // 2


def test_nothing_passes_what_the_model_can_give() -> None:
    """The card's own maximum is the last word."""
    counts = expected("deepseek-chat", {"max_output_tokens": 100_000})
    assert counts["max_tokens"] == MODELS["deepseek-chat"].max_output_tokens == 8192


def test_assumed_lengths_win_over_the_table() -> None:
    """A task type's own line is used, `default` for all others."""
    known = load_expectations(
        Assumptions(
            output_tokens={"email": LengthRange(mean=10, low=5, high=20), "default": LengthRange(mean=7, low=1, high=9)}
        )
    )
    assert visible_length(known, TaskType.EMAIL).mean == 10
    assert visible_length(known, TaskType.CODE).mean == 7
    assert visible_length(known, TaskType.CODE).source == "settings: assumptions.output_tokens"
    assert visible_length(KNOWN, TaskType.CODE).mean == 450


@pytest.mark.parametrize(
    ("assumed", "tokens"),
    [
        ({"gpt-5": {"email": 1150, "default": 9}}, 1150),
        ({"gpt-5": {"default": 9}}, 9),
        ({"gpt-5": {"code": 5}}, 720),
        ({"gpt-5-mini": {"email": 1150}}, 720),
    ],
)
def test_assumed_reasoning_wins_over_the_table(assumed: dict[str, dict[str, int]], tokens: int) -> None:
    """The task type's number, else the model's default, else the table."""
    known = load_expectations(Assumptions(reasoning_tokens=assumed))
    assert reasoning_tokens(known, MODELS["gpt-5"], TaskType.EMAIL) == tokens


def test_assumptions_reach_the_same_weights_behind_a_gateway() -> None:
    """What is assumed of a model holds for its copies elsewhere, whose base model it is."""
    known = load_expectations(Assumptions(reasoning_tokens={"gpt-5": {"default": 77}}))
    card = msgspec.structs.replace(MODELS["gpt-5"], name="elsewhere/gpt-5")
    assert reasoning_tokens(known, card, TaskType.CODE) == 77
    assert reasoning_source(known, card) == "settings: assumptions.reasoning_tokens"
    assert reasoning_source(KNOWN, card) == "judgement"


@pytest.mark.parametrize(
    ("changes", "tokens"),
    [
        ({"thinking": "none"}, 0),
        ({"thinking": "optional", "effort": "none"}, 0),
        ({"thinking": "optional", "effort": "high"}, 1500),
        ({"thinking": "optional", "effort": None}, 600),
        ({"thinking": "always", "effort": "none"}, 40),
        ({"thinking": "optional", "effort": "unheard-of"}, 600),
    ],
)
def test_unknown_weights_think_by_effort(changes: dict[str, str | None], tokens: int) -> None:
    """A thinking model that is not listed is judged by its effort, and one that cannot stop never counts as 0."""
    card = msgspec.structs.replace(MODELS["gpt-5"], base_model="nobody", **changes)
    assert reasoning_tokens(KNOWN, card, TaskType.OTHER) == tokens


def test_every_effort_that_ships_is_in_the_table() -> None:
    """No shipped card that thinks is judged by another effort than the one it sends."""
    for card in MODELS.values():
        if card.thinking != "none":
            assert (card.effort or "provider_default") in KNOWN.reasoning.models[card.base_model].efforts, card.name


CARDS = st.sampled_from([card for card in MODELS.values() if card.modalities])
TOKENS = st.integers(0, 2_000_000)
ROWS = st.fixed_dictionaries(
    {
        "task_type": st.sampled_from([task.value for task in TaskType]),
        "input_tokens": TOKENS,
        "message_count": st.integers(1, 50),
        "length_hint_tokens": st.none() | st.integers(1, 100_000),
        "max_output_tokens": st.none() | st.integers(1, 1_000_000),
        "has_schema": st.booleans(),
        "schema_tokens": st.integers(0, 5000),
        "image_sizes": st.none() | st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=10),
    }
)


@settings(deadline=None, max_examples=60)
@given(CARDS, st.lists(ROWS, min_size=1, max_size=20))
def test_counts_are_ordered_and_within_limits(card: ModelCard, rows: list[dict[str, object]]) -> None:
    """Low <= expected <= high <= limit <= the card's maximum, and reasoning is part of output."""
    frame = token_columns(KNOWN, card, family(card.tokenizer), requests_of(*rows)).collect()
    assert (
        frame.select(
            (pl.col("input_tokens") <= pl.col("input_high_tokens")).all().alias("input"),
            (pl.col("output_low_tokens") <= pl.col("output_tokens")).all().alias("low"),
            (pl.col("output_tokens") <= pl.col("output_high_tokens")).all().alias("high"),
            (pl.col("output_high_tokens") <= pl.col("max_tokens")).all().alias("limit"),
            pl.col("max_tokens").is_between(1, card.max_output_tokens).all().alias("card"),
            pl.col("reasoning_tokens").is_between(0, pl.col("output_tokens")).all().alias("reasoning"),
        ).row(0)
        == (True,) * 6
    )
