"""Every check of the project, in the order of what fails fastest; what CI runs.

The types are checked while the tests run: many of those wait for a process or a clock, and leave a core free.
"""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
CHECKS = (
    ("style", ("ruff", "check", ".")),
    ("format", ("ruff", "format", "--check", ".")),
    ("layers", ("lint-imports",)),
    ("dependencies", ("deptry", ".")),
    ("tests", ("pytest", "-n", "3", "--cov", "--cov-report=term:skip-covered", "--cov-fail-under=88", "-q")),
)
BESIDE = ("types", ("mypy",))


def main() -> int:
    """Run all checks, say how each went; 0 when all passed."""
    with TemporaryFile("w+") as told:
        name, command = BESIDE
        beside = subprocess.Popen(_command(command), cwd=ROOT, stdout=told, stderr=subprocess.STDOUT)
        failed = [name for name, command in CHECKS if not _passes(name, command)]
        print(f"== {name}: {' '.join(command)}", flush=True)
        passed = beside.wait() == 0
        told.seek(0)
        print(f"{told.read()}== {name}: {'passed' if passed else 'FAILED'}")
    failed += [] if passed else [name]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


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
