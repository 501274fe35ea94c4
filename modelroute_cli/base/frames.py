"""The columns of every frame that passes from one room to the next, and the check that holds rooms to them."""

from typing import TypeVar

import polars as pl

from modelroute_cli.base.schema import DataClass, Importance, Modality, ServiceTier, TaskType

Schema = dict[str, pl.DataType | type[pl.DataType]]

TASK_TYPE = pl.Enum([item.value for item in TaskType])
IMPORTANCE = pl.Enum([item.value for item in Importance])
MODALITY = pl.Enum([item.value for item in Modality])
SERVICE_TIER = pl.Enum([item.value for item in ServiceTier])
DATA_CLASS = pl.Enum([item.value for item in DataClass])
TASK_SOURCE = pl.Enum(["row", "classifier", "model"])  # `model`: one was asked about the template

REQUESTS: Schema = {
    "row": pl.Int64,  # 0-based place in the job file
    "custom_id": pl.String,
    "line": pl.Int64,  # 1-based line (JSONL) or record's first line (CSV) in what the user gave
    "offset": pl.Int64,  # where the request's JSON starts in the native file or the spool, bytes
    "length": pl.Int64,  # bytes
    "duplicate_of": pl.Int64,  # row of the first request that asks the same; null when it is the first
    "task_type": TASK_TYPE,
    "task_confidence": pl.Float64,  # null where a model was asked
    "task_source": TASK_SOURCE,
    "template": pl.String,
    "language": pl.String,  # ISO 639-1, `und` when undetermined
    "importance": IMPORTANCE,
    "modality": MODALITY,
    "model": pl.String,  # pinned by the row, else null
    "min_quality": pl.Float64,
    "max_output_tokens": pl.Int64,
    "has_schema": pl.Boolean,
    "schema_tokens": pl.Int64,  # o200k tokens of the compact schema, 0 without one
    "has_deadline": pl.Boolean,
    "tenant": pl.String,
    "data_class": DATA_CLASS,
    "input_tokens": pl.Int64,  # o200k, content only
    "message_count": pl.Int64,
    "image_sizes": pl.List(pl.UInt32),  # each image's width x 65536 + height, 0: not known; null without images
    "needs": pl.UInt16,  # what it asks of a model beside its text (Need), a bit each
    "pages": pl.Int64,  # of its files together, 20 for one whose pages are not known; 0 without files
    "audio_s": pl.Int64,  # seconds of its sound, rounded up, 600 for one not known; 0 without sound
    "length_hint_tokens": pl.Int64,  # visible output the prompt asks for, null when it does not say
    "personal": pl.UInt16,  # PersonalData found in its texts, a bit each; 0: none
    "prefix": pl.Int64,  # the beginning it shares with others that are sent, for the prompt cache; null for none
    "prefix_chars": pl.Int64,  # of the text that jobs.sent_text writes, how much that beginning is; 0 without one
    "prefix_tokens": pl.Int64,  # o200k tokens of that beginning, content only; 0 without one
    "facets": pl.List(pl.String),  # tags and metadata that rules look at, as jobs.facets writes them; null without
    "deadline_s": pl.Int64,  # seconds from the plan's time, 0 when it is past; null without
    "judge": pl.String,  # the row's own judge gate as JSON; null without
}

CANDIDATES: Schema = {
    "row": pl.Int64,
    "model": pl.String,
    "service_tier": SERVICE_TIER,
    "input_tokens": pl.Int64,  # as this model counts, with its chat frame
    "output_tokens": pl.Int64,  # expected, reasoning included
    "reasoning_tokens": pl.Int64,  # expected part of output_tokens
    "max_tokens": pl.Int64,  # what is sent as the output limit, reasoning included
    "cost_pusd": pl.Int64,  # expected
    "cost_low_pusd": pl.Int64,
    "cost_range_pusd": pl.Int64,  # the high end of the expected range
    "cost_high_pusd": pl.Int64,  # the most one attempt can cost: the reservation under the hard cap
    "quality": pl.Float64,
    "quality_low": pl.Float64,
    "cache_read_tokens": pl.Int64,  # expected part of input_tokens that is read from the prompt cache
    "cache_write_tokens": pl.Int64,  # expected part of input_tokens that is billed as written to it
    "escalate_to": pl.String,  # where its answers go that fail their gates, as planned; null: nothing is planned
}

ASSIGNMENTS: Schema = {
    "row": pl.Int64,
    "custom_id": pl.String,
    "offset": pl.Int64,
    "length": pl.Int64,
    "duplicate_of": pl.Int64,
    "task_type": TASK_TYPE,
    "task_confidence": pl.Float64,
    "task_source": TASK_SOURCE,
    "template": pl.String,
    "language": pl.String,
    "importance": IMPORTANCE,
    "tenant": pl.String,
    "model": pl.String,
    "service_tier": SERVICE_TIER,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "reasoning_tokens": pl.Int64,
    "max_tokens": pl.Int64,
    "cost_pusd": pl.Int64,  # 0 for a duplicate: it is answered by the first
    "cost_low_pusd": pl.Int64,
    "cost_range_pusd": pl.Int64,
    "cost_high_pusd": pl.Int64,
    "quality": pl.Float64,
    "quality_low": pl.Float64,
    "rule": pl.String,  # the rule that set the allowed models
    "reason": pl.String,
    "prefix": pl.Int64,
    "prefix_chars": pl.Int64,
    "cache_read_tokens": pl.Int64,
    "cache_write_tokens": pl.Int64,
    "escalate_to": pl.String,
}

ATTEMPTS: Schema = {
    "attempt": pl.Int64,  # journal id, in order of sending
    "row": pl.Int64,
    "kind": pl.String,  # first, retry, fallback, escalation, resend
    "model": pl.String,
    "model_served": pl.String,
    "service_tier": SERVICE_TIER,
    "started_at": pl.Datetime("us", "UTC"),
    "latency_s": pl.Float64,
    "outcome": pl.String,  # answered, failed, unknown
    "failure": pl.String,  # failure kind, null when answered
    "verdict": pl.String,  # pass, or the gate that failed; null when not answered
    "detail": pl.String,
    "finish_reason": pl.String,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "cache_read_tokens": pl.Int64,
    "cache_write_tokens": pl.Int64,
    "reasoning_tokens": pl.Int64,
    "reserved_pusd": pl.Int64,
    "cost_pusd": pl.Int64,  # null while unknown
    "emulated": pl.Boolean,
}


Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


def check(frame: Frame, schema: Schema) -> Frame:
    """The frame itself when its columns and types are `schema`, in order; else AssertionError with the difference."""
    expected = dict(pl.Schema(schema))
    actual = dict(frame.collect_schema())
    if list(actual.items()) != list(expected.items()):
        wrong = sorted(set(expected.items()) ^ set(actual.items()), key=lambda item: item[0])
        msg = f"frame columns differ from the contract: {wrong or 'order'}"
        raise AssertionError(msg)
    return frame
