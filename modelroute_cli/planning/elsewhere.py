"""What requests that were planned on one model take and cost on another, told from the plan alone.

A plan keeps what each request is expected to take on its own model, not its text. Between two models the visible tokens
go by the ratio of how their families count; hidden reasoning and its room in the output limit are the model's own.
Both are estimates: what may be reserved is bounded elsewhere, by the request itself.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from modelroute_cli.base.schema import TaskType
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.prices import PriceStep, RateCard, rate_at
from modelroute_cli.features.tokens import TokenFamily
from modelroute_cli.planning.expect import Expectations, reasoning_room, reasoning_tokens
from modelroute_cli.planning.hull import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Requests as they were planned on one model, side by side; tokens as that model counts them."""

    input_tokens: Ints
    output_tokens: Ints  # expected, reasoning included
    reasoning_tokens: Ints
    max_tokens: Ints
    own_limit: Ints  # the request's `max_output_tokens`; 0 where it sets none


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What the same requests are expected to take on another model, and the output limit they get there."""

    input_tokens: Ints
    input_high_tokens: Ints
    output_tokens: Ints
    reasoning_tokens: Ints
    max_tokens: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How one model counts the requests of one task type."""

    ratio: float  # tokens per o200k token
    ratio_high: float
    frame: int  # what the chat of one turn adds
    frame_high: int
    hidden: int  # reasoning that is expected
    room: int  # what the output limit leaves to it
    most_output: int
    least_output: int


def counting(
    card: ModelCard, family: TokenFamily, known: Expectations, task: TaskType, *, least_output: int = 1
) -> Counting:
    """How a model with this card and family counts requests of a task type."""
    base_high = max(family.frame_base, family.frame_base_high)
    return Counting(
        ratio=family.ratio,
        ratio_high=family.ratio_high,
        frame=family.frame_base + family.frame_per_message,
        frame_high=base_high + family.frame_per_message,
        hidden=reasoning_tokens(known, card, task),
        room=reasoning_room(known, card, task),
        most_output=card.max_output_tokens,
        least_output=least_output,
    )


def elsewhere(planned: Planned, here: Counting, there: Counting) -> Taken:
    """What requests planned `here` take `there`; an output limit never passes the request's own and its room."""
    content = np.maximum(planned.input_tokens - here.frame, 0)
    limit = np.minimum(_visible_limit(planned, here, there) + there.room, there.most_output)
    limit = np.maximum(limit, there.least_output)
    visible = _scaled(planned.output_tokens - planned.reasoning_tokens, there.ratio / here.ratio)
    output = np.minimum(visible + there.hidden, limit)
    return Taken(
        input_tokens=_scaled(content, there.ratio / here.ratio) + there.frame,
        input_high_tokens=_scaled(content, there.ratio_high / here.ratio) + there.frame_high,
        output_tokens=output,
        reasoning_tokens=np.minimum(there.hidden, output),
        max_tokens=limit,
    )


def _visible_limit(planned: Planned, here: Counting, there: Counting) -> Ints:
    """What the visible answer may take: the request's own limit, else the planned one as the other model counts it."""
    wider = max(1.0, there.ratio_high / here.ratio_high)
    given = _scaled(np.maximum(planned.max_tokens - here.room, 1), wider)
    return np.where(planned.own_limit > 0, planned.own_limit, given)


def _scaled(tokens: Ints, factor: float) -> Ints:
    """Tokens times a factor, rounded up but for the noise of the last digits."""
    scaled: Floats = np.ceil(tokens * factor - 1e-9)
    return scaled.astype(np.int64)


def costs(card: RateCard, input_tokens: Ints, output_tokens: Ints, at: datetime) -> Ints:
    """Pico-dollars of each at the hour of `at`, nothing read from a cache: the rate of the step its input reaches."""
    steps = rate_at(card, at)
    found = _at_step(steps[0], input_tokens, output_tokens)
    for step in steps[1:]:
        reached = input_tokens > step.above_input_tokens
        found = np.where(reached, _at_step(step, input_tokens, output_tokens), found)
    return found


def _at_step(step: PriceStep, input_tokens: Ints, output_tokens: Ints) -> Ints:
    rate = step.rate
    return input_tokens * rate.input_pusd + output_tokens * rate.output_pusd + rate.request_pusd
