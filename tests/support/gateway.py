"""Portkey's own gateway as a program on loopback, where it is installed."""

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.ports import free_port

VERSION = "1.15.2"
FOLDER = "PORTKEY_GATEWAY_DIR"
"""The environment variable that names the folder in which npm installed `@portkey-ai/gateway`; `.ci/run` sets it."""

_GUARD = Path(__file__).with_name("loopback_only.cjs")
_UP_WITHIN_S, _POLL_S, _CLOSING_S = 60.0, 0.1, 10.0


def installed() -> Path:
    """The gateway's start script; the test is skipped, and says why, where it or Node is absent."""
    folder = os.environ.get(FOLDER)
    if not folder:
        pytest.skip(f"Portkey's gateway is not installed: {FOLDER} is not set (`.ci/run` sets it)")
    script = Path(folder) / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    if not script.exists() or shutil.which("node") is None:
        pytest.skip(f"Portkey's gateway is not installed: no Node, or nothing in the folder that {FOLDER} names")
    return script


@contextmanager
def running_gateway(log: Path) -> Iterator[str]:
    """The gateway's address while the block runs; it listens on loopback, reaches nothing else, and is ended whole."""
    script, port = installed(), free_port()
    command = ["node", "--require", str(_GUARD), str(script), "--headless", f"--port={port}"]
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        try:
            _wait_until_up(process, url, log)
            yield url
        finally:
            _end(process)


def _wait_until_up(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    """Until anything answers."""
    deadline = time.monotonic() + _UP_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(url):
            return
        time.sleep(_POLL_S)
    pytest.fail(f"the gateway did not come up:\n{log.read_text(errors='replace')[-2000:]}")


def _answers(url: str) -> bool:
    """Whether anybody is there, also with an error."""
    try:
        urllib.request.urlopen(url, timeout=_CLOSING_S).close()  # noqa: S310 - an address of loopback
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _end(process: "subprocess.Popen[bytes]") -> None:
    """The program and all it started, which are a process group of their own."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_CLOSING_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
