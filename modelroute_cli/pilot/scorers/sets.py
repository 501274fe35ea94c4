"""How alike two sets of items are: F1, twice the items in common over the items of both (van Rijsbergen 1979)."""

import json
import re
from collections.abc import Iterator
from typing import Final

from modelroute_cli.execution.gates.labels import label_form
from modelroute_cli.execution.gates.repair import found_json

_SEPARATORS: Final = re.compile(r"[\n;,、]+")
_BULLET: Final = re.compile(r"^[ \t]*(?:[-*+•–]|\(?\d{1,3}[.)])[ \t]+(\S.*)$", re.MULTILINE)  # noqa: RUF001 - dashes are meant
_LEAST_BULLETS: Final = 2


def likeness_of_sets(found: frozenset[str], wanted: frozenset[str]) -> float:
    """F1 in [0,1], the same both ways round: 1 for equal sets (two empty ones too), 0 where nothing is in common."""
    both = len(found) + len(wanted)
    return 2 * len(found & wanted) / both if both else 1.0


def wanted_items(expected: object) -> frozenset[str]:
    """The items of a reference: of a list, or of a text between commas, semicolons or lines."""
    return frozenset(_forms(expected if isinstance(expected, list) else _SEPARATORS.split(text_of(expected))))


def told_items(output: str) -> frozenset[str]:
    """The items of an answer: of its JSON list, of its bullets where it has some, else between separators."""
    listed = _json_list(output)
    if listed is not None:
        return frozenset(_forms(listed))
    bullets = _BULLET.findall(output)
    return frozenset(_forms(bullets if len(bullets) >= _LEAST_BULLETS else _SEPARATORS.split(output)))


def text_of(value: object) -> str:
    """A JSON value as text: a string as it is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json_list(output: str) -> list[object] | None:
    """The list that an answer is, or that is the one field of its object; None where there is none."""
    try:
        value: object = found_json(output).value
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    return value if isinstance(value, list) else None


def _forms(items: list[object] | list[str]) -> Iterator[str]:
    """The items as they are compared; blank ones are none."""
    for item in items:
        form = label_form(" ".join(text_of(item).split()))
        if form:
            yield form
