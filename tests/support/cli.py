"""Runs the command line in this process: exit code, stdout and stderr apart."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from modelroute_cli.cli.console import make_console
from modelroute_cli.cli.main import run_command

QUICK_EMULATOR = "emulator: {latency_s: 0.001, tokens_per_s: 1000000}\n"
KEYS = ("OPENAI_API_KEY", "DEEPSEEK_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY")


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        """Stdout as one JSON object."""
        return cast("dict[str, object]", json.loads(self.out))


class Cli:
    """The command line in a folder of its own, without keys and without anybody's settings."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "no-user-settings"))
        monkeypatch.setenv("XDG_DATA_HOME", str(folder / "no-user-data"))
        monkeypatch.setenv("NO_COLOR", "1")
        for name in (*KEYS, "COLUMNS", "MODELROUTE_CONFIG", "MODELROUTE_HISTORY", "MODELROUTE_PLAIN"):
            monkeypatch.delenv(name, raising=False)

    def __call__(self, *arguments: str) -> Finished:
        """Run one command."""
        self._monkeypatch.setattr(sys, "argv", ["modelroute", *arguments])
        self._capsys.readouterr()
        code = run_command(arguments, make_console())
        captured = self._capsys.readouterr()
        return Finished(code, captured.out, captured.err)

    def write(self, name: str, text: str | bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def jobs(self, *rows: Mapping[str, object], name: str = "jobs.jsonl") -> Path:
        """A job file with these rows."""
        return self.write(name, "".join(json.dumps(row) + "\n" for row in rows))


def mails(count: int) -> list[dict[str, object]]:
    """Different bulk e-mail requests that name their task type."""
    return [
        {
            "custom_id": f"mail-{number}",
            "prompt": f"Write a short e-mail of about 60 words to customer {number} about our new tea.",
            "task_type": "email",
            "importance": "bulk",
            "max_output_tokens": 200,
        }
        for number in range(count)
    ]


def headline() -> dict[str, object]:
    """One premium headline request."""
    return {
        "custom_id": "headline",
        "prompt": "One headline for the launch of a repairable kettle.",
        "task_type": "headline",
        "importance": "premium",
    }
