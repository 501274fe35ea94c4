"""Lines in OpenAI's form: a request with its path, method and name; and what a file of them may not hold."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.batches.batch import Fault, Line, Lines, Read
from modelroute_cli.emulator.batches.spool import Extract
from modelroute_cli.emulator.dialects.base import Dialect, Incoming
from modelroute_cli.emulator.dialects.chat import CHAT
from modelroute_cli.emulator.dialects.responses import RESPONSES

ENDPOINTS: dict[str, Dialect] = {"/v1/chat/completions": CHAT, "/v1/responses": RESPONSES}
MOST_LINES, MOST_BYTES = 50_000, 200 * 1024 * 1024
MOST_FAULTS = 100


class _Line(Struct, frozen=True):
    """As it stands in the file."""

    custom_id: str
    method: str
    url: str
    body: msgspec.Raw


class _Model(Struct, frozen=True):
    """What of a body is looked at when the file is."""

    model: str = ""


_DECODER = msgspec.json.Decoder(_Line)
_MODEL = msgspec.json.Decoder(_Model)


def reader(provider: str, endpoint: str) -> Read:
    """What understands a line of a file that is meant for an endpoint."""
    dialect = ENDPOINTS[endpoint]

    def read(raw: bytes) -> Line | Fault:
        try:
            line = _DECODER.decode(raw)
        except msgspec.ValidationError as error:
            return Fault("missing_required_parameter", f"A line is not as it must be: {error}.")
        except ValueError:
            return Fault("invalid_json_line", "This line is not parseable as valid JSON.")
        if line.url != endpoint:
            message = f"The URL provided for this request does not match the batch endpoint: {endpoint}."
            return Fault("url_mismatch", message, param="url")
        if line.method != "POST":
            return Fault("invalid_method", "The method of a request must be POST.", param="method")
        return Line(line.custom_id, Incoming(provider=provider, client_id=None, body=bytes(line.body)), dialect)

    return read


@dataclass(frozen=True, slots=True)
class Examined:
    """A file of lines; a batch of one with faults fails."""

    lines: Lines
    model: str
    faults: tuple[Fault, ...]


def examine(content: Extract, read: Read) -> Examined:
    """Its lines, the model of the first, and what is wrong: lines that cannot be read, names twice, other models."""
    lines, names = Lines(read), _Names()
    faults: list[Fault] = []
    for number, raw in enumerate(_filled(content), start=1):
        lines.add(raw)
        fault = names.fault(read(raw))
        if fault is not None and len(faults) < MOST_FAULTS:
            faults.append(_at(fault, number))
    return Examined(lines, names.model, tuple(_of_file(content, lines) or faults))


def _filled(content: Extract) -> Iterator[bytes]:
    """Lines that are not blank."""
    return (line for line in content.lines() if line.strip())


class _Names:
    """Names and model seen so far."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self.model = ""

    def fault(self, line: Line | Fault) -> Fault | None:
        """What is wrong with the next line."""
        if isinstance(line, Fault):
            return line
        if line.custom_id in self._seen:
            message = f"The custom_id for this request is a duplicate of another request: {line.custom_id}."
            return Fault("duplicate_custom_id", message, param="custom_id")
        self._seen.add(line.custom_id)
        return self._other_model(_model(line.incoming.body))

    def _other_model(self, model: str) -> Fault | None:
        self.model = self.model or model
        if not model or model == self.model:
            return None
        message = f"The provided model '{model}' does not match the batch model '{self.model}'."
        return Fault("mismatched_model", message, param="body.model")


def _model(body: bytes) -> str:
    """The model that a body names; empty where it names none, which its own check says."""
    try:
        return _MODEL.decode(body).model
    except ValueError:
        return ""


def _of_file(content: Extract, lines: Lines) -> list[Fault]:
    """What is wrong with the file as a whole."""
    if not len(lines):
        return [
            Fault("empty_file", "The input file is empty. Please ensure that the batch contains at least one request.")
        ]
    if len(lines) > MOST_LINES or content.size > MOST_BYTES:
        has = f"The input file has {len(lines)} requests and {content.size} bytes"
        message = f"{has}; at most {MOST_LINES} requests and {MOST_BYTES} bytes are allowed."
        return [Fault("batch_too_large", message)]
    return []


def _at(fault: Fault, number: int) -> Fault:
    return Fault(fault.code, fault.message, number, fault.param)
