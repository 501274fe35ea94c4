"""What rows carry besides text: addresses, data URLs and files beside the job file, checked before planning."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import ImageSettings
from modelroute_cli.jobs.downscale import MOST_PIXELS, scaled_size
from modelroute_cli.jobs.image_header import MOST_SIDE, Size
from modelroute_cli.jobs.media_forms import (
    DOCUMENT,
    FORMS,
    MOST_UNKNOWN_PAGES,
    MOST_UNKNOWN_SECONDS,
    PICTURE,
    SOUND,
    Form,
)
from modelroute_cli.jobs.problems import Fault, quoted

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DATA_URL = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,(.+)", re.DOTALL)
_ANYTHING = ImageSettings(allow_outside=True, max_mb=100)
_MB = 1_000_000
_HEAD_CHARS = 2**17  # of Base64: holds the header of nearly every picture
_PATHS = "give an https URL, a data: URL or a relative path below the job file's folder"
_ALLOW = f"{_PATHS}; `images: {{allow_outside: true}}` in your settings lets files lie anywhere"


@dataclass(frozen=True, slots=True)
class _File:
    """A file that a row names, as it was when it was checked; its amount as `Form.amount` counts."""

    digest: str
    amount: int
    kind: str


class Media:
    """What the rows of one job file carry; each file is read once, however many rows name it.

    Without rules nothing has a fault, for a job file that was checked before; what is no longer to be had is not
    known. Pictures count at the size they are sent at: `max_side`, else that of the rules.
    """

    def __init__(self, folder: Path, rules: ImageSettings | None, max_side: int | None = None) -> None:
        self._folder = folder
        self._rules = rules
        self._max_side = max_side or (rules.max_side if rules else None)
        self._known: dict[tuple[str, str], _File | Fault] = {}

    @property
    def digests(self) -> Mapping[str, str]:
        """`sha256:` and hex of each file that a row names, by its path as it stands there."""
        return {path: known.digest for path, _, known in self._files()}

    @property
    def amounts(self) -> Mapping[str, int]:
        """Seconds of each sound and pages of each document that a row names as a file, by path; unknown ones not."""
        found = self._files()
        return {path: known.amount for path, field, known in found if field != PICTURE.field and known.amount}

    def _files(self) -> Iterator[tuple[str, str, _File]]:
        """Each sound file that a row names: its path, the field it stands in, and what is known of it."""
        for (field, path), known in self._known.items():
            if isinstance(known, _File):
                yield path, field, known

    def faults(self, request: Request) -> Iterator[Fault]:
        """Why what a request carries cannot be sent."""
        for form in FORMS:
            for index, item in enumerate(form.items(request)):
                if fault := self.fault(item, f"{form.field}[{index}]", form):
                    yield fault

    def fault(self, item: str, field: str, form: Form = PICTURE) -> Fault | None:
        """Why one item cannot be sent; None when it can."""
        if self._rules is None or item.startswith("https://"):
            return None
        if item.startswith("http://"):
            hint = f"use `https://{item.removeprefix('http://')[:40]}`"
            return Fault(field, f"{quoted(item)} is not encrypted", hint)
        found = _data_url(item, form, self._rules) if item.startswith("data:") else self._file(item, form, self._rules)
        return Fault(field, found.message, found.hint) if isinstance(found, Fault) else None

    def sizes(self, request: Request) -> tuple[int, ...] | None:
        """One number for each image of a request that has no fault, see `Size.packed`; 0 where it is not known."""
        return tuple(self._sent_size(image) for image in request.images) if request.images else None

    def pages(self, request: Request) -> int:
        """Of its documents together; one whose pages are not known counts as the most that is sent then."""
        if not request.files:
            return 0
        return sum(self._amount(item, DOCUMENT) or MOST_UNKNOWN_PAGES for item in request.files)

    def seconds(self, request: Request) -> int:
        """Of its sound together, each rounded up; one whose length is not known counts as the most that is sent."""
        return sum(self._amount(item, SOUND) or MOST_UNKNOWN_SECONDS for item in request.audio) if request.audio else 0

    def _amount(self, item: str, form: Form) -> int:
        """How much one item is, 0 where that is not known."""
        if item.startswith("data:"):
            return amount_in(item, form)
        known = None if item.startswith("https://") else self._file(item, form, self._rules or _ANYTHING)
        return known.amount if isinstance(known, _File) else 0

    def _sent_size(self, image: str) -> int:
        """The packed size of a picture after it was scaled down."""
        packed = self._amount(image, PICTURE)
        if not packed or self._max_side is None:
            return packed
        return scaled_size(Size(packed >> 16, packed & MOST_SIDE), self._max_side, self._kind(image)).packed

    def _kind(self, image: str) -> str | None:
        """The format of a picture that was found sound."""
        if image.startswith("data:"):
            return PICTURE.types.get(image.removeprefix("data:").partition(";")[0])
        known = self._file(image, PICTURE, self._rules or _ANYTHING)
        return known.kind if isinstance(known, _File) else None

    def _file(self, item: str, form: Form, rules: ImageSettings) -> _File | Fault:
        """A file, read and judged once."""
        key = (form.field, item)
        if key not in self._known:
            self._known[key] = _checked(item, form, self._folder, rules)
        return self._known[key]


def _checked(item: str, form: Form, folder: Path, rules: ImageSettings) -> _File | Fault:
    """The facts of a file, or why it is not sent."""
    file = _placed(item, folder, rules)
    if isinstance(file, Fault):
        return file
    try:
        size_bytes = file.stat().st_size
        data = file.read_bytes() if size_bytes <= rules.max_mb * _MB else b""
    except OSError as error:
        return Fault(None, f"{quoted(item)} cannot be read: {error.strerror}", "check its permissions")
    found = _too_large(quoted(item), size_bytes, form, rules) or _judged(quoted(item), data, form, rules)
    return found if isinstance(found, Fault) else _File(digest_of(data), found, form.kind(data) or "")


def _placed(item: str, folder: Path, rules: ImageSettings) -> Path | Fault:
    """The file that a path names, links followed; a fault for what is none, or lies where it may not."""
    if _SCHEME.match(item):
        return Fault(None, f"{quoted(item)} has a scheme that is not read", _PATHS)
    outside = Fault(None, f"{quoted(item)} leads out of the job file's folder", _ALLOW)
    if not rules.allow_outside and _climbs(item):
        return outside
    file = _resolved(folder / item)
    if file is None:
        return Fault(None, f"there is no file {quoted(item)} beside the job file", f"it was looked for in `{folder}`")
    return file if rules.allow_outside or file.is_relative_to(folder.resolve()) else outside


def _climbs(item: str) -> bool:
    """Whether a path is absolute or takes a step up, in the notation of either system."""
    windows = PureWindowsPath(item)
    absolute = PurePosixPath(item).is_absolute() or windows.is_absolute() or bool(windows.drive)
    return absolute or ".." in windows.parts


def _resolved(path: Path) -> Path | None:
    """The file at `path` with links followed; None for a name that no file can have, or a circle of links."""
    try:
        return path.resolve(strict=True) if path.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def _data_url(item: str, form: Form, rules: ImageSettings) -> int | Fault:
    """The amount of what a data URL holds, or why it is not sent."""
    found = _DATA_URL.fullmatch(item)
    if found is None or not found[1].startswith(form.prefix):
        return Fault(None, f"{quoted(item)} is no {form.data}", f"write it like `{form.example}`")
    if too_large := _too_large("the data URL", len(found[2]) * 3 // 4, form, rules):
        return too_large
    try:
        data = base64.b64decode(found[2], validate=True)
    except (binascii.Error, ValueError):
        return Fault(None, f"{quoted(item)} is no valid Base64", f"encode the {form.what} again, without line breaks")
    kind = form.kind(data)
    if kind is not None and form.types.get(found[1]) != kind:
        message = f"says `{found[1]}` and holds {'an' if kind == 'mp3' else 'a'} {form.names[kind]}"
        return Fault(None, message, f"begin it with `data:{form.type_of(kind)};base64,`")
    return _judged("the data URL", data, form, rules)


def _too_large(shown: str, size_bytes: int, form: Form, rules: ImageSettings) -> Fault | None:
    if size_bytes <= rules.max_mb * _MB:
        return None
    message = f"{shown} has {size_bytes / _MB:.1f} MB, more than {rules.max_mb} MB"
    less = "scale it down" if form is PICTURE else "cut it into parts"
    return Fault(None, message, f"{less}, or raise `images: {{max_mb: ...}}` in your settings")


def _judged(shown: str, data: bytes, form: Form, rules: ImageSettings) -> int | Fault:
    """How much there is of a picture, sound or document, by its content."""
    kind = form.kind(data)
    if kind is None:
        what = "is empty" if not data else f"is no {form.what}"
        return Fault(None, f"{shown} {what}: its content is {form.none_of}", form.sent)
    amount = form.amount(data)
    if amount is None:
        broken = f"a broken {form.names[kind]}: its header is damaged or cut off"
        return Fault(None, f"{shown} is {broken}", "write it again")
    pixels = (amount >> 16) * (amount & MOST_SIDE)
    if form is PICTURE and rules.max_side is not None and pixels > MOST_PIXELS:
        message = f"{shown} has {pixels / _MB:,.0f} million pixels, too many to be scaled down"
        return Fault(None, message, "scale it down yourself")
    return amount


def amount_in(url: str, form: Form) -> int:
    """The amount of what a sound data URL holds, 0 where it is not known; of a picture from its head if it can."""
    content = url.partition(",")[2]
    if form is PICTURE and (found := form.amount(base64.b64decode(content[:_HEAD_CHARS]))):
        return found
    return form.amount(base64.b64decode(content)) or 0


def digest_of(data: bytes) -> str:
    """`sha256:` and hex."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
