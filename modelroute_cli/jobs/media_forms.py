"""What a request may carry besides text, known by its content: pictures, sound, and documents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.image_header import image_kind, image_size
from modelroute_cli.jobs.pdf import PDF_START, pdf_pages
from modelroute_cli.jobs.sound import sound_kind, sound_seconds

MOST_UNKNOWN_PAGES: Final = 20
"""What a document of unknown length is planned with, and the most that may turn up at an address."""
MOST_UNKNOWN_SECONDS: Final = 600
"""The same for sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One of the three, with the words that errors use."""

    field: str  # of a request
    what: str
    data: str  # what a data URL of it is called
    prefix: str  # of its media types
    none_of: str
    sent: str
    example: str
    names: Mapping[str, str]  # kind -> how people write it
    types: Mapping[str, str]  # media type -> kind; the first of each kind is the one that is sent
    kind: Callable[[bytes], str | None]
    amount: Callable[[bytes], int | None]
    """A picture's packed size, seconds of sound, pages of a document; 0 where not known, None where it is broken."""

    def type_of(self, kind: str) -> str:
        """The media type that is sent for a kind."""
        return next(name for name, known in self.types.items() if known == kind)

    def items(self, request: Request) -> tuple[str, ...]:
        """What a request carries of it."""
        match self.field:
            case "images":
                return request.images
            case "audio":
                return request.audio
            case _:
                return request.files


def _packed_size(data: bytes) -> int | None:
    size = image_size(data)
    return None if size is None else size.packed


def _is_pdf(data: bytes) -> str | None:
    return "pdf" if data.startswith(PDF_START) else None


PICTURE: Final = Form(
    field="images",
    what="picture",
    data="image",
    prefix="image/",
    none_of="none of PNG, JPEG, WebP and GIF",
    sent="PNG, JPEG, WebP and GIF are sent",
    example="data:image/png;base64,...",
    names={"png": "PNG", "jpeg": "JPEG", "webp": "WebP", "gif": "GIF"},
    types={
        "image/png": "png",
        "image/jpeg": "jpeg",
        "image/webp": "webp",
        "image/gif": "gif",
        "image/jpg": "jpeg",
    },
    kind=image_kind,
    amount=_packed_size,
)
SOUND: Final = Form(
    field="audio",
    what="sound",
    data="sound",
    prefix="audio/",
    none_of="neither WAV nor MP3",
    sent="WAV and MP3 are sent",
    example="data:audio/wav;base64,...",
    names={"wav": "WAV", "mp3": "MP3"},
    types={
        "audio/wav": "wav",
        "audio/mpeg": "mp3",
        "audio/x-wav": "wav",
        "audio/wave": "wav",
        "audio/vnd.wave": "wav",
        "audio/mp3": "mp3",
    },
    kind=sound_kind,
    amount=sound_seconds,
)
DOCUMENT: Final = Form(
    field="files",
    what="document",
    data="PDF",
    prefix="application/pdf",
    none_of="no PDF",
    sent="PDF is sent",
    example="data:application/pdf;base64,...",
    names={"pdf": "PDF"},
    types={"application/pdf": "pdf"},
    kind=_is_pdf,
    amount=lambda data: pdf_pages(data) or 0,
)
FORMS: Final = (PICTURE, SOUND, DOCUMENT)


def carries_any(request: Request) -> bool:
    """Whether a request carries more than text."""
    return bool(request.images or request.audio or request.files)
