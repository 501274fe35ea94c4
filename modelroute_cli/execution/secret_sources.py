"""Where secrets come from besides the environment: a command of the user's, or the system's keyring.

What either says never stands in an error: it may be the secret.
"""

import shlex
import subprocess
from collections.abc import Callable
from functools import partial

from modelroute_cli.base.errors import CredentialError

_COMMAND_TIMEOUT_S = 10.0

Lookup = Callable[[str, str], str | None]
"""(service, username) -> what the keyring keeps for them, None for nothing; CredentialError."""


def from_command(command: str, setting: str) -> str:
    """The first line the user's command prints; no shell reads it. CredentialError names the `setting` it was for."""
    try:
        words = shlex.split(command)
        done = subprocess.run(  # noqa: S603 - the user's own command, split into words, no shell
            words, capture_output=True, text=True, timeout=_COMMAND_TIMEOUT_S, check=True, stdin=subprocess.DEVNULL
        )
        key = done.stdout.strip().splitlines()[0]
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        message = f"{setting} gave no key: {_why(error)}"
        raise CredentialError(message, hint="run that command in a terminal and see what it prints") from None
    return key.strip()


def from_keyring(place: str, setting: str, lookup: Lookup | None = None) -> str:
    """What the system's keyring keeps at `service/username`; CredentialError names the `setting` it was for."""
    service, _, username = place.rpartition("/")
    key = (lookup or partial(_looked_up, setting))(service, username)
    if not key or not key.strip():
        message = f"{setting} gave no key: the keyring keeps nothing for `{service}`, `{username}`"
        raise CredentialError(message, hint=f"`{shlex.join(['keyring', 'set', service, username])}` keeps it")
    return key.strip()


def _looked_up(setting: str, service: str, username: str) -> str | None:
    """Ask the system's keyring; the extra is loaded only here."""
    try:
        import keyring  # noqa: PLC0415 - an extra
        from keyring.errors import KeyringError  # noqa: PLC0415 - an extra
    except ImportError:
        message = f"{setting} gave no key: the extra `keyring` is not installed"
        raise CredentialError(message, hint="`pip install 'modelroute-cli[keyring]'`") from None
    try:
        return keyring.get_password(service, username)
    except (KeyringError, OSError, RuntimeError) as error:
        message = f"{setting} gave no key: the keyring could not be asked ({type(error).__name__})"
        raise CredentialError(message, hint="unlock it, or see `keyring diagnose`") from None


def _why(error: Exception) -> str:
    """The failure without the command's output, which may hold a secret."""
    match error:
        case subprocess.TimeoutExpired():
            return f"it took more than {_COMMAND_TIMEOUT_S:.0f} s"
        case subprocess.CalledProcessError(returncode=code):
            return f"it ended with code {code}"
        case FileNotFoundError():
            return "there is no such program"
        case IndexError():
            return "it printed nothing"
        case OSError(strerror=reason):
            return reason or "it could not be started"
        case _:
            return "its quotes do not match"
