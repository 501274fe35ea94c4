"""API keys: found before anything is sent, held in memory only, never shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modelroute_cli.base.errors import CredentialError
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.execution.secret_sources import Lookup, from_command, from_keyring

_KEY_ENDING = "_API_KEY"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens one provider account; its repr shows nothing."""

    key: str | None = field(default=None, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)  # header name -> value


def resolve_keys(
    providers: Iterable[Provider], env: Mapping[str, str], *, emulated: bool = False, lookup: Lookup | None = None
) -> dict[str, Credentials]:
    """The credentials of each provider, by name; CredentialError names all that is missing. Emulated: none needed.

    `lookup` asks the keyring; None: the system's own.
    """
    wanted = list(providers)
    if emulated:
        return {provider.name: Credentials() for provider in wanted}
    missing = [line for provider in wanted for line in _missing(provider, env)]
    if missing:
        message = "no key for " + "; no key for ".join(missing)
        raise CredentialError(message, hint=f"`export {_first_variable(wanted, env)}=...` or `--emulator` to try it")
    return {provider.name: _credentials(provider, env, lookup) for provider in wanted}


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
    """Whether the key is looked up in the environment: a command or the keyring, where one is named, goes first."""
    return provider.auth != "none" and provider.api_key_command is None and provider.api_key_keyring is None


def _credentials(provider: Provider, env: Mapping[str, str], lookup: Lookup | None) -> Credentials:
    secrets = {header: env[name].strip() for header, name in provider.key_headers.items()}
    if provider.auth == "none":
        return Credentials(None, secrets)
    if provider.api_key_command is not None:
        setting = f"`api_key_command` of provider `{provider.name}`"
        return Credentials(from_command(provider.api_key_command, setting), secrets)
    if provider.api_key_keyring is not None:
        setting = f"`api_key_keyring` of provider `{provider.name}`"
        return Credentials(from_keyring(provider.api_key_keyring, setting, lookup), secrets)
    key = env[provider.api_key_env].strip() if provider.api_key_env else None
    return Credentials(key, secrets)
