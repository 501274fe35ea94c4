"""Secrets from the system's keyring; those of commands are tested with the keys."""

import sys

import keyring
import keyring.backend
import keyring.errors
import pytest

from modelroute_cli.base.errors import CredentialError, SettingsError
from modelroute_cli.catalog.cards import Catalog, Provider
from modelroute_cli.catalog.endpoints import check_provider
from modelroute_cli.cli.doctor_facts import key_state
from modelroute_cli.execution.keys import resolve_keys
from modelroute_cli.execution.secret_sources import from_keyring

SETTING = "`api_key_keyring` of provider `openai`"


class InMemory(keyring.backend.KeyringBackend):
    """A keyring of this process."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept = {("llm/openai", "anna"): "sk-kept\n", ("blank", "anna"): " "}

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept there."""
        if service == "locked":
            message = "the collection sk-secret is locked"
            raise keyring.errors.KeyringLocked(message)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        del self.kept[service, username]


@pytest.fixture
def own_keyring() -> object:
    """The keyring of this process stands in the system's place."""
    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    yield
    keyring.set_keyring(before)


def provider(place: str | None = "llm/openai/anna", **changes: object) -> Provider:
    """One whose key lies there."""
    fields = {"name": "openai", "base_url": "https://a.example/v1", "api_key_env": "KEY", "api_key_keyring": place}
    return Provider(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.usefixtures("own_keyring")
def test_a_key_comes_from_the_keyring_before_the_environment() -> None:
    """The last slash divides service and user; blanks around the key are taken off."""
    assert resolve_keys([provider()], {"KEY": "sk-env"})["openai"].key == "sk-kept"
    assert resolve_keys([provider(None)], {"KEY": "sk-env"})["openai"].key == "sk-env"


@pytest.mark.usefixtures("own_keyring")
@pytest.mark.parametrize(
    ("place", "why", "hint"),
    [
        ("none/bob", "the keyring keeps nothing for `none`, `bob`", "`keyring set none bob` keeps it"),
        ("blank/anna", "the keyring keeps nothing for `blank`, `anna`", "`keyring set blank anna` keeps it"),
        ("locked/anna", "the keyring could not be asked (KeyringLocked)", "unlock it, or see `keyring diagnose`"),
    ],
)
def test_a_keyring_that_gives_nothing_is_an_error_that_quotes_nothing(place: str, why: str, hint: str) -> None:
    """Neither what it said nor what it keeps."""
    with pytest.raises(CredentialError) as caught:
        from_keyring(place, SETTING)
    assert (caught.value.message, caught.value.hint) == (f"{SETTING} gave no key: {why}", hint)
    assert caught.value.__cause__ is None


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is looked for only where a setting names it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(CredentialError) as caught:
        from_keyring("a/b", SETTING)
    assert caught.value.message == f"{SETTING} gave no key: the extra `keyring` is not installed"
    assert caught.value.hint == "`pip install 'modelroute-cli[keyring]'`"


def test_any_lookup_can_stand_in_its_place() -> None:
    """As tests and other stores need."""
    assert from_keyring("a/b/c", SETTING, lambda service, name: f"{service}+{name}") == "a/b+c"


@pytest.mark.parametrize("place", ["openai", "/anna", "openai/", " /anna", "a/b\n"])
def test_a_place_that_is_none_is_refused_with_the_settings(place: str) -> None:
    """Before anything is asked."""
    with pytest.raises(SettingsError) as caught:
        check_provider(provider(place), "modelroute.yaml")
    assert caught.value.message == ("modelroute.yaml: provider `openai`: `api_key_keyring` is no place in a keyring")


def test_command_and_keyring_do_not_go_together() -> None:
    """It would not be clear which of them holds."""
    with pytest.raises(SettingsError, match="has both `api_key_command` and `api_key_keyring`"):
        check_provider(provider(api_key_command="pass openai"), "modelroute.yaml")


def test_doctor_knows_where_a_key_comes_from_without_looking() -> None:
    """No keyring is opened for it, so nothing asks for its password."""
    found = key_state(provider("locked/anna"), Catalog({}, {}, {}), {})
    assert (found.keyring, found.needs, found.missing) == ("locked/anna", (), ())
    assert key_state(provider(auth="none"), Catalog({}, {}, {}), {}).keyring is None
