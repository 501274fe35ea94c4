"""Every check of the project, in the order of what fails fastest; what CI runs.

The types are checked while the tests run: many of those wait for a process or a clock, and leave a core free. Tests
that go over the same lines again and again (whole runs, faults, counterparts) run beside the others, and no line is
counted in them: counting makes them half as long again, and other tests cover the lines.
"""

import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
WHOLE_RUNS = (
    "batch_output",
    "begun_runs",
    "buying",
    "cancel",
    "certify",
    "ci_docs",
    "classify_with",
    "compare",
    "data_stays",
    "formats",
    "gemini",
    "handed_in_runs",
    "job_settings",
    "judging",
    "media",
    "pace",
    "pictures",
    "pilot",
    "pilot_crash",
    "pilot_history",
    "pilot_scorers",
    "plan",
    "privacy",
    "processes",
    "reading",
    "replaying",
    "run",
    "run_pilot",
    "samples",
    "start_at",
    "status",
    "terminals",
    "vision",
)
UNCOUNTED = (
    *(f"tests/{folder}" for folder in ("browser", "conformance", "faults", "matrix")),
    *(f"tests/cli/test_{name}.py" for name in WHOLE_RUNS),
)
LEFT_OUT = tuple(f"--ignore={place}" for place in UNCOUNTED)
CHECKS = (
    ("style", ("ruff", "check", ".")),
    ("format", ("ruff", "format", "--check", ".")),
    ("layers", ("lint-imports",)),
    ("dependencies", ("deptry", ".")),
    ("tests", ("pytest", "-n", "2", "--cov", "--cov-report=term:skip-covered", "--cov-fail-under=88", "-q", *LEFT_OUT)),
)
BESIDE = (
    ("types", ("mypy",)),
    ("whole runs", ("pytest", "-n", "2", "--dist", "loadfile", "-q", "-p", "no:cacheprovider", *UNCOUNTED)),
)


def main() -> int:
    """Run all checks, say how each went; 0 when all passed."""
    with ExitStack() as stack:
        beside = [_Beside(name, command, stack.enter_context(TemporaryFile("w+"))) for name, command in BESIDE]
        failed = [name for name, command in CHECKS if not _passes(name, command)]
        failed += [each.name for each in beside if not each.passes()]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


class _Beside:
    """A check that runs while others do; what it says is shown when it is asked for."""

    def __init__(self, name: str, command: tuple[str, ...], told: IO[str]) -> None:
        self.name = name
        self._told = told
        self._command = command
        self._process = subprocess.Popen(_command(command), cwd=ROOT, stdout=told, stderr=subprocess.STDOUT)

    def passes(self) -> bool:
        """Wait for its end, and say how it went."""
        passed = self._process.wait() == 0
        self._told.seek(0)
        print(f"== {self.name}: {' '.join(self._command)}\n{self._told.read()}", end="")
        print(f"== {self.name}: {'passed' if passed else 'FAILED'}", flush=True)
        return passed


def _passes(name: str, command: tuple[str, ...]) -> bool:
    started = time.monotonic()
    print(f"== {name}: {' '.join(command)}", flush=True)
    code = subprocess.run(_command(command), cwd=ROOT, check=False).returncode
    print(f"== {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return code == 0


def _command(command: tuple[str, ...]) -> list[str]:
    """A command of this environment."""
    return [str(BIN / command[0]), *command[1:]]


if __name__ == "__main__":
    sys.exit(main())
