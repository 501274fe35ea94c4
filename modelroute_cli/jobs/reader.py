"""One request again, from its offset, when it is about to be sent."""

from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.decode import decode
from modelroute_cli.jobs.given import unreadable


class RequestReader:
    """An open job file (or its spool) that gives back single requests, as they were planned; for one thread."""

    def __init__(self, path: Path, *, ignore_models: bool = False) -> None:
        self._path = path
        self._ignore_models = ignore_models

    def __enter__(self) -> Self:
        try:
            self._file = self._path.open("rb")
        except OSError as error:
            raise unreadable(str(self._path), error) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def at(self, offset: int, length: int) -> Request:
        """The request whose JSON starts at byte `offset`; JobFileError when it does not stand there any more."""
        try:
            self._file.seek(offset)
            raw = self._file.read(length)
        except OSError as error:
            raise unreadable(str(self._path), error) from error
        try:
            request = decode(raw)
        except (ValueError, RecursionError) as error:
            msg = f"`{self._path}` changed while it was in use: no request at byte {offset}"
            raise JobFileError(msg, hint="put the file back as it was, or make a new plan") from error
        return msgspec.structs.replace(request, model=None) if self._ignore_models else request
