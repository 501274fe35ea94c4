"""Whether the user's own prices and discounts hold together: what belongs together is there, and nothing twice."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.trees import Branch, Leaf, Place, Tree

_TIERS = tuple(tier.value for tier in ServiceTier if tier is not ServiceTier.STANDARD)
_PER_TOKEN = ("input", "output")
_RATES = ("requests_per_hour", "tokens_per_hour")


def spelled_out(tree: Branch) -> Branch:
    """The settings with each discount that is a bare number, `openai: 10`, as `openai: {percent: 10}`."""
    discounts = tree.items.get("discounts")
    if not isinstance(discounts, Branch):
        return tree
    items = {
        name: Branch({"percent": item}, item.place) if _is_bare(item) else item
        for name, item in discounts.items.items()
    }
    return replace(tree, items={**tree.items, "discounts": replace(discounts, items=items)})


def check_own_prices(tree: Branch) -> None:
    """SettingsError, with file and line, at the first price or discount that says too little, too much or no date."""
    for name, price in _branches(tree, "prices"):
        _check_price(price, f"prices.{name}")
    for name, discount in _branches(tree, "discounts"):
        _check_day(discount, f"discounts.{name}", "until")


def _check_price(price: Branch, path: str) -> None:
    """One model's own price."""
    given = {name: item for name, item in price.items.items() if not _is_null(item)}
    hourly = [name for name in ("per_hour", *_RATES) if name in given]
    tokens = [name for name in (*_PER_TOKEN, "cache_read", "cache_write") if name in given]
    if hourly and tokens:
        message = f"{given[tokens[0]].place}: `{path}` has both `{hourly[0]}` and `{tokens[0]}`"
        raise SettingsError(message, hint="a server is priced by the hour or by the token: take one of them out")
    if hourly:
        _check_hourly(given, path)
    elif tokens or not any(tier in given for tier in _TIERS):
        _require(price.place, path, [name for name in _PER_TOKEN if name not in given])
    _check_day(price, path, "date")


def _check_hourly(given: dict[str, Tree], path: str) -> None:
    """A price by the hour, and what is done in one."""
    place = next(iter(given.values())).place
    if "per_hour" not in given:
        _require(place, path, ["per_hour"])
    rates = [name for name in _RATES if name in given]
    if len(rates) != 1:
        some, link = ("both", "and") if rates else ("neither", "nor")
        message = f"{place}: `{path}` has {some} `requests_per_hour` {link} `tokens_per_hour`"
        raise SettingsError(message, hint="write how many requests, or how many tokens, your server does in an hour")


def _check_day(values: Branch, path: str, field: str) -> None:
    """A date is one that a calendar has."""
    leaf = values.items.get(field)
    if not isinstance(leaf, Leaf) or leaf.value is None:
        return
    try:
        date.fromisoformat(leaf.text)
    except ValueError as error:
        message = f"{leaf.place}: `{path}.{field}` is `{leaf.text}`, which is no date"
        raise SettingsError(message, hint="write it as 2026-12-31") from error


def _require(place: Place, path: str, missing: Sequence[str]) -> None:
    """SettingsError that names what is missing, if something is."""
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        message = f"{place}: `{path}` lacks {names}"
        raise SettingsError(message, hint=f"add {names} below `{path}`")


def _branches(tree: Branch, section: str) -> list[tuple[str, Branch]]:
    """The mappings of a section by name."""
    found = tree.items.get(section)
    items = found.items.items() if isinstance(found, Branch) else ()
    return [(name, item) for name, item in items if isinstance(item, Branch)]


def _is_bare(item: Tree) -> bool:
    """Whether a discount is a number alone."""
    return isinstance(item, Leaf) and item.value is not None


def _is_null(item: Tree) -> bool:
    """Whether a value was taken away."""
    return isinstance(item, Leaf) and item.value is None
