"""Requests that name their model once for all: put together again as each would be sent alone."""

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.batches.batch import Fault, Line, Read
from modelroute_cli.emulator.dialects.base import Dialect, Incoming


class Named(Struct, frozen=True, kw_only=True):
    """A request with its name."""

    custom_id: str
    body: msgspec.Raw


_DECODER = msgspec.json.Decoder(Named)
_ENCODER = msgspec.json.Encoder()


class _Model(Struct, frozen=True):
    """Whether a body names a model."""

    model: str | None = None


_MODEL = msgspec.json.Decoder(_Model)


def reader(provider: str, model: str, dialect: Dialect) -> Read:
    """What understands a line of requests for one model; a body that names one itself keeps it."""

    def read(raw: bytes) -> Line | Fault:
        try:
            line = _DECODER.decode(raw)
            body = _with_model(bytes(line.body), model)
        except ValueError as error:
            return Fault("invalid_line", f"A line is not as it must be: {error}.")
        return Line(line.custom_id, Incoming(provider=provider, client_id=None, body=body), dialect)

    return read


def _with_model(body: bytes, model: str) -> bytes:
    """The body with the model as its first field; ValueError where it is no object."""
    if _MODEL.decode(body).model is not None:
        return body
    inner = body.strip()[1:]
    comma = b"" if inner.strip() == b"}" else b","
    return b'{"model":' + _ENCODER.encode(model) + comma + inner
