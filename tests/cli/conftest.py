"""The command line in a folder of its own."""

from pathlib import Path

import pytest
from support.cli import QUICK_EMULATOR, Cli


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """A command line whose emulator answers at once."""
    ready = Cli(tmp_path, monkeypatch, capsys)
    ready.write("modelroute.yaml", QUICK_EMULATOR)
    return ready
