"""docs/providers.md is what the matrix says."""

import difflib
import re

from matrix.listing import EVERY
from matrix.page import COMMAND, PLACE, markdown


def test_the_page_is_what_the_matrix_came_to() -> None:
    """Every cell, message and field of the document was measured in this run."""
    written, came = PLACE.read_text("utf-8"), markdown()
    difference = "\n".join(
        difflib.unified_diff(written.splitlines(), came.splitlines(), "written", "measured", lineterm="")
    )
    assert written == came, f"renew it with `{COMMAND}`:\n{difference}"


def test_every_table_is_square() -> None:
    """No text breaks out of its cell."""
    widths: list[int] = []
    for line in PLACE.read_text("utf-8").splitlines():
        if not line.startswith("|"):
            widths = []
            continue
        widths.append(len(re.findall(r"(?<!\\)\|", line)))
        assert widths[-1] == widths[0], line


def test_the_page_has_every_provider() -> None:
    """Twelve at least, a section each."""
    sections = re.findall(r"^## (.+)$", PLACE.read_text("utf-8"), re.MULTILINE)
    assert [row.name for row in EVERY] == [name for name in sections if name in {row.name for row in EVERY}]
    assert len(EVERY) >= 12
