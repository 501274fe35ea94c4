"""Whether plain output is wished for."""

import io

import pytest

from modelroute_cli.cli.console import Console
from modelroute_cli.cli.plain_wish import is_plain, with_flag, without_leading
from modelroute_cli.cli.progress import ProgressLines, observer_for
from modelroute_cli.report.screen import Line


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.mark.parametrize(("value", "wished"), [("1", True), ("yes", True), ("0", False), ("", False), ("OFF", False)])
def test_the_variable_says_yes_unless_it_says_no(value: str, wished: bool) -> None:  # noqa: FBT001 - a case
    """As people write it."""
    assert is_plain({"MODELROUTE_PLAIN": value}) is wished
    assert not is_plain({})


@pytest.mark.parametrize(
    ("arguments", "wished"),
    [
        (["--plain", "plan", "a"], True),
        (["plan", "a", "--plain"], True),
        (["plan", "--", "--plain"], False),
        ([], False),
    ],
)
def test_the_flag_may_stand_anywhere(arguments: list[str], wished: bool) -> None:  # noqa: FBT001 - a case
    """But not among names, which stand behind `--`."""
    assert is_plain(with_flag({}, arguments)) is wished


def test_the_flag_before_a_command_is_no_command() -> None:
    """So that commands of two words are found."""
    assert without_leading(["--plain", "runs", "list"]) == ["runs", "list"]
    assert without_leading(["plan", "--plain"]) == ["plan", "--plain"]


def test_a_plain_terminal_is_not_drawn_on_and_has_no_colour() -> None:
    """Nor is anything laid out for its width."""
    out, err = Terminal(), Terminal()
    console = Console(out, err, {"MODELROUTE_PLAIN": "1", "COLUMNS": "40"})
    assert (console.width, console.live) == (None, False)
    assert isinstance(observer_for(console), ProgressLines)
    console.show((Line("a  b", "bold", plain="a: b"), Line("warning: " + "x " * 30, "warning")))
    console.show_aside((Line("  c    ~$1"),))
    console.note("  by usage ~$0.21 in all")
    assert out.getvalue() == "a: b\n"
    assert err.getvalue() == f"warning: {'x ' * 30}".strip() + "\nc; about $1\n  by usage about $0.21 in all\n"
