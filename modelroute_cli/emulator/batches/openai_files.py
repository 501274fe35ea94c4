"""OpenAI's files, for batches alone: uploaded ones, and those that an ended batch has made."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from modelroute_cli.emulator.batches.batch import Batch
from modelroute_cli.emulator.batches.form import fields
from modelroute_cli.emulator.batches.kinds import File, LineEnd, Result
from modelroute_cli.emulator.batches.pages import page
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import BINARY, Reply, Visit, told

_ENCODER = msgspec.json.Encoder()
_EXPIRED = {
    "code": "batch_expired",
    "message": "This request could not be executed before the completion window expired.",
}
_CANCELLED = {"code": "batch_cancelled", "message": "This request was not executed, as the batch was cancelled."}
_OUTPUT, _ERROR = "output", "error"


@dataclass(frozen=True, slots=True)
class Made:
    """A file that a batch has made: its answers, or its errors."""

    batch: Batch
    which: str

    @property
    def id(self) -> str:
        """Its name."""
        return f"file-{self.which}-{self.batch.id}"

    @property
    def ends(self) -> tuple[LineEnd, ...]:
        """The lines that stand in it."""
        return (LineEnd.ANSWERED,) if self.which == _OUTPUT else (LineEnd.ERRORED, LineEnd.EXPIRED, LineEnd.CANCELLED)


def wrong(status: int, message: str, *, code: str | None = None, param: str | None = None) -> Reply:
    """An error in OpenAI's form."""
    detail = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return told({"error": detail}, status)


def made_files(store: Store, batch: Batch) -> dict[str, Made]:
    """What an ended batch has made, by `output` and `error`: files without a line are none."""
    if not store.stage(batch).is_end or batch.course.is_refused:
        return {}
    found = store.counts(batch)
    has = {_OUTPUT: found.answered, _ERROR: found.total - found.answered}
    return {which: Made(batch, which) for which, lines in has.items() if lines}


def create(store: Store, visit: Visit) -> Reply:
    """POST /files."""
    form = fields(visit.headers.get("content-type", ""), visit.body)
    if "file" not in form or form["file"].filename is None:
        return wrong(400, "'file' is a required property", param="file")
    if "purpose" not in form:
        return wrong(400, "'purpose' is a required property", param="purpose")
    file = File(
        id=store.new_id("file-"),
        provider=visit.provider,
        filename=form["file"].filename,
        purpose=form["purpose"].text,
        content=form["file"].content,
        made_at=store.now(),
    )
    store.files[file.id] = file
    return told(_file(file))


def get(store: Store, visit: Visit) -> Reply:
    """GET /files/ID."""
    file = _found(store, visit)
    return _missing(visit) if file is None else told(_told(store, file))


def content(store: Store, visit: Visit) -> Reply:
    """GET /files/ID/content, made while it is sent."""
    file = _found(store, visit)
    if file is None:
        return _missing(visit)
    pieces = file.content.pieces() if isinstance(file, File) else (_line(store, each) for each in _results(store, file))
    return Reply(pieces=pieces, content_type=BINARY)


def delete(store: Store, visit: Visit) -> Reply:
    """DELETE /files/ID, of an uploaded one; what a batch made goes with its time."""
    if store.files.pop(visit.id, None) is None:
        return _missing(visit)
    return told({"id": visit.id, "object": "file", "deleted": True})


def listed(store: Store, visit: Visit) -> Reply:
    """GET /files, the newest first."""
    own = [file for file in store.files.values() if file.provider == visit.provider]
    wanted = [file for file in own if visit.query.get("purpose") in {None, file.purpose}]
    return page([_file(file) for file in reversed(wanted)], visit)


def _found(store: Store, visit: Visit) -> File | Made | None:
    """The file that the path names, of this account."""
    file = store.files.get(visit.id)
    if file is not None:
        return file if file.provider == visit.provider else None
    which, _, batch_id = visit.id.removeprefix("file-").partition("-")
    batch = store.batches.get(batch_id)
    if batch is None or batch.provider != visit.provider or not store.keeps(batch):
        return None
    return made_files(store, batch).get(which)


def _missing(visit: Visit) -> Reply:
    return wrong(404, f"No such File object: {visit.id}", param="id")


def _told(store: Store, file: File | Made) -> dict[str, object]:
    """The file object."""
    if isinstance(file, File):
        return _file(file)
    size = sum(len(_line(store, result)) for result in _results(store, file))
    made = int(file.batch.at(file.batch.course.ended_s).timestamp())
    named = {"filename": f"{file.batch.id}_{file.which}.jsonl", "purpose": "batch_output"}
    return {"id": file.id, "object": "file", "bytes": size, "created_at": made, **named, "status": "processed"}


def _file(file: File) -> dict[str, object]:
    return {
        "id": file.id,
        "object": "file",
        "bytes": file.content.size,
        "created_at": int(file.made_at.timestamp()),
        "filename": file.filename,
        "purpose": file.purpose,
        "status": "processed",
    }


def _results(store: Store, file: Made) -> Iterator[Result]:
    return store.results(file.batch, file.ends)


def _line(store: Store, result: Result) -> bytes:
    """A line of a result file."""
    del store
    response: object = None
    error: object = None
    if result.served is not None:
        request_id = f"req_{result.place:012d}"
        response = {
            "status_code": result.served.status,
            "request_id": request_id,
            "body": msgspec.Raw(result.served.body),
        }
    else:
        error = _CANCELLED if result.end is LineEnd.CANCELLED else _EXPIRED
    told_line = {
        "id": f"batch_req_{result.place:012d}",
        "custom_id": result.line.custom_id,
        "response": response,
        "error": error,
    }
    return _ENCODER.encode(told_line) + b"\n"
