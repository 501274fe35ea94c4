"""API keys: found before anything is sent, held in memory only, never shown."""

import shlex
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modelroute_cli.base.errors import CredentialError
from modelroute_cli.catalog.cards import Provider

_COMMAND_TIMEOUT_S = 10.0
_KEY_ENDING = "_API_KEY"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens one provider account; its repr shows nothing."""

    key: str | None = field(default=None, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)  # header name -> value


def resolve_keys(
    providers: Iterable[Provider], env: Mapping[str, str], *, emulated: bool = False
) -> dict[str, Credentials]:
    """The credentials of each provider, by name; CredentialError names all that is missing. Emulated: none needed."""
    wanted = list(providers)
    if emulated:
        return {provider.name: Credentials() for provider in wanted}
    missing = [line for provider in wanted for line in _missing(provider, env)]
    if missing:
        message = "no key for " + "; no key for ".join(missing)
        raise CredentialError(message, hint=f"`export {_first_variable(wanted, env)}=...` or `--emulator` to try it")
    return {provider.name: _credentials(provider, env) for provider in wanted}


def without_keys(
    env: Mapping[str, str], providers: Iterable[Provider], credentials: Mapping[str, Credentials]
) -> dict[str, str]:
    """`env` for a program that is to have no key: without the variables of providers, and what holds a key of the run.

    What is named like a key (`..._API_KEY`) goes as well: it may be that of a provider nobody listed.
    """
    listed = {name for item in providers for name in (item.api_key_env, *item.key_headers.values()) if name}
    held = [secret for item in credentials.values() for secret in (item.key, *item.secrets.values()) if secret]
    return {
        name: value
        for name, value in env.items()
        if name not in listed and not name.upper().endswith(_KEY_ENDING) and not any(key in value for key in held)
    }


def _missing(provider: Provider, env: Mapping[str, str]) -> list[str]:
    """One line for each variable that is needed and not set."""
    return [f"`{provider.name}`: environment variable `{name}` is not set" for name in _unset(provider, env)]


def _unset(provider: Provider, env: Mapping[str, str]) -> list[str]:
    """The variables a provider needs and the environment does not have (or has empty)."""
    own = [provider.api_key_env] if _key_from_env(provider) and provider.api_key_env else []
    return [name for name in (*own, *provider.key_headers.values()) if not env.get(name, "").strip()]


def _first_variable(providers: Iterable[Provider], env: Mapping[str, str]) -> str:
    return next(name for provider in providers for name in _unset(provider, env))


def _key_from_env(provider: Provider) -> bool:
    """Whether the key is looked up in the environment: a command, where there is one, goes first."""
    return provider.auth != "none" and provider.api_key_command is None


def _credentials(provider: Provider, env: Mapping[str, str]) -> Credentials:
    secrets = {header: env[name].strip() for header, name in provider.key_headers.items()}
    if provider.auth == "none":
        return Credentials(None, secrets)
    if provider.api_key_command is not None:
        return Credentials(_run(provider.name, provider.api_key_command), secrets)
    key = env[provider.api_key_env].strip() if provider.api_key_env else None
    return Credentials(key, secrets)


def _run(name: str, command: str) -> str:
    """The first line the user's command prints; no shell reads it. CredentialError says which provider it was for."""
    try:
        words = shlex.split(command)
        done = subprocess.run(  # noqa: S603 - the user's own command, split into words, no shell
            words, capture_output=True, text=True, timeout=_COMMAND_TIMEOUT_S, check=True, stdin=subprocess.DEVNULL
        )
        key = done.stdout.strip().splitlines()[0]
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        message = f"`api_key_command` of provider `{name}` gave no key: {_why(error)}"
        raise CredentialError(message, hint="run that command in a terminal and see what it prints") from None
    return key.strip()


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
