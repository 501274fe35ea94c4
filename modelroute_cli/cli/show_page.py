"""A page of ours in the user's browser."""

import webbrowser
from collections.abc import Callable
from pathlib import Path

from modelroute_cli.cli.console import Console


def show_page(path: Path, console: Console, opened: Callable[[str], bool] = webbrowser.open) -> None:
    """Open it where somebody sits at a screen; elsewhere, and where no browser is to be had, say so."""
    if not console.interactive:
        console.note("Nobody sits at this terminal: open it in a browser yourself")
    elif not opened(path.resolve().as_uri()):
        console.note("No browser was found: open it yourself")
