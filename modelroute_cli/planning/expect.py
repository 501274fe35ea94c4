"""How many tokens a request is expected to take on a model, and how many it may take at most.

Visible output comes from the length the prompt asks for, else from a table by task type; hidden reasoning from the
model and the effort its card sends. Both have a range. The output limit that is sent leaves room for reasoning on top
of the visible answer: a limit that cuts reasoning off gives an empty answer that is billed.
"""

from collections.abc import Mapping

import polars as pl
from msgspec import Struct

from modelroute_cli.base.schema import TaskType
from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.settings import Assumptions
from modelroute_cli.features.tokens import TokenFamily
from modelroute_cli.planning.image_counts import image_tokens, no_images
from modelroute_cli.planning.media_counts import NOTHING, page_tokens, sound_tokens, tools_base
from modelroute_cli.planning.tables import by_task

_ANY_TASK = "default"
_PROVIDER_DEFAULT = "provider_default"


class SourcedLength(Struct, frozen=True, forbid_unknown_fields=True):
    """Expected tokens of one answer: mean, the range of nine in ten, and who says so."""

    mean: int
    low: int
    high: int
    source: str


class HintRange(Struct, frozen=True, forbid_unknown_fields=True):
    """How far an answer may be from the length that the prompt asks for, as factors."""

    low: float
    high: float
    source: str


class LengthTable(Struct, frozen=True, forbid_unknown_fields=True):
    """data/output_lengths.yaml."""

    version: str
    shared_error: float
    hint_range: HintRange
    limit_factor: float
    least_tokens: int
    task_types: Mapping[TaskType, SourcedLength]


class RequestRange(Struct, frozen=True, forbid_unknown_fields=True):
    """How far one request's reasoning may be from its mean, as factors."""

    low: float
    high: float


class Efforts(Struct, frozen=True, forbid_unknown_fields=True):
    """Reasoning tokens of an average request by effort, and who says so."""

    efforts: Mapping[str, int]
    source: str


class ReasoningTable(Struct, frozen=True, forbid_unknown_fields=True):
    """data/reasoning.yaml."""

    version: str
    shared_error: float
    request_range: RequestRange
    room_factor: int
    least_room_tokens: int
    task_factors: Mapping[TaskType, float]
    unknown_model: Efforts
    models: Mapping[str, Efforts]


class Expectations(Struct, frozen=True):
    """All that is expected before any answer: the tables that ship under the user's own assumptions."""

    lengths: LengthTable
    reasoning: ReasoningTable
    assumptions: Assumptions


def load_expectations(assumptions: Assumptions) -> Expectations:
    """The tables that ship, with the user's assumptions over them."""
    lengths = shipped_table("output_lengths.yaml", LengthTable)
    return Expectations(lengths, shipped_table("reasoning.yaml", ReasoningTable), assumptions)


def visible_length(known: Expectations, task: TaskType) -> SourcedLength:
    """Visible o200k tokens of one answer of this task type; the user's assumption wins."""
    own = known.assumptions.output_tokens.get(task.value, known.assumptions.output_tokens.get(_ANY_TASK))
    if own is None:
        return known.lengths.task_types[task]
    return SourcedLength(own.mean, own.low, own.high, "settings: assumptions.output_tokens")


def reasoning_tokens(known: Expectations, card: ModelCard, task: TaskType) -> int:
    """Hidden tokens of one request of this task type on this model at the effort its card sends.

    The user's assumption for the model, or for the weights behind it, wins.
    """
    own = _own_reasoning(known.assumptions, card)
    tokens = own.get(task.value, own.get(_ANY_TASK))
    return round(_level(known.reasoning, card) * known.reasoning.task_factors[task]) if tokens is None else tokens


def reasoning_source(known: Expectations, card: ModelCard) -> str:
    """Who says how much a model thinks."""
    if _own_reasoning(known.assumptions, card):
        return "settings: assumptions.reasoning_tokens"
    return known.reasoning.models.get(card.base_model, known.reasoning.unknown_model).source


def _own_reasoning(assumptions: Assumptions, card: ModelCard) -> Mapping[str, int]:
    """The user's own numbers for a model, else for the weights behind it."""
    own = assumptions.reasoning_tokens
    return own.get(card.name, own.get(card.base_model, {}))


def _level(table: ReasoningTable, card: ModelCard) -> int:
    """Reasoning tokens of an average request at the effort that is sent."""
    if card.thinking == "none":
        return 0
    effort = card.effort or _PROVIDER_DEFAULT
    listed = table.models.get(card.base_model, table.unknown_model).efforts
    level = listed.get(effort, table.unknown_model.efforts.get(effort, listed[_PROVIDER_DEFAULT]))
    return max(level, table.unknown_model.efforts["minimal"]) if card.thinking == "always" else level


def token_columns(known: Expectations, card: ModelCard, family: TokenFamily, requests: pl.DataFrame) -> pl.LazyFrame:
    """`requests` with what each is expected to take on one model.

    Adds `audio_tokens` and `audio_high_tokens` (a part of the input), `input_tokens` (as this model counts),
    `input_high_tokens`, `reasoning_tokens`, `max_tokens` (the output limit
    that is sent), and `output_tokens`, `output_low_tokens`, `output_high_tokens` (reasoning included, never above it).
    """
    carried = [_carried(requests, family, card, high=high) for high in (True, False)]
    return (
        requests.lazy()
        .with_columns(*_sound(requests, family))
        .with_columns(_input(family, carried[0], high=True), _input(family, carried[1], high=False))
        .with_columns(*_visible(known, family), _reasoning(known, card))
        .with_columns(*_within_row_limit())
        .with_columns(_limit(known, card))
        .with_columns(*_outputs(known.reasoning))
        .with_columns(pl.min_horizontal("reasoning_tokens", "output_tokens").alias("reasoning_tokens"))
    )


def _carried(requests: pl.DataFrame, family: TokenFamily, card: ModelCard, *, high: bool) -> pl.Expr:
    """Tokens of what stands beside the text of these requests, sound apart; no column is made of what none has."""
    pictures = image_tokens(family, card.base_model, high=high) if requests["image_sizes"].count() else no_images()
    if not _any_need(requests):
        return pictures
    return pictures + page_tokens(family, card.base_model, high=high) + tools_base(family)


def _any_need(requests: pl.DataFrame) -> bool:
    """Whether any request asks for more than text."""
    return bool((requests["needs"] > 0).any())


def _sound(requests: pl.DataFrame, family: TokenFamily) -> tuple[pl.Expr, pl.Expr]:
    """The part of the input that is sound, expected and at most."""
    heard = _any_need(requests)
    return (
        (sound_tokens(family, high=False) if heard else NOTHING).alias("audio_tokens"),
        (sound_tokens(family, high=True) if heard else NOTHING).alias("audio_high_tokens"),
    )


def _input(family: TokenFamily, carried: pl.Expr, *, high: bool) -> pl.Expr:
    """Content, schema, the chat frame and what is carried beside them, as this family counts them."""
    ratio = family.ratio_high if high else family.ratio
    base = max(family.frame_base, family.frame_base_high) if high else family.frame_base
    frames = base + family.frame_per_message * pl.col("message_count")
    content = _scaled(pl.col("input_tokens"), ratio)
    schema = pl.when("has_schema").then(_scaled(pl.col("schema_tokens"), ratio) + family.schema_base).otherwise(0)
    total = content + frames + schema + carried + pl.col("audio_high_tokens" if high else "audio_tokens")
    return total.cast(pl.Int64).alias("input_high_tokens" if high else "input_tokens")


def _scaled(tokens: pl.Expr, factor: float) -> pl.Expr:
    """Tokens times a factor, rounded up."""
    return (tokens * factor).ceil().cast(pl.Int64)


def _visible(known: Expectations, family: TokenFamily) -> tuple[pl.Expr, ...]:
    """Visible output as this family counts: the prompt's own length where it states one, else the task type's."""
    hint, spread = pl.col("length_hint_tokens"), known.lengths.hint_range
    mean = hint.fill_null(by_task(lambda task: visible_length(known, task).mean))
    low = _scaled(hint, spread.low).fill_null(by_task(lambda task: visible_length(known, task).low))
    high = _scaled(hint, spread.high).fill_null(by_task(lambda task: visible_length(known, task).high))
    return (
        _scaled(mean, family.ratio).alias("visible_tokens"),
        _scaled(low, family.ratio).alias("visible_low_tokens"),
        _scaled(high, family.ratio).alias("visible_high_tokens"),
        _visible_limit(known, family, high).alias("visible_limit_tokens"),
    )


def _visible_limit(known: Expectations, family: TokenFamily, high: pl.Expr) -> pl.Expr:
    """What the visible answer may take: the row's own limit, else a high quantile in the family's widest count.

    A short length read in the prompt is believed for what an answer takes, but not for cutting answers off: it may have
    been meant for a part of it (a subject line). The limit has room for the task type's mean at least.
    """
    table = known.lengths
    roomy = pl.max_horizontal(high, by_task(lambda task: visible_length(known, task).mean))
    quantile = _scaled(roomy, table.limit_factor * family.ratio_high).clip(lower_bound=table.least_tokens)
    return pl.col("max_output_tokens").fill_null(quantile)


def _reasoning(known: Expectations, card: ModelCard) -> pl.Expr:
    """Expected hidden tokens on this model."""
    return by_task(lambda task: reasoning_tokens(known, card, task)).alias("reasoning_tokens")


def _within_row_limit() -> tuple[pl.Expr, ...]:
    """Visible counts that never pass what the answer may take."""
    names = ("visible_tokens", "visible_low_tokens", "visible_high_tokens")
    return tuple(pl.min_horizontal(name, "visible_limit_tokens").alias(name) for name in names)


def _limit(known: Expectations, card: ModelCard) -> pl.Expr:
    """The output limit that is sent: the visible answer's and room for reasoning, within what the model can give."""
    table, reasoning = known.reasoning, pl.col("reasoning_tokens")
    roomy = (reasoning * table.room_factor).clip(lower_bound=table.least_room_tokens)
    room = roomy if card.thinking == "always" else pl.when(reasoning > 0).then(roomy).otherwise(0)
    return (pl.col("visible_limit_tokens") + room).clip(upper_bound=card.max_output_tokens).alias("max_tokens")


def reasoning_room(known: Expectations, card: ModelCard, task: TaskType) -> int:
    """The tokens of the output limit that are left to reasoning for a request of this task type on this model."""
    expected = reasoning_tokens(known, card, task)
    if not expected and card.thinking != "always":
        return 0
    return max(expected * known.reasoning.room_factor, known.reasoning.least_room_tokens)


def _outputs(table: ReasoningTable) -> tuple[pl.Expr, ...]:
    """Output with reasoning: expected, and the range of nine in ten, each within the limit."""
    spread, reasoning = table.request_range, pl.col("reasoning_tokens")
    sums = {
        "output_tokens": pl.col("visible_tokens") + reasoning,
        "output_low_tokens": pl.col("visible_low_tokens") + _scaled(reasoning, spread.low),
        "output_high_tokens": pl.col("visible_high_tokens") + _scaled(reasoning, spread.high),
    }
    return tuple(pl.min_horizontal(total, "max_tokens").alias(name) for name, total in sums.items())
