"""Which lines of an OpenAI batch file ask for a response, and not for a chat completion."""

from contextlib import ExitStack
from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.given import BOM, STDIN, HashedLines
from modelroute_cli.jobs.locate import JobFileRef
from modelroute_cli.jobs.opening import IndexOptions, open_source

_RESPONSES = b"/responses"


class _Line(Struct):
    """What is looked at."""

    custom_id: str
    url: str = ""


def response_ids(ref: JobFileRef, spool_dir: Path) -> frozenset[str]:
    """The custom_ids of the lines whose `url` is `/v1/responses`.

    None of another kind of job file, nor of one that cannot be read again, such as standard input: those are answered
    as chat completions.
    """
    if ref.format != "openai_batch" or ref.source == STDIN:
        return frozenset()
    try:
        with ExitStack() as stack:
            opened = open_source(ref.source, IndexOptions(spool_dir=spool_dir, reading=ref.reading), stack)
            with opened.path.open("rb") as stream:
                return frozenset(_asking(HashedLines(stream, ref.source)))
    except (OSError, JobFileError):
        return frozenset()


def _asking(lines: HashedLines) -> list[str]:
    """The custom_ids of those that ask for a response; a line that is none any more asks for nothing."""
    decoder, found = msgspec.json.Decoder(_Line), list[str]()
    for raw in lines:
        if _RESPONSES in raw:
            try:
                line = decoder.decode(raw.removeprefix(BOM))
            except (ValueError, RecursionError):
                continue
            if line.url.rstrip("/").endswith("/responses"):
                found.append(line.custom_id)
    return found
