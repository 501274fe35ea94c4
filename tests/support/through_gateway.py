"""Runs of the command line through Portkey's gateway to the emulator, and what both sides say of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from support.cli import Cli, Finished

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.emulator.ledger import Stats

KEY = "sk-conformance-not-a-real-key"
PRICE = {"input": "1.00", "cache_read": "0.10", "output": "5.00"}
"""Dollars per million tokens: a price of our own, so that neither a new price list nor the hour changes a sum."""

SHARED = "Speak as the tea house does: kind, brief, a little old-fashioned, and never of prices. " * 120
"""A beginning long enough to be cached."""

_ALIASES = ("cheap", "analysis", "premium", "multimodal", "escalation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """A provider behind the gateway: which of our models, and what the gateway is told."""

    model: str
    host: str | None = None
    config: Mapping[str, object] | None = None
    more: Mapping[str, str] | None = None  # other headers

    def settings(self, gateway: str) -> str:
        """A user's settings file; JSON is YAML."""
        provider = {"base_url": f"{gateway}/v1", "key_headers": {}, "headers": self._headers()}
        lines = {
            "providers": {"portkey": provider},
            "aliases": {alias: [self.model] for alias in _ALIASES},
            "prices": {self.model: PRICE},
            "objective": {"min_quality": 0},
        }
        return json.dumps(lines)

    def _headers(self) -> dict[str, str]:
        host = {} if self.host is None else {"x-portkey-custom-host": self.host}
        config = {} if self.config is None else {"x-portkey-config": json.dumps(self.config)}
        return {**host, **config, **(self.more or {})}


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended, by its exit code, its screen and its results."""

    finished: Finished
    rows: Sequence[Mapping[str, Any]]

    @property
    def statuses(self) -> set[str]:
        """How the requests ended."""
        return {row["status"] for row in self.rows}

    @property
    def spent(self) -> PicoUSD:
        """What our side says it cost."""
        return PicoUSD(sum(from_usd(row["cost_usd"]) for row in self.rows))

    def total(self, column: str) -> int:
        """The sum of one column."""
        return sum(row[column] for row in self.rows)


def run_through(cli: Cli, gateway: str, dress: Dress, count: int) -> Ran:
    """That many different requests of one beginning, sent by `modelroute run`."""
    cli.write("modelroute.yaml", dress.settings(gateway))
    cli.jobs(*(_request(nth) for nth in range(count)))
    finished = cli("run", "jobs.jsonl", "--yes", "-o", "out.jsonl")
    written = cli.folder / "out.jsonl"
    lines = written.read_text("utf-8").splitlines() if written.exists() else []
    return Ran(finished, [json.loads(line) for line in lines])


def priced(books: Stats) -> PicoUSD:
    """What the emulator's books cost at `PRICE`."""
    return at_price(books.input_tokens, books.cached_tokens, books.output_tokens)


def at_price(given: int, cached: int, made: int) -> PicoUSD:
    """Tokens at `PRICE`; `given` holds the cached ones too."""
    per_token = {name: from_usd(dollars) // 1_000_000 for name, dollars in PRICE.items()}
    fresh = (given - cached) * per_token["input"]
    return PicoUSD(fresh + cached * per_token["cache_read"] + made * per_token["output"])


def _request(nth: int) -> dict[str, object]:
    return {"custom_id": f"r{nth:03}", "system": SHARED, "prompt": f"Write a headline about tea number {nth}."}
