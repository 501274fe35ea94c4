"""A real browser that opens pages, where one is installed: Chromium, driven by a script of ours in Node."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
import pytest

FOLDER = "BROWSER_TOOLS_DIR"
"""The environment variable that names the folder in which npm installed playwright-core and axe-core."""

PICTURES = "BROWSER_PICTURES_DIR"
"""The environment variable that names the folder in which pictures are kept; else they are gone with the test."""

_SCRIPT = Path(__file__).with_name("look.cjs")
_MOST_S = 300  # about ten seconds where nothing else runs


class Look(msgspec.Struct, frozen=True):
    """A page to open, in one view."""

    page: str
    file: str
    view: Literal["1280-light", "1280-dark", "390-light", "390-dark", "print"]
    axe: Literal["all", "contrast", ""] = ""
    opened: bool = False  # with all that folds open, before anything is looked at


class Seen(msgspec.Struct, frozen=True):
    """What a page did in one view."""

    page: str
    view: str
    console: tuple[str, ...]
    requests: tuple[str, ...]  # beside that for the file itself
    dialogs: tuple[str, ...]
    title: str
    overflow: int  # pixels that the page is wider than its window
    serious: tuple[str, ...]  # what axe calls serious or critical
    text: str


def browser_tools() -> Path:
    """The folder with the tools; the test is skipped, and says why, where they, Node or Chromium are absent."""
    folder = os.environ.get(FOLDER)
    if not folder:
        pytest.skip(f"no browser tools: {FOLDER} is not set (`.ci/run` sets it)")
    if shutil.which("chromium") is None or shutil.which("node") is None:
        pytest.skip("no browser: Chromium or Node is not installed")
    if not all((Path(folder) / "node_modules" / name).is_dir() for name in ("playwright-core", "axe-core")):
        pytest.skip(f"no browser tools: playwright-core or axe-core is not in the folder that {FOLDER} names")
    return Path(folder)


def look_at(looks: Sequence[Look], folder: Path) -> tuple[Seen, ...]:
    """What was seen in each look, by one browser; pictures go to `folder` or where PICTURES says."""
    tools = browser_tools()
    pictures = Path(os.environ.get(PICTURES) or folder)
    pictures.mkdir(parents=True, exist_ok=True)
    order = folder / "order.json"
    given = {"tools": str(tools), "pictures": str(pictures), "chromium": shutil.which("chromium"), "looks": looks}
    order.write_bytes(msgspec.json.encode(given))
    done = subprocess.run(
        ["node", str(_SCRIPT), str(order)], capture_output=True, text=True, timeout=_MOST_S, check=False
    )
    if done.returncode:
        pytest.fail(f"the browser did not come up or fell over:\n{done.stderr[-2000:]}")
    return msgspec.json.decode(done.stdout, type=tuple[Seen, ...])
