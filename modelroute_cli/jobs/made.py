"""Fields that were gathered from a record, made a request and written to the spool, or refused."""

from collections.abc import Mapping

import msgspec

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs import checks
from modelroute_cli.jobs.fields import row_faults
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.problems import Fault
from modelroute_cli.jobs.rows import Refusal, Row
from modelroute_cli.jobs.spool import Aside


def made(row: Mapping[str, object], unreadable: Mapping[str, Fault], media: Media) -> Request | Refusal:
    """The request with these fields, or all that is wrong with it; `unreadable` fields were refused already."""
    request = None if unreadable else _request(row)
    if request is None:
        wrong = row_faults(row, media, unreadable.keys())
        return Refusal([*unreadable.values(), *wrong], row.get("custom_id"))
    faults = checks.request_faults(request, media)
    return Refusal(faults, request.custom_id) if faults else request


def _request(row: Mapping[str, object]) -> Request | None:
    try:
        return msgspec.convert(row, Request)
    except msgspec.ValidationError:
        return None


def spooled(line: int, request: Request, spool: Aside) -> Row:
    """The request written to `spool`, as the row that starts at `line`."""
    raw = msgspec.json.encode(request)
    return Row(line, spool.write(raw + b"\n"), len(raw), request)
