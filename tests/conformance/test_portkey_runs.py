"""Runs through Portkey's own gateway: the command line, the gateway, the emulator as each provider."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.cli import Cli
from support.emulating import UNLIMITED
from support.emulating_aside import emulator_aside
from support.gateway import running_gateway
from support.through_gateway import KEY, Dress, Ran, at_price, priced, run_through

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.ledger import Stats

REQUESTS = 200
FEW = 20
LUNA = "portkey/openai/gpt-6-luna"
CLAUDE = "portkey/anthropic/claude-haiku-5-5"
DEEPSEEK = "portkey/deepseek/deepseek-flash"
BROKEN = replace(UNLIMITED, faults=EmulatorFaults(server_error=1.0))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gateway, for all tests of this file."""
    with running_gateway(tmp_path_factory.mktemp("gateway") / "log.txt") as url:
        yield url


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """A command line that has the key of the provider behind the gateway."""
    ready = Cli(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("PORTKEY_UPSTREAM_API_KEY", KEY)
    return ready


def all_accepted(ran: Ran, books: Stats, count: int) -> bool:
    """Every request answered once, in input order, marked emulated, its output as the other side has it."""
    assert (ran.finished.code, ran.statuses) == (ExitCode.OK, {"accepted"}), ran.finished.err
    assert [row["custom_id"] for row in ran.rows] == [f"r{nth:03}" for nth in range(count)]
    assert (books.answers, books.answered_again) == (count, 0)
    assert ran.total("input_tokens") == books.input_tokens
    assert ran.total("output_tokens") == books.output_tokens
    assert KEY not in ran.finished.out + ran.finished.err
    return all(row["emulated"] for row in ran.rows)


def test_two_hundred_requests_as_openai_with_faults_on_the_way(cli: Cli, gateway: str) -> None:
    """Rate limits and server errors pass through and are waited out; money as the other side's books have it."""
    faults = EmulatorFaults(rate_limited=0.05, server_error=0.05)
    with emulator_aside(replace(UNLIMITED, faults=faults)) as emulator:
        ran = run_through(cli, gateway, Dress(model=LUNA, host=f"{emulator.url}/openai/v1"), REQUESTS)
        books = emulator.stats
    assert all_accepted(ran, books, REQUESTS)
    assert sorted(books.faults) == ["rate_limited", "server_error"]
    assert ran.total("cache_read_tokens") == books.cached_tokens > 0
    assert ran.spent == priced(books)


def test_two_hundred_requests_as_deepseek_with_faults_on_the_way(cli: Cli, gateway: str) -> None:
    """The gateway drops what was read from the cache, so our side counts the dearer input, never less."""
    faults = EmulatorFaults(rate_limited=0.05, server_error=0.05)
    with emulator_aside(replace(UNLIMITED, faults=faults)) as emulator:
        ran = run_through(cli, gateway, Dress(model=DEEPSEEK, host=f"{emulator.url}/deepseek"), REQUESTS)
        books = emulator.stats
    assert all_accepted(ran, books, REQUESTS)
    assert books.cached_tokens > 0
    assert ran.total("cache_read_tokens") == 0
    assert ran.spent == at_price(books.input_tokens, 0, books.output_tokens) > priced(books)


def test_two_hundred_requests_as_anthropic_with_faults_on_the_way(cli: Cli, gateway: str) -> None:
    """Chat on our side, Messages on the other; 529s pass through, money as the other side's books have it."""
    faults = EmulatorFaults(rate_limited=0.05, server_error=0.05)
    with emulator_aside(replace(UNLIMITED, faults=faults)) as emulator:
        ran = run_through(cli, gateway, Dress(model=CLAUDE, host=f"{emulator.url}/anthropic/v1"), REQUESTS)
        books = emulator.stats
    assert all_accepted(ran, books, REQUESTS)
    assert sorted(books.faults) == ["rate_limited", "server_error"]
    assert ran.spent == priced(books)


def test_the_gateway_s_own_retries_are_not_seen_by_us(cli: Cli, gateway: str) -> None:
    """A retry config: the gateway asks again after a 500, each of our attempts gets an answer."""
    faults = EmulatorFaults(server_error=0.5)
    with emulator_aside(replace(UNLIMITED, faults=faults)) as emulator:
        retry = {"retry": {"attempts": 5, "on_status_codes": [500]}}
        ran = run_through(cli, gateway, Dress(model=LUNA, host=f"{emulator.url}/openai/v1", config=retry), FEW)
        books = emulator.stats
    assert all_accepted(ran, books, FEW)
    assert books.faults["server_error"] > 0
    assert ran.total("attempts") == FEW
    assert ran.spent == priced(books)


def test_a_fallback_answers_where_the_first_target_is_broken(cli: Cli, gateway: str) -> None:
    """A fallback config without keys: the key of the call is forwarded to both targets, which must be one account's."""
    with emulator_aside(BROKEN) as broken, emulator_aside(UNLIMITED) as whole:
        targets = [target(f"{emulator.url}/openai/v1") for emulator in (broken, whole)]
        config = {"strategy": {"mode": "fallback", "on_status_codes": [500]}, "targets": targets}
        ran = run_through(cli, gateway, Dress(model=LUNA, config=config), FEW)
        books, first = whole.stats, broken.stats
    assert all_accepted(ran, books, FEW)
    assert (first.requests, first.answers) == (FEW, 0)
    assert ran.total("attempts") == FEW
    assert ran.spent == priced(books)


def target(host: str) -> dict[str, object]:
    """One target of a config; `retry` stands for the key that the gateway else insists on."""
    forwarded = {"forward_headers": ["authorization"], "retry": {"attempts": 0}}
    return {"provider": "openai", "custom_host": host, **forwarded}
