"""The list of models: one row a model (and service tier), what a row cannot say below, shutdowns as warnings."""

from collections.abc import Iterator, Sequence

from modelroute_cli.base.money import format_usd
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.report.catalog_summary import (
    SHUTDOWN_NOTICE_DAYS,
    ModelFacts,
    ModelsSummary,
    TierPrice,
    tier_of,
)
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, tokens
from modelroute_cli.report.tables import table_screen

STANDARD_ALONE = (ServiceTier.STANDARD,)
_COLUMNS = (
    Column("Model", right=False),
    Column("Tier", right=False),
    Column("Input/M"),
    Column("Cached/M", drop=4),
    Column("Output/M"),
    Column("Context", drop=2),
    Column("Output limit", drop=3),
    Column("Takes", right=False, drop=6),
    Column("Schema", right=False, drop=7),
    Column("Regions", right=False, drop=5),
    Column("Aliases", right=False, drop=8),
    Column("Shutdown", right=False, drop=1),
    Column("Prices of", right=False, drop=9),
    Column("Counts as", right=False, drop=10),
)
_TIER = 1


def models_screen(summary: ModelsSummary, width: int | None, tiers: Sequence[ServiceTier] = STANDARD_ALONE) -> Screen:
    """The rows of `tiers`, of which the column stands there unless it is the standard one alone."""
    if not summary.models:
        return (Line("No model is like that."),)
    rows = [row for model in summary.models for row in _rows(model, tiers)]
    columns, rows = (_COLUMNS, rows) if tuple(tiers) != STANDARD_ALONE else _without_tier(rows)
    notes = (Line(text) for model in summary.models for text in _notes(model, tiers))
    return (*table_screen(columns, rows, width), Line(), *notes, *shutdown_warnings(summary.models))


def shutdown_warnings(models: Sequence[ModelFacts]) -> Iterator[Line]:
    """One warning a day of shutdown that is near or past, the soonest first."""
    near = [model for model in models if _is_near(model)]
    days = sorted({(model.shutdown or "", model.shutdown_in_days or 0) for model in near})
    for day, left in days:
        names = ", ".join(f"`{model.name}`" for model in near if model.shutdown == day)
        when = f"in {plural(left, 'day')}" if left > 0 else "no request can be sent to it any more"
        yield Line(f"warning: switched off on {day}, {when}: {names}", "warning")


def _is_near(model: ModelFacts) -> bool:
    """Whether a model ends within 60 days, or has ended."""
    return model.shutdown_in_days is not None and model.shutdown_in_days <= SHUTDOWN_NOTICE_DAYS


def _without_tier(rows: Sequence[Row]) -> tuple[tuple[Column, ...], list[Row]]:
    """The table without its tier column."""
    columns = tuple(column for at, column in enumerate(_COLUMNS) if at != _TIER)
    return columns, [tuple(cell for at, cell in enumerate(row) if at != _TIER) for row in rows]


def _rows(model: ModelFacts, tiers: Sequence[ServiceTier]) -> Iterator[Row]:
    """One row for each of the tiers that it is sold at, one of dashes where it has no price."""
    sold: list[TierPrice | None] = [found for tier in tiers if (found := tier_of(model, tier)) is not None]
    for tier in sold or [None]:
        yield _row(model, tier)


def _row(model: ModelFacts, tier: TierPrice | None) -> Row:
    """One model at one tier; a dash where a price is not known."""
    price = tier.now[0] if tier is not None else None
    return (
        model.name,
        "-" if tier is None else tier.service_tier.value,
        "-" if price is None else format_usd(price.input_per_mtok_pusd),
        "-" if price is None else format_usd(price.cache_read_per_mtok_pusd),
        "-" if price is None else format_usd(price.output_per_mtok_pusd),
        tokens(model.context_tokens),
        tokens(model.max_output_tokens),
        ", ".join(model.modalities),
        model.response_schema,
        ", ".join(model.regions),
        ", ".join(model.aliases),
        _shutdown(model),
        "-" if tier is None else tier.date,
        model.tokenizer,
    )


def _shutdown(model: ModelFacts) -> str:
    """The day, and how near it is."""
    if not _is_near(model):
        return model.shutdown or ""
    days = model.shutdown_in_days or 0
    return f"{model.shutdown} ({plural(days, 'day')})" if days > 0 else f"{model.shutdown} (past)"


def _notes(model: ModelFacts, tiers: Sequence[ServiceTier]) -> Iterator[str]:
    """Prices by length and by hour, and prices that are missing."""
    for tier in model.tiers:
        if tier.service_tier in tiers:
            yield from _tier_notes(model.name, tier)
    if not model.tiers:
        yield f"{model.name}: no price is known; set `prices.{model.name}` to use it"


def _tier_notes(name: str, tier: TierPrice) -> Iterator[str]:
    """What one tier's row cannot say."""
    place = name if tier.service_tier is ServiceTier.STANDARD else f"{name} at {tier.service_tier}"
    for step in tier.now[1:]:
        prices = f"{format_usd(step.input_per_mtok_pusd)} in, {format_usd(step.output_per_mtok_pusd)} out"
        yield f"{place}: above {tokens(step.above_input_tokens)} input tokens {prices}"
    if tier.now[0].request_pusd:
        yield f"{place}: each request costs {format_usd(tier.now[0].request_pusd)} besides"
    if tier.hours:
        yield f"{place}: prices change by the hour; these hold now"
