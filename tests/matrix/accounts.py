"""What the matrix knows of each provider, and the account that a user's settings make of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from matrix.cells import Case, Shapes, Trouble
from matrix.exchange import AT, Account

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.catalog.prices import resolve

PRICE = {"input": "1.00", "cache_read": "0.10", "cache_write": "1.25", "output": "5.00"}
"""Dollars per million tokens of every model here: what differs between providers is their arithmetic alone."""

_CARD: Mapping[str, object] = {
    "model_id": "a-model",
    "base_model": "a-model",
    "context_tokens": 100_000,
    "max_output_tokens": 8_000,
    "modalities": ["text", "image"],
    "efforts": ["none", "low", "high"],
    "effort": "low",
    "thinking": "optional",
    "response_schema": "native",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A row of the matrix."""

    name: str
    provider: str  # as settings name it
    declared: str = ""  # YAML under `providers:`; empty where it ships
    card: Mapping[str, object] = field(default_factory=dict)  # what differs from the common card
    shapes: Shapes
    path: str  # that a request is sent to
    key_header: str | None  # that carries the key
    cost_pusd: int  # of an answer, by this provider's own count
    troubles: Mapping[Case, Trouble]
    checked: str  # the counterparts, not ours, that it was checked against
    note: str = ""
    refusal_text: str = ""  # that stands in place of an answer

    @property
    def account(self) -> Account:
        """The account that a user of these settings has."""
        return _account(self.provider, self.declared, json.dumps({**_CARD, **self.card}))


def tokens(*, fresh: int, read: int = 0, written: int = 0, made: int) -> PicoUSD:
    """What these tokens cost at `PRICE`, counted in the head: a dollar a million is a million pico-dollars a token."""
    return PicoUSD(fresh * 1_000_000 + read * 100_000 + written * 1_250_000 + made * 5_000_000)


@cache
def _account(provider: str, declared: str, card: str) -> Account:
    """Through the same loader as every user's settings."""
    model = f"{provider}/a-model"
    rest = {"models": {model: {"provider": provider, **json.loads(card)}}, "prices": {model: PRICE}}
    text = "\n".join(f"{name}: {json.dumps(value)}" for name, value in rest.items())
    with TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "modelroute.yaml").write_text(f"{declared}\n{text}\n", "utf-8")
        settings = load_settings(here, None, {}, {})
        catalog = load_catalog(settings)
    found = catalog.models[model]
    return Account(provider=catalog.providers[provider], card=found, rates=resolve(found, settings, AT))
