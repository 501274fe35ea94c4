"""What `hooks` may say; addresses are never repeated whole."""

from pathlib import Path

import pytest

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.hooks import ABOUT_RUNS, HookEvent, HookSettings, shown_address
from modelroute_cli.catalog.load import load_settings

HUSH = "T0/hushhushhush"


def loaded(folder: Path, text: str) -> HookSettings:
    """The section of such a file."""
    (folder / "modelroute.yaml").write_text(text)
    return load_settings(folder, None, {}, {}).hooks


def webhooks(*lines: str) -> str:
    """Settings with these receivers."""
    return "hooks:\n  webhooks:\n" + "".join(f"    - {{{line}}}\n" for line in lines)


def test_a_receiver_hears_of_runs_unless_it_says_what(tmp_path: Path) -> None:
    """`plan` and `test` are not among them."""
    found = loaded(tmp_path, webhooks("url: https://a.example/x", "url_env: W, events: [finish, plan]"))
    assert [each.events for each in found.webhooks] == [ABOUT_RUNS, (HookEvent.FINISH, HookEvent.PLAN)]
    assert set(HookEvent) - set(ABOUT_RUNS) == {HookEvent.PLAN, HookEvent.TEST}


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/x", "http://localhost/x", "https://a.example:8443/x?y=z"])
def test_https_and_this_machine_are_taken(url: str, tmp_path: Path) -> None:
    """Queries too: some receivers have their token there."""
    assert loaded(tmp_path, webhooks(f'url: "{url}"')).webhooks[0].url == url


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("events: [finish]", "needs either `url` or `url_env`"),
        (f"url: https://a.example/{HUSH}, url_env: W", "needs either `url` or `url_env`"),
        (f"url: a.example/{HUSH}", "has no address of the web"),
        (f"url: ftp://a.example/{HUSH}", "has no address of the web"),
        (f'url: "https://a.example:x/{HUSH}"', "has no address of the web"),
        (f'url: "https://a.example/{HUSH} x"', "has no address of the web"),
        (f'url: "https://anna:hushhushhush@a.example/{HUSH}"', "has a user or a password in its address"),
        (f"url: http://a.example/{HUSH}", "is `http://a.example`: what is told could be read on the way"),
        (f"url: http://10.0.0.1/{HUSH}", "is `http://10.0.0.1`: what is told could be read on the way"),
        (f"url_env: https://a.example/{HUSH}", "`url_env` is not the name of an environment variable"),
        ("url: https://a.example/, secret_env: hush+hush=", "`secret_env` is not the name of an environment variable"),
        (
            "url: https://a.example/, secret_env: A, secret_keyring: hush/hush",
            "has more than one of `secret_env`, `secret_command` and `secret_keyring`",
        ),
        ("url: https://a.example/, secret_keyring: hush", "`secret_keyring` is no place in a keyring"),
    ],
)
def test_what_cannot_be_told_safely_is_refused_without_being_shown(line: str, said: str, tmp_path: Path) -> None:
    """With the file and the place in the list."""
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, webhooks("url: https://first.example/", line))
    assert caught.value.message.removeprefix("modelroute.yaml: `hooks.webhooks[1]`").lstrip(": ") == said
    assert "hush" not in caught.value.message + (caught.value.hint or "")


def test_a_receiver_is_listed_once(tmp_path: Path) -> None:
    """Twice it would hear everything twice, under the same ids."""
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, webhooks("url_env: W, events: [start]", "url_env: W, events: [finish]"))
    assert caught.value.message == "modelroute.yaml: `hooks.webhooks[1]` is there twice"


def test_an_unknown_event_is_named(tmp_path: Path) -> None:
    """With where it stands."""
    with pytest.raises(SettingsError, match=r"hooks\.webhooks\[0\]\.events\[0\]"):
        loaded(tmp_path, webhooks("url_env: W, events: [finished]"))


def test_a_command_names_a_program(tmp_path: Path) -> None:
    """An empty list is none."""
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, "hooks: {command: {run: []}}")
    assert caught.value.message == "modelroute.yaml: `hooks.command.run` names no program"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"https://hooks.slack.com/{HUSH}", "https://hooks.slack.com"),
        (f"https://u:{HUSH}@a.example:8443/x?t={HUSH}#{HUSH}", "(hidden)"),
        ("https://u:hush@a.example:8443/x?t=hush#hush", "https://a.example:8443"),
        (f"{HUSH}", "(hidden)"),
        (f"http://[::{HUSH}", "(hidden)"),
        ("", "(hidden)"),
    ],
)
def test_an_address_is_shown_by_scheme_and_host(url: str, shown: str) -> None:
    """What stands behind them opens it."""
    assert shown_address(url) == shown


def test_an_address_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    """Also where a variable of the environment holds it."""
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, None, {"MODELROUTE_HOOKS__WEBHOOKS": f"https://a.example/{HUSH}"}, {})
    assert (caught.value.message, caught.value.hint) == (
        "MODELROUTE_HOOKS__WEBHOOKS: `hooks.webhooks` is a list",
        "write `webhooks: [...]`",
    )
