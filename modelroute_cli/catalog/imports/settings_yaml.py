"""Imported models as the YAML of a settings file: exact money as texts, everything else quoted where it must be."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from modelroute_cli.catalog.imports.found import FoundPrice

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/-]*")
_YAML_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_FILE_CHARS = 80
_SHOWABLE = re.compile(r"[^A-Za-z0-9._ +@-]")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where imported numbers come from: the list, the file and the day it is of."""

    title: str
    file: str
    day: date

    @property
    def source(self) -> str:
        """The list and the file, safe to write down."""
        return f"{self.title}, {_SHOWABLE.sub('?', self.file)[:_FILE_CHARS]}"

    def __str__(self) -> str:
        return f"{self.source} of {self.day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedModel:
    """One model to write: the fields of its card (empty where the price alone is wanted) and its prices by tier."""

    name: str
    card: Mapping[str, object]
    price: FoundPrice
    tiers: Mapping[str, FoundPrice]
    notes: tuple[str, ...]


def settings_yaml(models: Sequence[ImportedModel], origin: Origin) -> str:
    """A whole settings file of `models` and `prices`; it loads as it stands."""
    lines = [
        f"# {origin}: {len(models)} imported by `modelroute models import`.",
        "# Prices are dollars per million tokens, as the list has them. Nobody has checked them against an invoice.",
        "",
    ]
    cards = [model for model in models if model.card]
    if cards:
        lines += ["models:", *(line for model in cards for line in _card(model, origin)), ""]
    lines += ["prices:", *(line for model in models for line in _prices(model, origin))]
    return "\n".join(lines) + "\n"


def _card(model: ImportedModel, origin: Origin) -> Iterator[str]:
    """One card."""
    yield f"  {_key(model.name)}:"
    for name, value in model.card.items():
        yield f"    {name}: {_value(value)}"
    yield f"    source: {json.dumps(str(origin))}"


def _prices(model: ImportedModel, origin: Origin) -> Iterator[str]:
    """One price at every service tier that has one, with its source and day."""
    yield f"  {_key(model.name)}:"
    for note in model.notes:
        yield f"    # {note}"
    for name, amount in _units(model.price):
        yield f'    {name}: "{amount:f}"'
    for tier, price in model.tiers.items():
        units = ", ".join(f'{name}: "{amount:f}"' for name, amount in _units(price))
        yield f"    {tier}: {{{units}}}"
    yield f"    source: {json.dumps(origin.source)}"
    yield f'    date: "{origin.day}"'


def _units(price: FoundPrice) -> list[tuple[str, Decimal]]:
    """The prices that are known, by the names of settings."""
    units = {
        "input": price.input,
        "output": price.output,
        "cache_read": price.cache_read,
        "cache_write": price.cache_write,
    }
    return [(name, amount) for name, amount in units.items() if amount is not None]


def _key(name: str) -> str:
    """A name as a YAML key."""
    return name if _PLAIN.fullmatch(name) and name.lower() not in _YAML_WORDS else json.dumps(name)


def _value(value: object) -> str:
    """A card's value: lists in one line, numbers and truth as they are, dates and odd names quoted."""
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    return _key(value) if isinstance(value, str) else json.dumps(value)
