"""When a model whose price follows the hour of the day is cheap: the hours, how long they last, when they come.

Dear hours are the windows of its rate card; DeepSeek's lie on work days alone. All times are UTC, whole minutes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from modelroute_cli.catalog.rates import PriceStep, Rate, RateCard, rate_at, utc

_DAYS = 8  # a week, and the rest of its first day: by then every hour of the week came once


def cheapest(card: RateCard) -> tuple[PriceStep, ...] | None:
    """The steps of a card's cheap hours; None where its price is always the same, or no hour is cheapest in all."""
    ways = list(dict.fromkeys((card.steps, *(window.steps for window in card.windows))))
    if len(ways) == 1:
        return None
    return next((steps for steps in ways if all(_is_under(steps, other) for other in ways)), None)


def is_cheap(card: RateCard, at: datetime) -> bool:
    """Whether the hour of `at` is one of the cheap ones; so is any hour of a card that has none."""
    return rate_at(card, at) == (cheapest(card) or rate_at(card, at))


def cheap_from(card: RateCard, at: datetime) -> datetime | None:
    """The first moment from `at` on that is cheap: `at` itself in a cheap hour; None where no cheap one comes."""
    moments = (utc(at), *changes(card, at))
    return next((moment for moment in moments if is_cheap(card, moment)), None)


def cheap_until(card: RateCard, at: datetime) -> datetime | None:
    """When the cheap hours that hold at `at` end; None where they never do. A dear hour ends at once: `at`."""
    moments = (utc(at), *changes(card, at))
    return next((moment for moment in moments if not is_cheap(card, moment)), None)


def changes(card: RateCard, after: datetime) -> Iterator[datetime]:
    """Each moment after `after` at which another price may hold, in order, for a week."""
    if not card.windows:
        return
    first = utc(after)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = {minute for window in card.windows for minute in (window.start_minute, window.end_minute)}
    for day in range(_DAYS):
        for minute in sorted({0, *(end % (24 * 60) for end in ends)}):
            moment = midnight + timedelta(days=day, minutes=minute)
            if moment > first:
                yield moment


def _is_under(steps: tuple[PriceStep, ...], others: tuple[PriceStep, ...]) -> bool:
    """Whether no request costs more by `steps` than by `others`, whatever its length and its tokens are."""
    starts = sorted({step.above_input_tokens for step in (*steps, *others)})
    return all(_is_no_dearer(_reached(steps, start), _reached(others, start)) for start in starts)


def _reached(steps: tuple[PriceStep, ...], start: int) -> Rate:
    """The rate of the last step that begins at `start` or before."""
    return next((step.rate for step in reversed(steps) if step.above_input_tokens <= start), steps[0].rate)


def _is_no_dearer(rate: Rate, other: Rate) -> bool:
    """Whether each kind of token costs at most what it does by the other rate."""
    return all(own <= its for own, its in zip(_parts(rate), _parts(other), strict=True))


def _parts(rate: Rate) -> tuple[int, ...]:
    """The prices of all kinds; sound without a price of its own is input."""
    audio = rate.input_pusd if rate.audio_pusd is None else rate.audio_pusd
    return (
        rate.input_pusd,
        rate.output_pusd,
        rate.cache_read_pusd,
        rate.cache_write_pusd,
        rate.request_pusd,
        audio,
    )
