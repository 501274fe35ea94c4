"""Where the history lies."""

from pathlib import Path

import pytest
from support.catalog_room import settings_of

from modelroute_cli.catalog.load import load_settings
from modelroute_cli.pilot.history.place import data_folder, history_file, kept_file

HOME = {"HOME": "/home/ann"}
WINDOWS = {"LOCALAPPDATA": "/c/Users/ann/AppData/Local"}


@pytest.mark.parametrize(
    ("env", "platform", "folder"),
    [
        (HOME, "linux", "/home/ann/.local/share"),
        (HOME, "freebsd14", "/home/ann/.local/share"),
        (HOME, "darwin", "/home/ann/Library/Application Support"),
        (WINDOWS, "win32", "/c/Users/ann/AppData/Local"),
        ({**HOME, "XDG_DATA_HOME": "/data"}, "linux", "/data"),
        ({**HOME, "XDG_DATA_HOME": "/data"}, "darwin", "/data"),
        ({**HOME, "XDG_DATA_HOME": "data"}, "linux", "/home/ann/.local/share"),
        ({}, "linux", None),
        ({}, "win32", None),
    ],
)
def test_each_platform_has_its_place(env: dict[str, str], platform: str, folder: str | None) -> None:
    """As its programs do it."""
    assert data_folder(env, platform) == (None if folder is None else Path(folder))


def test_without_settings_it_is_in_the_data_folder(tmp_path: Path) -> None:
    """In modelroute's own."""
    assert history_file(settings_of("", tmp_path), HOME, "linux") == Path(
        "/home/ann/.local/share/modelroute/history.db"
    )
    assert history_file(settings_of("", tmp_path), {}, "linux") is None


def test_a_file_that_settings_name_lies_beside_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command is typed."""
    (tmp_path / "team.yaml").write_text("history: {file: ours.db}\n")
    (tmp_path / "deep").mkdir()
    for folder in (tmp_path, tmp_path / "deep"):
        monkeypatch.chdir(folder)
        settings = load_settings(folder, tmp_path / "team.yaml", {}, {})
        found = history_file(settings, {}, "linux")
        assert found is not None
        assert found.absolute() == tmp_path / "ours.db"


def test_a_variable_names_the_file_for_a_shell() -> None:
    """`MODELROUTE_HISTORY=FILE`, above the settings files, and it is kept."""
    settings = load_settings(Path("/"), None, {"MODELROUTE_HISTORY": "/tmp/off.db"}, {})  # noqa: S108 - not opened
    assert kept_file(settings, HOME, "linux") == Path("/tmp/off.db")  # noqa: S108 - not opened


def test_a_variable_turns_it_off() -> None:
    """Pilots, runs and plans go without; the commands about it find what is there."""
    settings = load_settings(Path("/"), None, {"MODELROUTE_HISTORY": "off"}, {})
    assert kept_file(settings, HOME, "linux") is None
    assert history_file(settings, HOME, "linux") == Path("/home/ann/.local/share/modelroute/history.db")


def test_a_setting_turns_it_off(tmp_path: Path) -> None:
    """As YAML says no."""
    assert kept_file(settings_of("history: {keep: off}\n", tmp_path), HOME, "linux") is None
    assert kept_file(settings_of("", tmp_path), HOME, "linux") is not None


def test_the_variable_is_above_the_settings(tmp_path: Path) -> None:
    """As every variable."""
    (tmp_path / "modelroute.yaml").write_text("history: {keep: false, file: ours.db}\n")
    settings = load_settings(tmp_path, None, {"MODELROUTE_HISTORY": "mine.db"}, {})
    assert kept_file(settings, HOME, "linux") == Path("mine.db")
