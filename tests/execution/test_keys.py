"""Keys are found before anything is sent, and never shown."""

import pytest

from modelroute_cli.base.errors import CredentialError
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.execution.keys import Credentials, resolve_keys, without_keys

SECRET = "sk-very-secret"  # noqa: S105 - a secret to look for


def _provider(**changes: object) -> Provider:
    fields: dict[str, object] = {
        "name": "openai",
        "base_url": "https://example.invalid",
        "api_key_env": "OPENAI_API_KEY",
    }
    return Provider(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_key_comes_from_the_environment() -> None:
    """Blanks around it, which copying leaves, are taken off."""
    keys = resolve_keys([_provider()], {"OPENAI_API_KEY": f" {SECRET}\n"})
    assert keys["openai"].key == SECRET


def test_secret_headers_come_from_the_environment() -> None:
    """A gateway's own key beside the provider's."""
    provider = _provider(name="portkey", auth="none", api_key_env=None, key_headers={"x-portkey-api-key": "PK"})
    assert resolve_keys([provider], {"PK": "p"})["portkey"] == Credentials(None, {"x-portkey-api-key": "p"})


def test_all_missing_variables_are_named_at_once() -> None:
    """Every provider's, with what to type for the first."""
    other = _provider(name="deepseek", api_key_env="DEEPSEEK_API_KEY")
    with pytest.raises(CredentialError) as caught:
        resolve_keys([_provider(), other], {"OPENAI_API_KEY": "  "})
    assert caught.value.message == (
        "no key for `openai`: environment variable `OPENAI_API_KEY` is not set; "
        "no key for `deepseek`: environment variable `DEEPSEEK_API_KEY` is not set"
    )
    assert caught.value.hint == "`export OPENAI_API_KEY=...` or `--emulator` to try it"


def test_an_emulated_run_needs_no_key_and_reads_none() -> None:
    """Not even a key that is there goes to the emulator."""
    assert resolve_keys([_provider()], {"OPENAI_API_KEY": SECRET}, emulated=True) == {"openai": Credentials()}


def test_a_key_for_a_header_of_its_own_is_needed_like_any_other() -> None:
    """Azure, Gemini, Anthropic: missing is said, not stumbled over."""
    provider = _provider(auth="header", auth_header="api-key")
    assert resolve_keys([provider], {"OPENAI_API_KEY": SECRET})["openai"].key == SECRET
    with pytest.raises(CredentialError, match="environment variable `OPENAI_API_KEY` is not set"):
        resolve_keys([provider], {})


def test_a_provider_without_keys_needs_none() -> None:
    """A local server."""
    assert resolve_keys([_provider(auth="none", api_key_env=None)], {}) == {"openai": Credentials()}


def test_a_command_gives_the_first_line_it_prints() -> None:
    """A password manager; no shell takes part, so a `;` is an argument like any other."""
    provider = _provider(api_key_command="printf '%s\\n' 'key;1' more")
    assert resolve_keys([provider], {})["openai"].key == "key;1"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("false", "it ended with code 1"),
        ("true", "it printed nothing"),
        ("no-such-program-anywhere", "there is no such program"),
        ("echo 'open", "its quotes do not match"),
    ],
)
def test_a_command_that_fails_says_how_and_never_what_it_printed(command: str, why: str) -> None:
    """Its output may hold a secret."""
    with pytest.raises(CredentialError) as caught:
        resolve_keys([_provider(api_key_command=command)], {})
    assert caught.value.message == f"`api_key_command` of provider `openai` gave no key: {why}"
    assert caught.value.__cause__ is None


def test_credentials_show_nothing() -> None:
    """Neither key nor header values are in a repr, which logs and tracebacks use."""
    assert SECRET not in repr(Credentials(SECRET, {"x": SECRET}))


def test_programs_of_the_user_see_no_keys() -> None:
    """Neither by a provider's name for them, nor by a key's name, nor where a key stands in another value."""
    providers = [
        Provider(name="openai", base_url="https://a.example/v1", api_key_env="MY_OPENAI"),
        Provider(name="gate", base_url="https://b.example/v1", key_headers={"x-gate": "GATE_PASS"}),
    ]
    env = {
        "PATH": "/bin",
        "HOME": "/home/me",
        "MY_OPENAI": "sk-1",
        "GATE_PASS": "p",
        "NEW_PROVIDER_API_KEY": "n",
        "WRAPPED": "Bearer sk-command",
    }
    held = {"local": Credentials("sk-command", {})}
    assert without_keys(env, providers, held) == {"PATH": "/bin", "HOME": "/home/me"}
