"""What requests carry, read again when they are sent: as it was planned, or not at all."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.downscale import UnscalableError, scaled
from modelroute_cli.jobs.media import digest_of
from modelroute_cli.jobs.media_forms import FORMS, PICTURE, Form
from modelroute_cli.jobs.problems import quoted


def is_file(item: str) -> bool:
    """Whether an item of a sound request is a path."""
    return not item.startswith(("https://", "data:"))


@dataclass(frozen=True, slots=True)
class PlannedMedia:
    """The files of a plan, to be sent as they were planned; pictures with no side longer than `max_side`."""

    folder: Path
    digests: Mapping[str, str]
    max_side: int | None = None

    def inline(self, request: Request) -> Request:
        """The request with the content of its files in their place, and its pictures scaled down.

        Media types are those that providers know (`audio/wav` for `audio/x-wav`). JobFileError for a file that is
        gone or is not, byte for byte, the one that was planned, and for a picture that cannot be scaled down.
        """
        changed = {}
        for form in FORMS:
            given = form.items(request)
            sent = tuple(self._sent(item, form) for item in given)
            if sent != given:
                changed[form.field] = sent
        return msgspec.structs.replace(request, **changed) if changed else request

    def _sent(self, item: str, form: Form) -> str:
        if item.startswith("https://"):
            return item
        if is_file(item):
            return self._url(self._read(item, form), form, quoted(item))
        if form is PICTURE and self.max_side is not None:
            return self._url(base64.b64decode(item.partition(",")[2]), form, "a data URL")
        return _plainly_named(item, form)

    def _read(self, path: str, form: Form) -> bytes:
        try:
            data = (self.folder / path).read_bytes()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            message = f"{_called(form)} {quoted(path)} cannot be read any more: {reason}"
            raise JobFileError(message, hint="put it back, then run the same command again") from error
        if digest_of(data) != self.digests.get(path):
            message = f"{_called(form)} {quoted(path)} changed after the plan was made"
            raise JobFileError(message, hint="put it back as it was, or make a new plan")
        return data

    def _url(self, data: bytes, form: Form, shown: str) -> str:
        """A data URL of the content, scaled down where it is a picture that is too large."""
        try:
            sent = scaled(data, self.max_side) if form is PICTURE and self.max_side is not None else data
        except UnscalableError as error:
            message = f"{_called(form)} {shown} {error}"
            raise JobFileError(
                message, hint="scale it down yourself, or leave `images: {max_side: ...}` out"
            ) from error
        return data_url(sent, form)


def _called(form: Form) -> str:
    """How messages about one item begin."""
    return "image" if form is PICTURE else form.what


def data_url(data: bytes, form: Form) -> str:
    """Content whose kind is known as a data URL."""
    kind = form.kind(data) or next(iter(form.names))
    return f"data:{form.type_of(kind)};base64,{base64.b64encode(data).decode()}"


def _plainly_named(url: str, form: Form) -> str:
    """A data URL under the media type that every provider knows."""
    head, _, content = url.partition(",")
    named = head.removeprefix("data:").removesuffix(";base64")
    kind = form.types.get(named)
    best = named if kind is None else form.type_of(kind)
    return url if best == named else f"data:{best};base64,{content}"
