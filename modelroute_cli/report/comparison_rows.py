"""A comparison as rows of text, one a quantity with a cell for each side: what the terminal and Markdown lay out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.comparison_types import BaselineSide, Comparison, Difference, Side
from modelroute_cli.report.screen import Row, percent, safe

_UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that belong together; the first cell of each is what it is of."""

    title: str
    rows: tuple[Row, ...]


def legend(side: Side) -> str:
    """`A: run 3fa9c1d2e4b5 of mails.jsonl, finished, begun 2026-11-23 10:14 UTC`."""
    told = [f"run {side.run_id} of {safe(side.job.source)}" if side.run_id else f"plan `{safe(side.name)}`"]
    told += [] if side.run_id else [f"of {safe(side.job.source)}"]
    told.append("not run" if side.state == "planned" else side.state)
    if side.began_at:
        told.append(f"begun {side.began_at[:16].replace('T', ' ')} UTC")
    if side.emulated:
        told.append("EMULATED")
    return f"{side.mark}: {', '.join(told)}"


def parts(found: Comparison) -> tuple[Part, ...]:
    """Money, quality, requests, and the models' shares."""
    return (
        Part("Money", tuple(_money(found))),
        Part("Quality", tuple(_quality(found))),
        Part("Requests", tuple(_requests(found.sides))),
        Part("Requests by model", tuple(_models(found.sides, _share_text))),
        Part("Cost by model", tuple(_models(found.sides, _cost_text))),
    )


def settings_lines(found: Comparison) -> tuple[str, ...]:
    """`Quality asked for: A 0.85, B 0.9`; one line for each setting that differs, or one that says that none does."""
    if not found.settings_that_differ:
        return ("Settings, prices and objective are the same",)
    return tuple(_setting(name, found.sides) for name in found.settings_that_differ)


def _setting(name: str, sides: Sequence[Side]) -> str:
    told = ", ".join(f"{side.mark} {safe(side.settings[name])}" for side in sides)
    return f"{name}: {told}"


def _row(name: str, sides: Sequence[Side], text: Callable[[Side], str]) -> Row:
    return (name, *map(text, sides))


def _beside(name: str, found: Comparison, text: Callable[[Difference], str]) -> Row:
    """A row about differences; the first side has none."""
    return (f"  {name}", "", *map(text, found.differences))


def _money(found: Comparison) -> Iterator[Row]:
    sides = found.sides
    yield _row("Cost", sides, lambda side: format_usd(side.cost_pusd, estimate=side.cost_is != "spent"))
    if len({side.cost_is for side in sides}) > 1:
        yield _row("  which is", sides, lambda side: side.cost_is.removesuffix(" at the end"))
    yield _beside("more or less than A", found, lambda one: _signed(one.cost_pusd))
    yield _beside("in percent", found, lambda one: _signed_share(one.cost_share))
    yield _row("Cost per request", sides, lambda side: _usd(side.per_request_pusd))
    yield _beside("in percent of A's", found, lambda one: _signed_share(one.per_request_share))
    yield _row("As planned", sides, lambda side: format_usd(side.projected_pusd, estimate=True))
    yield _row("Hard cap", sides, lambda side: format_usd(side.hard_cap_pusd))
    if any(side.held_pusd for side in sides):
        yield _row("Possibly billed beyond", sides, lambda side: format_usd(side.held_pusd))
    for model in _baseline_models(sides):
        there = [_baseline(side, model) for side in sides]
        yield (f"{model} for all", *(_usd(base.cost_pusd) for base in there))
        yield ("  saved against it", *(_share(base.saved_share) for base in there))


def _baseline_models(sides: Sequence[Side]) -> tuple[str, ...]:
    """Baselines that somebody chose first, then the best single models, each once."""
    ranked = sorted((base.kind != "chosen", base.model) for side in sides for base in side.baselines)
    return tuple(dict.fromkeys(model for _, model in ranked))


def _baseline(side: Side, model: str) -> BaselineSide:
    """What is known of it here, which may be nothing."""
    nothing = BaselineSide(kind="", model=model, cost_pusd=None, saved_share=None)
    return next((base for base in side.baselines if base.model == model), nothing)


def _quality(found: Comparison) -> Iterator[Row]:
    sides = found.sides
    yield _row("Planned", sides, lambda side: f"{side.quality_planned:.3f}")
    yield _beside("more or less than A", found, lambda one: f"{one.quality_planned:+.3f}")
    yield _row("Realised", sides, _realised)
    if any(side.quality_realised for side in sides):
        yield _row("  90% interval", sides, _interval)
        yield _beside("more or less than A", found, _realised_more)


def _realised(side: Side) -> str:
    return _UNKNOWN if side.quality_realised is None else f"{side.quality_realised.value:.3f}"


def _interval(side: Side) -> str:
    within = side.quality_realised
    return "" if within is None else f"{within.low:.3f}-{within.high:.3f}"


def _realised_more(one: Difference) -> str:
    return _UNKNOWN if one.quality_realised is None else f"{one.quality_realised:+.3f}"


def _requests(sides: Sequence[Side]) -> Iterator[Row]:
    yield _row("In the job file", sides, lambda side: f"{side.job.requests:,}")
    yield _row("Planned", sides, lambda side: f"{side.job.planned:,}")
    yield _row("  of them duplicates", sides, lambda side: f"{side.job.duplicates:,}")
    yield _row("Accepted", sides, lambda side: _count(side.accepted))
    yield _row("Failed", sides, lambda side: _count(side.failed))
    if any(side.waiting for side in sides):
        yield _row("Waiting", sides, lambda side: _count(side.waiting))
    yield _row("Escalated", sides, lambda side: _count(side.escalated))


def _models(sides: Sequence[Side], text: Callable[[Side, str], str]) -> Iterator[Row]:
    """Every model of any side, those of the first side first."""
    for name in dict.fromkeys(line.model for side in sides for line in side.models):
        yield (name, *(text(side, name) for side in sides))


def _share_text(side: Side, model: str) -> str:
    line = next((line for line in side.models if line.model == model), None)
    return _UNKNOWN if line is None else percent(line.share)


def _cost_text(side: Side, model: str) -> str:
    line = next((line for line in side.models if line.model == model), None)
    return _UNKNOWN if line is None else format_usd(line.cost_pusd, estimate=side.kind == "plan")


def _usd(amount: PicoUSD | None) -> str:
    return _UNKNOWN if amount is None else format_usd(amount)


def _signed(amount: PicoUSD) -> str:
    """`+$0.10`, `-$0.10`, `$0.00`."""
    return f"+{format_usd(amount)}" if amount > 0 else format_usd(amount)


def _share(share: float | None) -> str:
    return _UNKNOWN if share is None else f"{share:.1%}"


def _signed_share(share: float | None) -> str:
    return _UNKNOWN if share is None else f"{share:+.1%}"


def _count(count: int | None) -> str:
    return _UNKNOWN if count is None else f"{count:,}"
