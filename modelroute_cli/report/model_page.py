"""The page of one model: every number that is known of it, with where it was read and when."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from modelroute_cli.base.money import PicoUSD, format_usd, to_usd_string
from modelroute_cli.report.catalog_summary import HoursPrice, ModelFacts, StepPrice, TierPrice
from modelroute_cli.report.models_screen import shutdown_warnings
from modelroute_cli.report.screen import Column, Line, Row, Screen, safe, tokens
from modelroute_cli.report.tables import table_screen

_PRICE_COLUMNS = (
    Column("Per million tokens", right=False),
    Column("Input"),
    Column("Output"),
    Column("Cache read", drop=1),
    Column("Cache write", drop=2),
    Column("A request"),
    Column("Source", drop=3),
)
_REQUEST = 5  # its column
_FACT_COLUMNS = (
    Column("What", right=False),
    Column("Value", right=False),
    Column("Date", right=False, drop=2),
    Column("Source", drop=1),
)
_DATA_TERMS = ("regions", "retention_days", "zero_retention", "trains_on_data")
_PRICE = re.compile(r"\.(?:input|output|cache_read|cache_write)(?: above [0-9,]+ input tokens)?")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_VALUE_CHARS = 60


def model_page(model: ModelFacts, width: int | None) -> Screen:
    """Prices by tier, hours and length; then all other facts; then the sources by their numbers."""
    facts = [fact for fact in model.facts if not _PRICE.search(fact.field)]
    sources = _numbered([*(_dated(tier) for tier in model.tiers), *(fact.source for fact in facts)])
    rows = [
        (fact.field, safe(fact.value, most=_VALUE_CHARS), fact.date or "", _mark(sources, fact.source))
        for fact in facts
    ]
    return (
        Line(_title(model), "bold"),
        Line(),
        *_prices(model, sources, width),
        Line(),
        *(_table(_FACT_COLUMNS, rows, width) if rows else ()),
        *_unknown(model),
        Line(),
        *(Line(f"[{number}] {safe(source)}") for source, number in sources.items()),
        *shutdown_warnings([model]),
    )


def _title(model: ModelFacts) -> str:
    """Its names."""
    aliases = f"; in {', '.join(model.aliases)}" if model.aliases else ""
    return f"{model.name}: `{model.model_id}` at {model.provider}{aliases}"


def _unknown(model: ModelFacts) -> Iterator[Line]:
    """What nobody has written down about its data: a rule that needs it shuts the model out."""
    missing = [name for name in _DATA_TERMS if getattr(model, name) in (None, ())]
    if missing:
        yield Line(f"not known: {', '.join(missing)}")


def _numbered(sources: Iterable[str]) -> dict[str, int]:
    """Each source once, in order, with its number from 1."""
    return {source: number for number, source in enumerate(dict.fromkeys(filter(None, sources)), start=1)}


def _dated(tier: TierPrice) -> str:
    """The source of a tier's prices and the day they are of."""
    return f"{tier.source}; prices of {tier.date}"


def _mark(sources: dict[str, int], source: str) -> str:
    """`[2]`; nothing where no source is known."""
    return f"[{sources[source]}]" if source in sources else ""


def _prices(model: ModelFacts, sources: dict[str, int], width: int | None) -> Sequence[Line]:
    """The table of prices, or how to give it one."""
    if not model.tiers:
        return (Line(f"No price is known; set `prices.{model.name}` to use it."),)
    rows = [row for tier in model.tiers for row in _tier_rows(tier, _mark(sources, _dated(tier)))]
    columns: tuple[Column, ...] = _PRICE_COLUMNS
    if not any(row[_REQUEST] for row in rows):
        columns = tuple(column for at, column in enumerate(columns) if at != _REQUEST)
        rows = [(*row[:_REQUEST], *row[_REQUEST + 1 :]) for row in rows]
    return _table(columns, rows, width)


def _tier_rows(tier: TierPrice, mark: str) -> Iterator[Row]:
    """One row for each length and each part of the day."""
    name = tier.service_tier.value
    for step in tier.prices:
        yield _price_row(f"{name}{_above(step)}", step, mark)
    for hours in tier.hours:
        for step in hours.prices:
            yield _price_row(f"{name} {_hours(hours)}{_above(step)}", step, mark)


def _price_row(place: str, step: StepPrice, mark: str) -> Row:
    """The prices of one step; that of a request only where there is one."""
    prices = (
        step.input_per_mtok_pusd,
        step.output_per_mtok_pusd,
        step.cache_read_per_mtok_pusd,
        step.cache_write_per_mtok_pusd,
    )
    request = _exact(step.request_pusd) if step.request_pusd else ""
    return (place, *(_exact(price) for price in prices), request, mark)


def _exact(amount: PicoUSD) -> str:
    """Money with all its decimals: a list price is read here, not estimated."""
    shown, exact = format_usd(amount), to_usd_string(amount)
    return shown if Decimal(shown.lstrip("$").replace(",", "")) == Decimal(exact) else f"${exact}"


def _above(step: StepPrice) -> str:
    """From which length on a step holds."""
    return f" above {tokens(step.above_input_tokens)} input" if step.above_input_tokens else ""


def _hours(hours: HoursPrice) -> str:
    """`01:00-04:00 UTC Mon-Fri`."""
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (hours.start_minute, hours.end_minute))
    days = "" if len(hours.weekdays) == len(_DAYS) else f" {_DAYS[hours.weekdays[0]]}-{_DAYS[hours.weekdays[-1]]}"
    return f"{start}-{end} UTC{days}"


def _table(columns: Sequence[Column], rows: Sequence[Row], width: int | None) -> list[Line]:
    """A table as lines, its title bold."""
    return list(table_screen(columns, rows, width))
