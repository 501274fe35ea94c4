"""How often the gates that nobody asks for are wrong: on written requests, taken as answers to one another.

python benchmarks/gate_alarms.py REQUESTS.jsonl...

Each line has `prompt`, `task_type` and `language`. A text stands for an answer: none of them is a refusal, fields of
mail merge are shown to be looked at, and texts in the language of an e-mail's request (or a headline's, or copy's), or
in another one, show what the gate for the language says of them.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import msgspec

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.execution.gates.placeholders import leftover_field
from modelroute_cli.execution.gates.refusals import looks_like_refusal
from modelroute_cli.execution.gates.usual import unusual_language, usual_gates
from modelroute_cli.features.language import language

DRAWN = 40
BARE = Request(custom_id="-", prompt="-")


class Written(msgspec.Struct, frozen=True):
    """One labelled request."""

    prompt: str
    task_type: TaskType
    language: str


@dataclass(frozen=True, slots=True)
class Held:
    """A request that is held to a language, and that language."""

    written: Written
    request: Request
    wanted: str


def read(paths: list[str]) -> list[Written]:
    """All lines of all files."""
    decoder = msgspec.json.Decoder(Written)
    return [decoder.decode(line) for path in paths for line in Path(path).read_bytes().splitlines()]


def held(rows: list[Written]) -> Iterator[Held]:
    """The requests with a usual gate for their language."""
    for row in rows:
        wanted = usual_gates(row.task_type, language(row.prompt)).language
        if wanted is not None:
            yield Held(row, Request(custom_id="-", prompt=row.prompt), wanted)


def failed(each: Held, texts: list[Written], random: Random, *, same: bool) -> int:
    """How many of DRAWN texts, labelled with the language of a request or otherwise, fail as answers to it."""
    drawn = random.choices([text for text in texts if (text.language == each.written.language) is same], k=DRAWN)
    return sum(unusual_language(text.prompt, each.request, each.wanted) is not None for text in drawn)


def main(paths: list[str]) -> None:
    """Print the rates."""
    rows = read(paths)
    random = Random(1)  # noqa: S311 - a sample
    print(f"refusal: {sum(looks_like_refusal(row.prompt) for row in rows)} of {len(rows)} texts that are none")
    found = [row for row in rows if leftover_field(row.prompt, BARE)]
    print(f"placeholders: {len(found)} of {len(rows)} texts have a field, to be looked at:")
    print(*(f"  {leftover_field(row.prompt, BARE)}: {row.prompt[:60]!r}" for row in found), sep="\n")
    asked = list(held(rows))
    count = len(asked) * DRAWN
    same = sum(failed(each, rows, random, same=True) for each in asked)
    other = sum(failed(each, rows, random, same=False) for each in asked)
    print(f"language: {len(asked)} requests are held to theirs")
    print(f"  of {count} texts labelled with it {same} fail; of {count} labelled otherwise {other} do")


if __name__ == "__main__":
    main(sys.argv[1:])
