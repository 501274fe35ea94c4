"""What rows and rules say of each other that goes nowhere."""

from collections.abc import Sequence

import polars as pl

from modelroute_cli.catalog.settings import Match, Rule
from modelroute_cli.planning.figures import count_requests

_SHOWN = 10


def policy_warnings(census: pl.DataFrame, rules: Sequence[Rule]) -> tuple[str, ...]:
    """What rows say that nothing looks at."""
    found = []
    private = int(census["requests"].filter(census["data_class"].is_not_null()).sum())
    if private and not any(_looks_at_classes(rule.match) for rule in rules):
        found.append(
            f"{count_requests(private)} with a `data_class`, but no rule looks at it: "
            "add one with `match: {data_class: [...]}` to keep them on models you trust"
        )
    return tuple(found)


def _looks_at_classes(match: Match) -> bool:
    """Whether a match, or what it excludes, is about data classes."""
    return bool(match.data_class) or (match.excluded is not None and _looks_at_classes(match.excluded))


def metadata_warnings(rules: Sequence[Rule], fields: Sequence[str]) -> tuple[str, ...]:
    """Metadata fields that rules look at and no row has; `fields` are those that rows have."""
    asked = {name: rule.name for rule in reversed(rules) for name in _metadata_of(rule.match)}
    there = ", ".join(f"`{name}`" for name in sorted(fields)[:_SHOWN]) or "none at all"
    more = f" and {len(fields) - _SHOWN} more" if len(fields) > _SHOWN else ""
    return tuple(
        f"rule `{rule}` looks at `metadata.{name}`, but no request has it; they have {there}{more}"
        for name, rule in sorted(asked.items())
        if name not in fields
    )


def _metadata_of(match: Match) -> tuple[str, ...]:
    """The metadata fields that a match looks at."""
    below = () if match.excluded is None else _metadata_of(match.excluded)
    return (*match.metadata, *below)
