"""What is written down when the program itself is at fault: where it broke, never what it carried."""

import os
import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from modelroute_cli import __version__

_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"(?:sk-|Bearer )[\w.-]{8,}")
_USER_OF_URL = re.compile(r"(\bhttps?://)[^\s/@\"'<>]{1,500}@")
_SHORTEST_SECRET = 8


def write_bug_report(error: BaseException, env: Mapping[str, str]) -> Path:
    """Write the traceback and the versions, without secrets or local values; the place is returned."""
    name = f"modelroute-bug-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    text = scrub(_text(error), env)
    for folder in (Path.cwd(), Path(tempfile.gettempdir())):
        try:
            (folder / name).write_text(text, encoding="utf-8", errors="replace")
        except OSError:
            continue
        return folder / name
    sys.stderr.write(text)
    return Path("stderr")


def _text(error: BaseException) -> str:
    """Versions and the traceback."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"modelroute {__version__} `{command}` on {system}\n\n{''.join(traceback.format_exception(error))}"


def scrub(text: str, env: Mapping[str, str]) -> str:
    """`text` without the values of variables that are named like secrets, nor anything that looks like a key."""
    for name, value in env.items():
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, f"<{name}>")
    return _SECRET_TEXT.sub("<secret>", _USER_OF_URL.sub(r"\1", text))
