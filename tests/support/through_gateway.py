"""Runs of the command line through Portkey's gateway to the emulator, and what both sides say of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from support.catalog_room import default_catalog, default_settings
from support.cli import Cli, Finished

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.base.schema import Usage
from modelroute_cli.catalog.prices import cost, resolve
from modelroute_cli.emulator.ledger import Stats

KEY = "sk-conformance-not-a-real-key"
_ALIASES = ("cheap", "analysis", "premium", "multimodal", "escalation")
_RULES = "rules:\n  - {{name: all, allow: [{model}], escalate: [{model}]}}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """A provider behind the gateway: which of our models, and the host that the gateway is told to call."""

    model: str
    host: str | None
    config: Mapping[str, object] | None = None

    def headers(self) -> dict[str, str]:
        """What a user's settings send besides."""
        host = {} if self.host is None else {"x-portkey-custom-host": self.host}
        return host if self.config is None else {**host, "x-portkey-config": json.dumps(self.config)}

    def settings(self, gateway: str) -> str:
        """A user's settings file."""
        provider = {"base_url": f"{gateway}/v1", "key_headers": {}, "headers": self.headers()}
        aliases = dict.fromkeys(_ALIASES, [self.model])
        lines = {"providers": {"portkey": provider}, "aliases": aliases, "objective": {"min_quality": 0}}
        return json.dumps(lines) + "\n"


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

    def tokens(self, column: str) -> int:
        """The sum of one column."""
        return sum(row[column] for row in self.rows)


def run_through(cli: Cli, gateway: str, dress: Dress, count: int) -> Ran:
    """That many different requests, sent by `modelroute run`."""
    cli.write("modelroute.yaml", dress.settings(gateway))
    cli.jobs(*({"custom_id": f"r{nth:03}", "prompt": f"Write a headline about tea number {nth}."} for nth in range(count)))
    finished = cli("run", "jobs.jsonl", "--yes", "-o", "out.jsonl")
    written = cli.folder / "out.jsonl"
    lines = written.read_text("utf-8").splitlines() if written.exists() else []
    return Ran(finished, [json.loads(line) for line in lines])


def priced(model: str, books: Stats) -> PicoUSD:
    """What the emulator's books cost at this model's prices of today."""
    usage = Usage(
        input_tokens=books.input_tokens, output_tokens=books.output_tokens, cache_read_tokens=books.cached_tokens
    )
    at = datetime.now(UTC)
    return cost(resolve(default_catalog().models[model], default_settings(), at), usage, at)
