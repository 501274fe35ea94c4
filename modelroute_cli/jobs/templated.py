"""JSONL whose lines are rows for a template: objects with any fields."""

from collections.abc import Iterator

import msgspec

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.decode import line_refusal
from modelroute_cli.jobs.fields import REQUEST_FIELDS
from modelroute_cli.jobs.given import BOM, HashedLines
from modelroute_cli.jobs.made import made, spooled
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.prompt_template import Prompter
from modelroute_cli.jobs.rows import Refusal, Refused, Row
from modelroute_cli.jobs.spool import Aside


def rows(lines: HashedLines, media: Media, refused: Refused, spool: Aside, prompter: Prompter) -> Iterator[Row]:
    """Every valid row in order, written to `spool` as a request; what is not valid goes to `refused`."""
    number = 0
    for raw in lines:
        line = raw.removeprefix(BOM) if lines.number == 1 else raw
        if not line or line.isspace():
            continue
        number += 1
        outcome = _read(line, media, f"row-{number:06d}", prompter)
        if isinstance(outcome, Refusal):
            refused.add(lines.number, outcome)
        else:
            yield spooled(lines.number, outcome, spool)


def _read(line: bytes, media: Media, default_id: str, prompter: Prompter) -> Request | Refusal:
    """One line as a request; fields that no request has are for the template alone."""
    try:
        values = msgspec.json.decode(line, type=dict[str, object])
    except (ValueError, RecursionError) as error:
        return line_refusal(line, media, error)
    given = {name: value for name, value in values.items() if value is not None}
    fields = {name: value for name, value in given.items() if name in REQUEST_FIELDS or not prompter.takes(name)}
    row: dict[str, object] = {"custom_id": default_id, **fields}
    if faults := prompter.fill(row, values):
        return Refusal(faults, row["custom_id"])
    return made(row, {}, media)
