"""The workflow files of docs/ci, and the command lines in them."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import yaml

CI = Path(__file__).parents[2] / "docs" / "ci"
FILES = sorted(path.name for path in CI.glob("*.yml"))
_ENDS = {"|", "||", "&&", ";", ">", ">>", "2>", "}"}


def texts(value: object) -> Iterator[str]:
    """Every text in a YAML value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def loaded(name: str) -> dict[object, object]:
    """One of the files."""
    found = yaml.safe_load((CI / name).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def commands(name: str) -> list[list[str]]:
    """The arguments of each `modelroute` line of a file, in order."""
    lines = [line for text in texts(loaded(name)) for line in text.replace("\\\n", " ").splitlines()]
    return [list(_arguments(line)) for line in lines if "modelroute " in line and "pip install" not in line]


def _arguments(line: str) -> Iterator[str]:
    """What stands behind `modelroute` up to the shell's next word."""
    words = shlex.split(line.replace("$BUDGET_USD", "20").replace("; ", " ; "))
    for word in words[words.index("modelroute") + 1 :]:
        if word in _ENDS:
            return
        yield word
