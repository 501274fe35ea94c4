"""Files that people may go on writing in: a mark at their end tells whether they did."""

import hashlib
import re
from typing import Literal

_FORMS = {"markdown": "<!-- {} -->", "yaml": "# {}"}
_SAID = "written by modelroute, replaced for as long as nobody changes it: "
_MARK = re.compile(r"^.*" + re.escape(_SAID) + r"([0-9a-f]{64})( -->)?$")


def marked(text: str, form: Literal["markdown", "yaml"]) -> str:
    """The text, which ends with a line end, and a last line as a comment that holds its digest."""
    return f"{text}{_FORMS[form].format(_SAID + _digest(text))}\n"


def is_untouched(text: str) -> bool:
    """Whether it is just as `marked` made it."""
    before, _, last = text.removesuffix("\n").rpartition("\n")
    mark = _MARK.match(last)
    return mark is not None and text.endswith("\n") and _digest(before + "\n") == mark[1]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
