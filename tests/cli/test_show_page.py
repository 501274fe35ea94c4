"""Opening a page in the browser."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from modelroute_cli.cli.console import Console
from modelroute_cli.cli.show_page import show_page


class Screen(Console):
    """A console that somebody does, or does not, sit at."""

    def __init__(self, *, attended: bool) -> None:
        self.err = io.StringIO()
        super().__init__(io.StringIO(), self.err, {})
        self.attended = attended

    @property
    def interactive(self) -> bool:
        """As it was made."""
        return self.attended


def opener(asked: list[str], *, finds: bool) -> Callable[[str], bool]:
    """A browser that remembers what it was asked for."""

    def opened(address: str) -> bool:
        asked.append(address)
        return finds

    return opened


@pytest.mark.parametrize(
    ("attended", "finds", "count", "told"),
    [
        (True, True, 1, ""),
        (True, False, 1, "No browser was found: open it yourself\n"),
        (False, True, 0, "Nobody sits at this terminal: open it in a browser yourself\n"),
    ],
)
def test_a_page_is_opened_where_somebody_sees_it(
    tmp_path: Path, *, attended: bool, finds: bool, count: int, told: str
) -> None:
    """Elsewhere no program is started, and it is said."""
    screen, asked = Screen(attended=attended), list[str]()
    show_page(tmp_path / "a b.html", screen, opener(asked, finds=finds))
    assert asked == [f"{tmp_path.resolve().as_uri()}/a%20b.html"] * count
    assert screen.err.getvalue() == told
