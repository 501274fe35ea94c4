"""Secrets of every kind that a command may hold, and a search through everything that it wrote, unpacked."""

import base64
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from support.hooked import PATH, SECRET_TEXT

BEARER = "plantedBearerKey0123456789"
HEADER = "plantedHeaderKey0123456789"
COMMAND = "plantedCommandKey0123456789"
PROXY = "plantedProxyPassword0123456789"
AUDIT = "plantedAuditKey0123456789abcdefghijklmnop"
TOKEN = PATH.rpartition("/")[2]
PLANTED = (BEARER, HEADER, COMMAND, PROXY, AUDIT, TOKEN, SECRET_TEXT)


def plant(monkeypatch: pytest.MonkeyPatch, hook_url: str) -> None:
    """All of them into the environment; that of a command is in the settings."""
    monkeypatch.setenv("OPENAI_API_KEY", BEARER)
    monkeypatch.setenv("GATEWAY_KEY", HEADER)
    monkeypatch.setenv("HTTPS_PROXY", f"http://anna:{PROXY}@127.0.0.1:9")
    monkeypatch.setenv("MODELROUTE_AUDIT_KEY", AUDIT)
    monkeypatch.setenv("HOOK_URL", hook_url)
    monkeypatch.setenv("HOOK_SECRET", SECRET_TEXT)


def found(data: bytes) -> list[str]:
    """The secrets in some bytes: as they are, and as base64 may carry them along."""
    return [secret for secret in PLANTED if secret.encode() in data or _inside(secret) in data]


def _inside(secret: str) -> bytes:
    """What every base64 of it holds, wherever it begins to count."""
    return base64.b64encode(secret.encode())[:-4]


def unpacked(path: Path) -> Iterator[bytes]:
    """What stands in a file: its bytes, the members of an archive, the cells of a table that is packed."""
    yield from _unpacked(path.read_bytes())


def _unpacked(data: bytes) -> Iterator[bytes]:
    yield data
    if zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from _unpacked(archive.read(member))
    elif data.startswith(b"PAR1"):
        yield pl.read_parquet(BytesIO(data)).write_ndjson().encode()


def leaks(folder: Path, own: frozenset[str]) -> dict[str, list[str]]:
    """The secrets in each file below a folder that has some; `own` are files that the test itself wrote."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in own]
    held = {str(path.relative_to(folder)): [each for data in unpacked(path) for each in found(data)] for path in paths}
    return {name: secrets for name, secrets in held.items() if secrets}
