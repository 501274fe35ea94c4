"""Receivers are found before a run, and shown without what opens them."""

import pytest
from support.hooked import PATH, SECRET, SECRET_TEXT

from modelroute_cli.base.errors import CredentialError, SettingsError
from modelroute_cli.catalog.hooks import HookCommand, HookEvent, HookSettings, Webhook
from modelroute_cli.execution.hooks.receivers import Address, Program, find_receivers, secrets_of

URL = f"https://hooks.example.com{PATH}"


def one(env: dict[str, str] | None = None, **fields: object) -> Address:
    """The only webhook of such settings."""
    settings = HookSettings(webhooks=(Webhook(**fields),))  # type: ignore[arg-type]
    (found,) = find_receivers(settings, env or {}, lambda service, name: {"a/b": SECRET_TEXT}.get(f"{service}/{name}"))
    assert isinstance(found, Address)
    return found


def test_an_address_is_that_of_the_settings_or_of_the_environment() -> None:
    """Both are shown by scheme and host."""
    for found in (one(url=URL), one({"WHERE": f" {URL}\n"}, url_env="WHERE")):
        assert (found.url, found.name, found.secret) == (URL, "https://hooks.example.com", None)
    assert one(url=URL).key == one({"WHERE": URL}, url_env="WHERE").key


def test_a_secret_has_three_sources() -> None:
    """Environment, command, keyring: the same resolver as keys."""
    assert one({"S": SECRET_TEXT}, url=URL, secret_env="S").secret == SECRET  # noqa: S106 - a name
    assert one(url=URL, secret_command=f"echo {SECRET_TEXT}").secret == SECRET
    assert one(url=URL, secret_keyring="a/b").secret == SECRET  # noqa: S106 - a place


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"url_env": "W"}, "`hooks.webhooks[0].url_env`: environment variable `W` is not set"),
        ({"url": URL, "secret_env": "S"}, "`hooks.webhooks[0].secret_env`: environment variable `S` is not set"),
        ({"url": URL, "secret_command": "echo short"}, "`hooks.webhooks[0].secret_command`: the secret is not base64"),
        (
            {"url": URL, "secret_keyring": "x/y"},
            "`hooks.webhooks[0].secret_keyring` gave no key: the keyring keeps nothing for `x`, `y`",
        ),
    ],
)
def test_what_is_missing_is_said_before_anything_is_sent(fields: dict[str, str], message: str) -> None:
    """By the setting it is missing for."""
    with pytest.raises(CredentialError) as caught:
        one({}, **fields)
    assert caught.value.message == message


def test_an_address_of_the_environment_is_held_to_the_same_rules() -> None:
    """And not shown when it breaks them."""
    with pytest.raises(SettingsError) as caught:
        one({"W": f"http://far.example.com{PATH}"}, url_env="W")
    message = "`hooks.webhooks[0]`: the environment variable `W` is `http://far.example.com`: "
    assert caught.value.message == message + "what is told could be read on the way"


def test_a_program_is_shown_by_its_name() -> None:
    """Its arguments may hold anything."""
    run = ("/opt/acme/tell", "--token", "x")
    (found,) = find_receivers(HookSettings(command=HookCommand(run=run, events=(HookEvent.FINISH,))), {})
    assert found == Program(name="tell", run=run, events=frozenset({HookEvent.FINISH}), timeout_s=30.0)


def test_nothing_that_opens_anything_is_in_a_repr() -> None:
    """Neither of the settings nor of what is made of them."""
    webhook = Webhook(url=URL, secret_command="echo hush")  # noqa: S106 - a command
    assert repr(webhook) == "Webhook(https://hooks.example.com)"
    shown = repr(one({"S": SECRET_TEXT}, url=URL, secret_env="S"))  # noqa: S106 - a name
    assert PATH not in shown
    assert "0123456789abcdef" not in shown


def test_variables_that_open_receivers_are_known() -> None:
    """So that programs do not see them."""
    settings = HookSettings(webhooks=(Webhook(url_env="A", secret_env="B"), Webhook(url=URL)))  # noqa: S106 - names
    assert secrets_of(settings) == {"A", "B"}
