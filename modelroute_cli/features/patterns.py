"""Patterns that are compiled when they are first needed: a small plan needs few of them."""

import re
from functools import cache


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern; its flags stand at its beginning, as in `(?m)`."""
    return re.compile(pattern)
