"""A server of this machine's models from its start to its end, as a process of its own."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.own_model import body

from modelroute_cli.base.errors import SettingsError, StorageError
from modelroute_cli.local.start import Address, started, threads

MADE_UP = "support.own_model"
HERE = Path(__file__).parents[1]
PARENT = """
import asyncio, sys
from pathlib import Path
from modelroute_cli.local import start

async def main():
    begin = asyncio.create_subprocess_exec
    async def noted(*args, **kwargs):
        process = await begin(*args, **kwargs)
        print(process.pid, flush=True)
        return process
    asyncio.create_subprocess_exec = noted
    async with start.started({"tiny": Path("tiny.gguf")}, Path(sys.argv[1]), program="support.own_model"):
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up server can be started from any folder, and a key lies in the environment."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), str(HERE.parent)]))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")


async def said(address: Address, text: str) -> str:
    """What the server answers."""
    async with httpx.AsyncClient(trust_env=False) as ready:
        headers = {"authorization": f"Bearer {address.key}"}
        response = await ready.post(f"{address.base_url}/chat/completions", json=body(text), headers=headers)
        return str(response.json()["choices"][0]["message"]["content"])


def test_it_answers_while_the_block_lasts(tmp_path: Path) -> None:
    """On loopback, at a port that was free, with a key nobody else has; then it is gone."""

    async def go() -> tuple[Address, str]:
        async with started({"tiny": Path("tiny.gguf")}, tmp_path / "local.log", program=MADE_UP) as address:
            return address, await said(address, "good morning")

    address, answer = asyncio.run(go())
    assert answer == "good morning"
    assert address.base_url.startswith("http://127.0.0.1:")
    assert len(address.key) >= 32
    assert address.key not in repr(address)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address.base_url}/models", trust_env=False)


def test_an_error_in_the_block_ends_it_too(tmp_path: Path) -> None:
    """What went wrong comes through."""

    async def go() -> None:
        async with started({"tiny": Path("tiny.gguf")}, tmp_path / "local.log", program=MADE_UP):
            message = "the run failed"
            raise KeyError(message)

    with pytest.raises(KeyError, match="the run failed"):
        asyncio.run(go())


@pytest.mark.parametrize(
    ("file", "patience_s", "message"),
    [
        ("broken.gguf", 60.0, "the model on this machine cannot be loaded: tensor 7 is missing"),
        ("tiny.gguf", 0.0, "the model on this machine was not loaded after 0 seconds"),
    ],
)
def test_what_cannot_be_loaded_is_told(tmp_path: Path, file: str, patience_s: float, message: str) -> None:
    """In the engine's words, with the place of the rest."""
    log = tmp_path / "local.log"

    async def go() -> None:
        async with started({"tiny": Path(file)}, log, patience_s, program=MADE_UP):
            pytest.fail("it was not loaded")

    with pytest.raises(SettingsError) as caught:
        asyncio.run(go())
    assert caught.value.message == message
    assert f"`{log}`" in str(caught.value.hint)


def test_a_server_that_ends_at_once_is_told(tmp_path: Path) -> None:
    """Such as one whose program is not there."""

    async def go() -> None:
        async with started({}, tmp_path / "local.log", program="support.nowhere"):
            pytest.fail("there is no such program")

    with pytest.raises(SettingsError) as caught:
        asyncio.run(go())
    assert caught.value.message == "the model on this machine cannot be loaded: its server ended"
    assert "No module named support.nowhere" in (tmp_path / "local.log").read_text(encoding="utf-8")


def test_a_folder_that_takes_no_log_is_told(tmp_path: Path) -> None:
    """Before anything is started."""

    async def go() -> None:
        async with started({}, tmp_path / "nowhere" / "local.log", program=MADE_UP):
            pytest.fail("there is no folder")

    with pytest.raises(StorageError) as caught:
        asyncio.run(go())
    assert caught.value.message == f"cannot write `{tmp_path}/nowhere/local.log`: No such file or directory"


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for another's child needs Linux")
def test_no_server_outlives_a_run_that_is_killed(tmp_path: Path) -> None:
    """It ends when its input ends, however the run ended."""
    command = [sys.executable, "-c", PARENT, str(tmp_path / "local.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        assert parent.stdout.readline() == "ready\n"
        gone = os.pidfd_open(server)
        parent.send_signal(signal.SIGKILL)
    ended, _, _ = select.select([gone], [], [], 30)
    os.close(gone)
    assert ended == [gone]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads another process by /proc")
def test_the_server_is_told_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither those of providers nor, where others can read it, its own."""
    seen: list[bytes] = []
    begin = asyncio.create_subprocess_exec

    async def noted(*args: str, **kwargs: object) -> asyncio.subprocess.Process:
        process = await begin(*args, **kwargs)  # type: ignore[arg-type]
        seen.append(str(process.pid).encode())
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)

    async def go() -> bytes:
        async with started({"tiny": Path("tiny.gguf")}, tmp_path / "local.log", program=MADE_UP) as address:
            place = Path("/proc") / seen[0].decode()
            held = b"".join((place / name).read_bytes() for name in ("environ", "cmdline"))
            assert address.key.encode() not in held
            return held

    assert b"sk-planted" not in asyncio.run(go())


@given(st.integers(1, 256), st.floats(0, 1000))
def test_threads_leave_room(cores: int, load: float) -> None:
    """At least one, at most half of the cores, and on a busy machine one."""
    found = threads(cores, load)
    assert 1 <= found <= max(1, cores // 2)
    assert threads(cores, load + cores) == 1


def test_threads_of_common_machines() -> None:
    """Two cores have one to give; eight that are idle, four."""
    assert [threads(1, 0.0), threads(2, 0.1), threads(8, 0.3), threads(8, 6.2), threads(16, 20.0)] == [1, 1, 4, 2, 1]
