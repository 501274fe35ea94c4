"""Runs through Portkey's own gateway: the command line, the real gateway, the emulator in the dress of each provider."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.cli import KEYS, Cli
from support.emulating import UNLIMITED
from support.emulating_aside import emulator_aside
from support.gateway import running_gateway
from support.through_gateway import KEY, Dress, priced, run_through

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.settings import EmulatorFaults

REQUESTS = 200
LUNA = "portkey/openai/gpt-6-luna"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gateway, for all tests of this file."""
    with running_gateway(tmp_path_factory.mktemp("gateway") / "log.txt") as url:
        yield url


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """A command line that has one key."""
    ready = Cli(tmp_path, monkeypatch, capsys)
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORTKEY_UPSTREAM_API_KEY", KEY)
    return ready


def test_two_hundred_requests_as_openai_with_faults_on_the_way(cli: Cli, gateway: str) -> None:
    """All accepted, nothing answered twice, tokens and money as the other side's books have them."""
    faults = EmulatorFaults(rate_limited=0.05, server_error=0.05)
    with emulator_aside(replace(UNLIMITED, faults=faults)) as emulator:
        ran = run_through(cli, gateway, Dress(model=LUNA, host=f"{emulator.url}/openai/v1"), REQUESTS)
        books = emulator.stats
    assert (ran.finished.code, ran.statuses) == (ExitCode.OK, {"accepted"})
    assert [row["custom_id"] for row in ran.rows] == [f"r{nth:03}" for nth in range(REQUESTS)]
    assert (books.answers, books.answered_again) == (REQUESTS, 0)
    assert sorted(books.faults) == ["rate_limited", "server_error"]
    assert ran.tokens("input_tokens") == books.input_tokens
    assert ran.tokens("output_tokens") == books.output_tokens
    assert ran.spent == priced(LUNA, books)
    assert all(row["emulated"] for row in ran.rows)
    assert KEY not in ran.finished.out + ran.finished.err
