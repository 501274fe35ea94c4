"""Bug reports: where it broke, never what it carried."""

import tempfile
from pathlib import Path

import pytest

from modelroute_cli.cli.bug_report import scrub, write_bug_report


def broken() -> ZeroDivisionError:
    """An error with a traceback."""
    try:
        _ = 1 // 0
    except ZeroDivisionError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("text", "env", "shown"),
    [
        ("key is hunter2hunter2", {"OPENAI_API_KEY": "hunter2hunter2"}, "key is <OPENAI_API_KEY>"),
        ("token tttttttt", {"MY_TOKEN": "tttttttt"}, "token <MY_TOKEN>"),
        ("home /home/me/x", {"HOME": "/home/me/x"}, "home /home/me/x"),
        ("short ab", {"A_KEY": "ab"}, "short ab"),
        ("sk-proj-abcdefgh1234", {}, "<secret>"),
        ("Authorization: Bearer abcdefgh1234", {}, "Authorization: <secret>"),
    ],
)
def test_secrets_are_replaced_by_their_names(text: str, env: dict[str, str], shown: str) -> None:
    """Values of variables named like secrets, and whatever looks like a key."""
    assert scrub(text, env) == shown


def test_the_report_has_versions_and_the_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough to find the fault."""
    monkeypatch.chdir(tmp_path)
    text = write_bug_report(broken(), {}).read_text()
    assert text.startswith("modelroute ")
    assert text.rstrip().endswith("ZeroDivisionError: integer division or modulo by zero")
    assert "in broken" in text


def test_a_folder_that_refuses_it_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it goes where temporary files go."""
    gone, other = tmp_path / "gone", tmp_path / "other"
    gone.mkdir()
    other.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr(tempfile, "tempdir", str(other))
    monkeypatch.setattr(Path, "cwd", classmethod(lambda _: gone))
    assert write_bug_report(broken(), {}).parent == other


def test_without_any_folder_the_report_goes_to_stderr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is never lost silently."""
    gone = tmp_path / "gone"
    monkeypatch.setattr(tempfile, "tempdir", str(gone))
    monkeypatch.setattr(Path, "cwd", classmethod(lambda _: gone))
    assert write_bug_report(broken(), {}) == Path("stderr")
    assert "ZeroDivisionError" in capsys.readouterr().err
