"""What the scripts that are run on demand share: other programs in the background, our command line, and a verdict."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PATIENCE_S = 60.0
_POLL_S = 0.2
_CLOSING_S = 10.0


@dataclass
class Verdict:
    """What was seen, printed as it happens; `exit_code` is 1 after any check that failed."""

    failed: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Say what was seen."""
        sys.stdout.write(f"     {text}\n")

    def check(self, what: str, actual: object, expected: object) -> None:
        """Compare, and say both."""
        good = actual == expected
        sys.stdout.write(
            f"{'ok  ' if good else 'FAIL'} {what}: {actual!r}{'' if good else f', expected {expected!r}'}\n"
        )
        if not good:
            self.failed.append(what)

    @property
    def exit_code(self) -> int:
        """0 when every check held."""
        return int(bool(self.failed))


def required(variable: str, what: str) -> Path:
    """The path named by an environment variable; ends the script with a hint when it is missing."""
    value = os.environ.get(variable)
    if not value or not Path(value).exists():
        sys.exit(f"set {variable} to {what} (see tests/conformance/README.md)")
    return Path(value).absolute()


@contextmanager
def background(command: Sequence[str], url: str, log: Path, *, cwd: Path | None = None) -> Iterator[None]:
    """A program that serves at `url` while the block runs; it is ended by its own process id."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output, cwd=cwd) as process:
        try:
            _wait_until_up(process, url, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(_CLOSING_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_up(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    """Until anything answers at `url`, also with an error."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            fetch(url)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(_POLL_S)
        else:
            return
    sys.exit(f"`{process.args!r}` did not come up:\n{log.read_text(errors='replace')[-2000:]}")


def fetch(url: str) -> bytes:
    """GET."""
    with urllib.request.urlopen(url, timeout=_PATIENCE_S) as response:  # noqa: S310 - loopback addresses of ours
        body: bytes = response.read()
        return body


def modelroute(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """The installed command, as a user types it."""
    command = Path(sys.executable).with_name("modelroute")
    return subprocess.run(
        [command, *arguments], cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False
    )


def write_jobs(path: Path, prompts: Sequence[str], **fields: object) -> None:
    """A native job file with one request a prompt."""
    rows = [{"custom_id": f"r{nth:03}", "prompt": prompt, **fields} for nth, prompt in enumerate(prompts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def read_results(path: Path) -> list[dict[str, Any]]:
    """The rows of a results file; none when it is absent."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
