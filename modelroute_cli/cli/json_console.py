"""A console whose stderr is JSON lines, for programs that follow a run."""

import sys
from collections.abc import Mapping
from typing import TextIO

import msgspec

from modelroute_cli.base.clock import Clock, SystemClock
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.plain_wish import with_flag
from modelroute_cli.report.json_out import public


class JsonConsole(Console):
    """Notes become `{"at": ..., "event": "note", "text": ...}`; the answer on stdout stays as it is."""

    def __init__(self, out: TextIO, err: TextIO, env: Mapping[str, str], clock: Clock | None = None) -> None:
        super().__init__(out, err, env)
        self._clock = clock or SystemClock()

    def note(self, text: str, style: str = "") -> None:
        """A line of its own; `style` becomes its level where it is one."""
        level = {"level": style} if style in {"warning", "error"} else {}
        self._line({"event": "note", **level, "text": text.strip("\n")})

    def event(self, name: str, values: msgspec.Struct) -> None:
        """An event with its values; money as decimal strings of dollars."""
        self._line({"event": name, **public(values)})

    def _line(self, fields: Mapping[str, object]) -> None:
        at = self._clock.now().isoformat(timespec="milliseconds")
        self.draw(msgspec.json.encode({"at": at, **fields}).decode() + "\n")


def make_json_console(env: Mapping[str, str]) -> JsonConsole:
    """The console of this process, with JSON lines on stderr."""
    return JsonConsole(sys.stdout, sys.stderr, with_flag(env, sys.argv[1:]))
