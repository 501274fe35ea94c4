"""Google's files: uploaded in two steps, the second perhaps in pieces; and the results of a batch as a file.

Source: google-genai 3.4 (files, _api_client): the first answer says in `x-goog-upload-url` where the bytes go.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.batches.batch import Batch
from modelroute_cli.emulator.batches.kinds import File, LineEnd, Result
from modelroute_cli.emulator.batches.progress import Stage
from modelroute_cli.emulator.batches.spool import whole
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.upload import Upload
from modelroute_cli.emulator.batches.visit import BINARY, Reply, Visit, told

_KEPT = timedelta(hours=48)
_ENCODER = msgspec.json.Encoder()
_NEVER = {
    LineEnd.EXPIRED: {"code": 4, "message": "The request was not processed in time.", "status": "DEADLINE_EXCEEDED"},
    LineEnd.CANCELLED: {"code": 1, "message": "The request was cancelled.", "status": "CANCELLED"},
}
_CODES = {"INVALID_ARGUMENT": 3, "NOT_FOUND": 5, "INTERNAL": 13, "UNAVAILABLE": 14}
_STATUSES = {400: "INVALID_ARGUMENT", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}


class _Said(Struct, frozen=True):
    """What a client says of a file; Google reads either spelling, and its own client writes the second."""

    camel_name: str = msgspec.field(default="", name="displayName")
    snake_name: str = msgspec.field(default="", name="display_name")
    camel_type: str = msgspec.field(default="", name="mimeType")
    snake_type: str = msgspec.field(default="", name="mime_type")


class _Start(Struct, frozen=True):
    """The body that announces an upload."""

    file: _Said = _Said()


class _Error(Struct, frozen=True):
    """The body of an error."""

    error: dict[str, object]


def start(store: Store, visit: Visit) -> Reply:
    """POST /upload/VERSION/files: announces an upload, or brings its bytes."""
    store.speaks[visit.provider] = "gemini"
    if "upload_id" in visit.query:
        return _more(store, visit)
    try:
        announced = msgspec.json.decode(visit.body.read() or b"{}", type=_Start).file
    except ValueError as error:
        return wrong(400, str(error))
    name = store.new_id("")
    store.uploads[name] = Upload(
        display_name=announced.camel_name or announced.snake_name,
        mime_type=announced.camel_type or announced.snake_type or "application/jsonl",
    )
    path = f"/{visit.provider}/upload/{visit.named['version']}/files"
    headers = {
        "x-goog-upload-url": f"{visit.origin}{path}?upload_id={name}&upload_protocol=resumable",
        "x-goog-upload-status": "active",
    }
    return Reply(headers=headers)


def get(store: Store, visit: Visit) -> Reply:
    """GET /files/ID."""
    file = _own(store, visit)
    if file is not None:
        return told(_file(file, visit))
    batch = made_by(store, visit)
    return _missing() if batch is None else told(_made(store, batch, visit))


def listed(store: Store, visit: Visit) -> Reply:
    """GET /files: uploaded ones, on one page."""
    own = [file for file in store.files.values() if file.provider == visit.provider]
    return told({"files": [_file(file, visit) for file in own]} if own else {})


def delete(store: Store, visit: Visit) -> Reply:
    """DELETE /files/ID, of an uploaded one."""
    if _own(store, visit) is None:
        return _missing()
    del store.files[visit.id]
    return told({})


def download(store: Store, visit: Visit) -> Reply:
    """GET /files/ID:download, of what a batch has made: made while it is sent."""
    batch = made_by(store, visit)
    return _missing() if batch is None else Reply(pieces=result_lines(store, batch), content_type=BINARY)


def made_by(store: Store, visit: Visit) -> Batch | None:
    """The batch whose results a file's name means, if they are there."""
    batch = store.batches.get(visit.id.removeprefix("batch-"))
    is_ours = batch is not None and batch.provider == visit.provider and visit.id.startswith("batch-")
    return batch if is_ours and batch is not None and has_results(store, batch) and store.keeps(batch) else None


def has_results(store: Store, batch: Batch) -> bool:
    """Whether a batch ended with something: one whose time ran out has nothing (ai.google.dev, Batch API)."""
    return store.stage(batch) in {Stage.COMPLETED, Stage.CANCELLED}


def result_lines(store: Store, batch: Batch) -> Iterator[bytes]:
    """The lines of the file of results."""
    for result in store.results(batch, LineEnd):
        yield _ENCODER.encode({"key": result.line.custom_id, **outcome(result)}) + b"\n"


def outcome(result: Result) -> dict[str, object]:
    """The answer, or a `google.rpc.Status`."""
    if result.served is None:
        return {"error": _NEVER[result.end]}
    if result.end is LineEnd.ANSWERED:
        return {"response": msgspec.Raw(result.served.body)}
    said = msgspec.json.decode(result.served.body, type=_Error).error
    return {"error": {"code": _CODES.get(str(said.get("status")), 2), "message": said.get("message")}}


def wrong(status: int, message: str) -> Reply:
    """An error in Google's form."""
    return told({"error": {"code": status, "message": message, "status": _STATUSES[status]}}, status)


def _more(store: Store, visit: Visit) -> Reply:
    """Bytes of an upload, the last ones where they say so."""
    upload = store.uploads.get(visit.query["upload_id"])
    if upload is None:
        return wrong(404, "No such upload.")
    if int(visit.headers.get("x-goog-upload-offset", "0")) == upload.content.size:
        for piece in whole(visit.body).pieces():
            upload.content.write(piece)
    if "finalize" not in visit.headers.get("x-goog-upload-command", ""):
        return Reply(headers={"x-goog-upload-status": "active"})
    file = File(
        id=store.new_id(""),
        provider=visit.provider,
        filename=upload.display_name,
        purpose=upload.mime_type,
        content=whole(upload.content),
        made_at=store.now(),
    )
    store.files[file.id] = file
    del store.uploads[visit.query["upload_id"]]
    return replace(told({"file": _file(file, visit)}), headers={"x-goog-upload-status": "final"})


def _own(store: Store, visit: Visit) -> File | None:
    file = store.files.get(visit.id)
    return file if file is not None and file.provider == visit.provider else None


def _missing() -> Reply:
    return wrong(404, "Requested entity was not found.")


def _file(file: File, visit: Visit) -> dict[str, object]:
    """An uploaded file."""
    digest = sha256()
    for piece in file.content.pieces():
        digest.update(piece)
    return {
        "name": f"files/{file.id}",
        "displayName": file.filename,
        "mimeType": file.purpose,
        "sizeBytes": str(file.content.size),
        "createTime": said(file.made_at),
        "updateTime": said(file.made_at),
        "expirationTime": said(file.made_at + _KEPT),
        "sha256Hash": digest.hexdigest(),
        "uri": f"{visit.origin}/{visit.provider}/v1/files/{file.id}",
        "state": "ACTIVE",
        "source": "UPLOADED",
    }


def _made(store: Store, batch: Batch, visit: Visit) -> dict[str, object]:
    """A file of results."""
    made = batch.at(batch.course.ended_s)
    return {
        "name": f"files/batch-{batch.id}",
        "mimeType": "application/jsonl",
        "sizeBytes": str(sum(map(len, result_lines(store, batch)))),
        "createTime": said(made),
        "updateTime": said(made),
        "uri": f"{visit.origin}/{visit.provider}/v1/files/batch-{batch.id}",
        "downloadUri": f"{visit.origin}/{visit.provider}/v1/files/batch-{batch.id}:download?alt=media",
        "state": "ACTIVE",
        "source": "GENERATED",
    }


def said(at: datetime) -> str:
    """A time as Google writes it."""
    return at.isoformat().replace("+00:00", "Z")
