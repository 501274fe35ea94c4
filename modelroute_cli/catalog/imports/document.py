"""A list of models read from bytes of a stranger: bounded, unpacked, numbers exact, its kind found by its content."""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.imports import litellm, models_dev, openrouter
from modelroute_cli.catalog.imports.found import Entry, FoundModel, Json

MOST_BYTES = 16 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_KINDS = "LiteLLM's model map, models.dev's api.json or OpenRouter's /api/v1/models"


@dataclass(frozen=True, slots=True)
class ModelList:
    """A list whose kind is known: its title, its entries, and how one is read."""

    title: str
    entries: tuple[Entry, ...]
    model: Callable[[Entry], FoundModel]


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    fits: Callable[[Json], bool]
    entries: Callable[[Json], Iterator[Entry]]
    model: Callable[[Entry], FoundModel]


def read_list(data: bytes, name: str) -> ModelList:
    """The list that `data` is, packed with gzip or not; UsageError, naming `name`, for what is none."""
    document = _json(_unpacked(data, name), name)
    for kind in _kinds():
        if isinstance(document, dict) and kind.fits(document):
            return ModelList(kind.title, tuple(kind.entries(document)), kind.model)
    message = f"`{name}` is no list of models that is known here"
    raise UsageError(message, hint=f"give {_KINDS}, as downloaded")


def _kinds() -> tuple[_Kind, ...]:
    """What is known, the most particular first."""
    modules = (openrouter, litellm, models_dev)
    return tuple(_Kind(module.TITLE, module.is_map, module.entries, module.model) for module in modules)


def _unpacked(data: bytes, name: str) -> bytes:
    """The bytes themselves; UsageError when they are too many or not whole."""
    if data.startswith(_GZIP):
        try:
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            message = f"`{name}` cannot be unpacked: its gzip data is damaged"
            raise UsageError(message, hint="download it again") from error
    if len(data) > MOST_BYTES:
        message = f"`{name}` is larger than {MOST_BYTES // 1024 // 1024} MB, which no list of models is"
        raise UsageError(message, hint=f"give {_KINDS}")
    return data


def _json(data: bytes, name: str) -> object:
    """The JSON value, numbers with a point as decimals; UsageError with line and column where it is none."""
    try:
        return json.loads(data.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        message = f"{name}:{error.lineno}:{error.colno}: not valid JSON: {error.msg}"
    except UnicodeDecodeError:
        message = f"`{name}` is not UTF-8 text"
    except (ValueError, InvalidOperation, RecursionError):
        message = f"`{name}` holds a number or a nesting that no list of models has"
    raise UsageError(message, hint=f"give {_KINDS}, as downloaded")


def _no_number(word: str) -> NoReturn:
    """JSON has no NaN and no Infinity."""
    raise ValueError(word)
