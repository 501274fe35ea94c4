"""The pictures of a job file: addresses, data URLs and files beside it, checked before anything is planned."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

import msgspec

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import ImageSettings
from modelroute_cli.jobs.image_header import Kind, Size, image_kind, image_size
from modelroute_cli.jobs.problems import Fault, quoted

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DATA_URL = re.compile(r"data:(image/[a-z0-9.+-]+);base64,(.+)", re.DOTALL)
_ANYTHING = ImageSettings(allow_outside=True, max_mb=100)
_MB = 1_000_000
_HEAD_CHARS = 2**17  # of Base64: holds the header of nearly every picture
_NAMES: Mapping[Kind, str] = {"png": "PNG", "jpeg": "JPEG", "webp": "WebP", "gif": "GIF"}
_FORMS = "PNG, JPEG, WebP and GIF are sent"
_PATHS = "give an https URL, a data: URL or a relative path below the job file's folder"
_ALLOW = f"{_PATHS}; `images: {{allow_outside: true}}` in your settings lets files lie anywhere"


@dataclass(frozen=True, slots=True)
class _File:
    """A picture file, as it was when it was checked."""

    digest: str
    size: Size


class Pictures:
    """What the rows of one job file show; each file is read once, however many rows name it.

    Without rules nothing has a fault, for a job file that was checked before; a size that is no longer to be had is
    not known.
    """

    def __init__(self, folder: Path, rules: ImageSettings | None) -> None:
        self._folder = folder
        self._rules = rules
        self._known: dict[str, _File | Fault] = {}

    @property
    def digests(self) -> Mapping[str, str]:
        """`sha256:` and hex of each picture file that a row names, by its path as it stands there."""
        return {path: known.digest for path, known in self._known.items() if isinstance(known, _File)}

    def fault(self, image: str, field: str) -> Fault | None:
        """Why an image of a request cannot be sent; None when it can."""
        if self._rules is None or image.startswith("https://"):
            return None
        if image.startswith("http://"):
            hint = f"use `https://{image.removeprefix('http://')[:40]}`"
            return Fault(field, f"{quoted(image)} is not encrypted", hint)
        found = _data_url(image, self._rules) if image.startswith("data:") else self._file(image, self._rules)
        return Fault(field, found.message, found.hint) if isinstance(found, Fault) else None

    def sizes(self, request: Request) -> tuple[int, ...] | None:
        """One number for each image of a request that has no fault, see `Size.packed`; 0 where it is not known."""
        return tuple(self._packed(image) for image in request.images) if request.images else None

    def _packed(self, image: str) -> int:
        if image.startswith("data:"):
            size = _size_in(image)
        else:
            known = None if image.startswith("https://") else self._file(image, self._rules or _ANYTHING)
            size = known.size if isinstance(known, _File) else None
        return 0 if size is None else size.packed

    def _file(self, image: str, rules: ImageSettings) -> _File | Fault:
        """A picture file, read and judged once."""
        if image not in self._known:
            self._known[image] = _checked(image, self._folder, rules)
        return self._known[image]


def _checked(image: str, folder: Path, rules: ImageSettings) -> _File | Fault:
    """The facts of a picture file, or why it is not sent."""
    file = _placed(image, folder, rules)
    if isinstance(file, Fault):
        return file
    try:
        size_bytes = file.stat().st_size
        data = file.read_bytes() if size_bytes <= rules.max_mb * _MB else b""
    except OSError as error:
        return Fault(None, f"{quoted(image)} cannot be read: {error.strerror}", "check its permissions")
    found = _too_large(quoted(image), size_bytes, rules) or _judged(quoted(image), data)
    return found if isinstance(found, Fault) else _File(_digest(data), found)


def _placed(image: str, folder: Path, rules: ImageSettings) -> Path | Fault:
    """The file that a path names, links followed; a fault for what is none, or lies where it may not."""
    if _SCHEME.match(image):
        return Fault(None, f"{quoted(image)} has a scheme that is not read", _PATHS)
    outside = Fault(None, f"{quoted(image)} leads out of the job file's folder", _ALLOW)
    if not rules.allow_outside and _climbs(image):
        return outside
    file = _resolved(folder / image)
    if file is None:
        return Fault(None, f"there is no file {quoted(image)} beside the job file", f"it was looked for in `{folder}`")
    return file if rules.allow_outside or file.is_relative_to(folder.resolve()) else outside


def _climbs(image: str) -> bool:
    """Whether a path is absolute or takes a step up, in the notation of either system."""
    windows = PureWindowsPath(image)
    absolute = PurePosixPath(image).is_absolute() or windows.is_absolute() or bool(windows.drive)
    return absolute or ".." in windows.parts


def _resolved(path: Path) -> Path | None:
    """The file at `path` with links followed; None for a name that no file can have, or a circle of links."""
    try:
        return path.resolve(strict=True) if path.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def _data_url(image: str, rules: ImageSettings) -> Size | Fault:
    """The size of a picture in a data URL, or why it is not sent."""
    found = _DATA_URL.fullmatch(image)
    if found is None:
        return Fault(None, f"{quoted(image)} is no image", "write it like `data:image/png;base64,...`")
    if too_large := _too_large("the data URL", len(found[2]) * 3 // 4, rules):
        return too_large
    try:
        data = base64.b64decode(found[2], validate=True)
    except (binascii.Error, ValueError):
        return Fault(None, f"{quoted(image)} is no valid Base64", "encode the picture again, without line breaks")
    kind = image_kind(data)
    if kind is not None and found[1] not in (f"image/{kind}", "image/jpg" if kind == "jpeg" else ""):
        message = f"says `{found[1]}` and holds a {_NAMES[kind]}"
        return Fault(None, message, f"begin it with `data:image/{kind};base64,`")
    return _judged("the data URL", data)


def _too_large(shown: str, size_bytes: int, rules: ImageSettings) -> Fault | None:
    if size_bytes <= rules.max_mb * _MB:
        return None
    message = f"{shown} has {size_bytes / _MB:.1f} MB, more than {rules.max_mb} MB"
    return Fault(None, message, "scale it down, or raise `images: {max_mb: ...}` in your settings")


def _judged(shown: str, data: bytes) -> Size | Fault:
    """The size of a picture by its content."""
    kind = image_kind(data)
    if kind is None:
        what = "is empty" if not data else "is no picture"
        return Fault(None, f"{shown} {what}: its content is none of PNG, JPEG, WebP and GIF", _FORMS)
    size = image_size(data)
    if size is None:
        return Fault(None, f"{shown} is a broken {_NAMES[kind]}: its header is damaged or cut off", "write it again")
    return size


def _size_in(url: str) -> Size | None:
    """The size of a sound data URL, from its head where that holds the header."""
    content = url.partition(",")[2]
    head = base64.b64decode(content[:_HEAD_CHARS])
    return image_size(head) or image_size(base64.b64decode(content))


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def is_file(image: str) -> bool:
    """Whether an image of a sound request is a path."""
    return not image.startswith(("https://", "data:"))


@dataclass(frozen=True, slots=True)
class PlannedPictures:
    """The picture files of a plan, to be sent as they were planned."""

    folder: Path
    digests: Mapping[str, str]

    def inline(self, request: Request) -> Request:
        """The request with the content of its picture files in their place.

        JobFileError for a file that is gone or is not, byte for byte, the one that was planned.
        """
        if not any(is_file(image) for image in request.images):
            return request
        images = tuple(self._url(image) if is_file(image) else image for image in request.images)
        return msgspec.structs.replace(request, images=images)

    def _url(self, image: str) -> str:
        try:
            data = (self.folder / image).read_bytes()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            message = f"image {quoted(image)} cannot be read any more: {reason}"
            raise JobFileError(message, hint="put it back, then run the same command again") from error
        if _digest(data) != self.digests.get(image):
            message = f"image {quoted(image)} changed after the plan was made"
            raise JobFileError(message, hint="put it back as it was, or make a new plan")
        return f"data:image/{image_kind(data)};base64,{base64.b64encode(data).decode()}"
