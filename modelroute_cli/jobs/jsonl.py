"""Native JSONL: one request a line, offsets into the file as it is."""

from collections.abc import Iterator

from modelroute_cli.jobs import checks
from modelroute_cli.jobs.decode import decode, line_refusal
from modelroute_cli.jobs.given import BOM, HashedLines
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.rows import Refusal, Refused, Row


def rows(lines: HashedLines, media: Media, refused: Refused, offset: int = 0) -> Iterator[Row]:
    """Every valid request in order; what is not valid goes to `refused`, blank lines are skipped.

    `offset`: where in the file `lines` begin.
    """
    for raw in lines:
        start, line = offset, raw
        offset += len(raw)
        if start == 0 and raw.startswith(BOM):
            start, line = len(BOM), raw[len(BOM) :]
        if not line or line.isspace():
            continue
        try:
            request = decode(line)
        except (ValueError, RecursionError) as error:
            refused.add(lines.number, line_refusal(line, media, error))
            continue
        if faults := checks.request_faults(request, media):
            refused.add(lines.number, Refusal(faults, request.custom_id))
        else:
            yield Row(lines.number, start, len(line.rstrip(b"\r\n")), request)
