"""Lines written for a provider's batch API, as they are: each becomes a request in the spool."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.decode import line_refusal
from modelroute_cli.jobs.given import BOM, HashedLines
from modelroute_cli.jobs.made import made, spooled
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.problems import Fault
from modelroute_cli.jobs.rows import Refusal, Refused, Row
from modelroute_cli.jobs.spool import Aside

if TYPE_CHECKING:
    from modelroute_cli.jobs.batch_body import Translation

BatchFormat = Literal["openai_batch", "anthropic_batch", "gemini_batch"]
NAMES: Mapping[BatchFormat, str] = {
    "openai_batch": "OpenAI",
    "anthropic_batch": "Anthropic",
    "gemini_batch": "Gemini",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The batch format of a file, and where what is found in it goes."""

    format: BatchFormat
    media: Media
    refused: Refused
    dropped: Counter[str]  # requests by the field that was left out of them


def recognised(line: bytes) -> BatchFormat | None:
    """The batch format of a file by its first line; None for any other line."""
    try:
        row = msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return None
    return _format_of(row)


def _format_of(row: object) -> BatchFormat | None:
    if not isinstance(row, dict):
        return None
    if "body" in row and ("url" in row or "method" in row):
        return "openai_batch"
    if "params" in row and "custom_id" in row:
        return "anthropic_batch"
    request = row.get("request")
    return "gemini_batch" if isinstance(request, dict) and "contents" in request else None


def rows(lines: HashedLines, found: Found, spool: Aside) -> Iterator[Row]:
    """Every valid request in order, written to `spool`; what is not valid goes to `found.refused`."""
    for raw in lines:
        line = raw.removeprefix(BOM) if lines.number == 1 else raw
        if not line or line.isspace():
            continue
        outcome = _read(line, lines.number, found)
        if isinstance(outcome, Refusal):
            found.refused.add(lines.number, outcome)
        else:
            yield spooled(lines.number, outcome, spool)


def _read(line: bytes, number: int, found: Found) -> Request | Refusal:
    """One line as a request."""
    try:
        row = msgspec.json.decode(line)
    except (ValueError, RecursionError) as error:
        return line_refusal(line, found.media, error)
    if _format_of(row) != found.format:
        return Refusal([_foreign(found.format)], row.get("custom_id") if isinstance(row, dict) else None)
    return _translated(row, number, found)


def _translated(row: Mapping[str, object], number: int, found: Found) -> Request | Refusal:
    translation = translate(row, found.format)
    fields = translation.row
    if found.format == "gemini_batch":
        fields.setdefault("custom_id", f"row-{number:06d}")
    if translation.faults:
        return Refusal(translation.faults, fields.get("custom_id"))
    found.dropped.update(set(translation.dropped))
    return made(fields, {}, found.media)


def translate(row: Mapping[str, object], batch: BatchFormat) -> "Translation":
    """One line of a batch API as a row of ours."""
    from modelroute_cli.jobs import batch_anthropic, batch_gemini, batch_openai  # noqa: PLC0415 - few files hold batches

    translators = {
        "openai_batch": batch_openai.translate,
        "anthropic_batch": batch_anthropic.translate,
        "gemini_batch": batch_gemini.translate,
    }
    return translators[batch](row)


def _foreign(expected: BatchFormat) -> Fault:
    name = NAMES[expected]
    hint = "put lines of different forms into different files"
    return Fault(None, f"is no line of the {name} Batch API, as the first line is", hint)
