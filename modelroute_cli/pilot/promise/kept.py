"""Hold-outs and certificates as files: written whole, refused where a newer modelroute wrote them."""

from pathlib import Path
from typing import TypeVar

import msgspec

from modelroute_cli.base.errors import StorageError
from modelroute_cli.execution.run_folder import storage_error, write_whole
from modelroute_cli.pilot.certify import Promise
from modelroute_cli.pilot.promise.certificate import CERTIFICATE_FORMAT, Certificate
from modelroute_cli.pilot.promise.hold_out import HOLD_OUT_FORMAT, HoldOut

T = TypeVar("T", HoldOut, Certificate)

_HOLD_OUT = "hold_out.json"


def keep_hold_out(folder: Path, held: HoldOut) -> None:
    """Write what was drawn into the hold-out's own folder; StorageError."""
    _write(folder / _HOLD_OUT, held)


def read_hold_out(folder: Path) -> HoldOut:
    """What was drawn; StorageError."""
    return _read(folder / _HOLD_OUT, HoldOut, HOLD_OUT_FORMAT)


def keep_certificate(pilot: Path, certificate: Certificate) -> None:
    """Write a certificate into the pilot's folder; StorageError."""
    _write(_certificate(pilot, certificate.promise), certificate)


def read_certificate(pilot: Path, promise: Promise) -> Certificate | None:
    """The certificate of a promise in a pilot's folder; None where there is none. StorageError."""
    path = _certificate(pilot, promise)
    return _read(path, Certificate, CERTIFICATE_FORMAT) if path.exists() else None


def _certificate(pilot: Path, promise: Promise) -> Path:
    """One file for each ratio and confidence."""
    return pilot / f"certificate-{promise.ratio:.6g}-{promise.confidence:.6g}.json"


def _write(path: Path, value: HoldOut | Certificate) -> None:
    try:
        write_whole(path, msgspec.json.format(msgspec.json.encode(value), indent=1))
    except OSError as error:
        raise storage_error(path, error) from error


def _read(path: Path, kind: type[T], newest: int) -> T:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise storage_error(path, error) from error
    if found.format > newest:
        message = f"`{path}` was made by a newer modelroute"
        raise StorageError(message, hint="upgrade modelroute, or plan with `--uncertified`")
    return found
