"""Files of lines in OpenAI's manner: uploaded as a form with the purpose `batch`, downloaded by their names."""

from collections.abc import AsyncIterator

from modelroute_cli.providers.batch import Account, BatchError, BatchStatus, LineResult, Parcel
from modelroute_cli.providers.batches.beginning import begun
from modelroute_cli.providers.batches.common import (
    asks,
    downloaded,
    malformed,
    name_in,
    place,
    segment,
    sends,
)
from modelroute_cli.providers.batches.lines import Carrier, lines_of, read_lines
from modelroute_cli.providers.file_body import FileBody


async def upload_lines(account: Account, parcel: Parcel) -> str:
    """The provider's name of the uploaded file, which is called after the parcel; BatchError otherwise."""
    boundary = f"modelroute-{parcel.digest}"
    request = sends(account, "/files", _form(parcel, boundary), f"multipart/form-data; boundary={boundary}")
    found = await begun(account, request)
    name = name_in(found.data, "id")
    return malformed(account, found.response, "it has no name of the file") if name is None else name


def _form(parcel: Parcel, boundary: str) -> FileBody:
    """Two fields: what the file is for, and the file. No line can hold the boundary: it is the digest of them all."""
    purpose = f'--{boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    file = f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="{parcel.tag}.jsonl"\r\n'
    kind = "content-type: application/jsonl\r\n\r\n"
    return FileBody(f"{purpose}{file}{kind}".encode(), parcel.lines, f"\r\n--{boundary}--\r\n".encode())


async def file_results(account: Account, status: BatchStatus) -> AsyncIterator[LineResult]:
    """The lines of all result files; one that cannot be had raises BatchError after those of the others."""
    missed: BatchError | None = None
    for name in status.results:
        path = place(account, name)
        try:
            response = await downloaded(account, asks(account, f"/files/{segment(name)}/content"), path)
            async for result in read_lines(lines_of(path), Carrier(response.headers)):
                yield result
        except BatchError as error:
            missed = error
        finally:
            path.unlink(missing_ok=True)
    if missed is not None:
        raise missed
