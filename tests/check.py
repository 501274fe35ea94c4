"""Every check of the project, in the order of what fails fastest; what CI runs."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
CHECKS = (
    ("style", ("ruff", "check", ".")),
    ("format", ("ruff", "format", "--check", ".")),
    ("layers", ("lint-imports",)),
    ("dependencies", ("deptry", ".")),
    ("types", ("mypy",)),
    ("tests", ("pytest", "-n", "2", "--cov", "--cov-report=term:skip-covered", "--cov-fail-under=88", "-q")),
)


def main() -> int:
    """Run all checks, say how each went; 0 when all passed."""
    failed = [name for name, command in CHECKS if not _passes(name, command)]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def _passes(name: str, command: tuple[str, ...]) -> bool:
    started = time.monotonic()
    print(f"== {name}: {' '.join(command)}", flush=True)
    code = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, check=False).returncode
    print(f"== {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
