"""The head of a GGUF file: what the weights are, without loading them.

Layout by the GGUF specification (ggml's docs/gguf.md, versions 2 and 3): magic, version, counts of tensors and of
fields, then the fields: a name, a type, a value; little-endian.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from modelroute_cli.base.errors import SettingsError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_TEXT, _LIST = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_MOST_BYTES = 64 * 1024 * 1024  # of one text: more is no head of a model
_SLOW_TYPES = frozenset({3, 8, 9})  # general.file_type Q4_1, Q5_0, Q5_1

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Head:
    """What is read from the head; None is what the file does not say."""

    architecture: str | None
    context_tokens: int | None
    file_type: int | None  # llama.cpp's number of how most tensors are stored
    has_chat_template: bool

    @property
    def is_slow(self) -> bool:
        """Whether most tensors are stored in a way that mistralrs 0.9.5 has no fast code for on a CPU.

        Measured on SmolLM2-135M in Q4_1: ten times slower than the same made Q8_0 while it is loaded.
        """
        return self.file_type in _SLOW_TYPES


def read_head(path: Path) -> Head:
    """The head of the file; SettingsError when it is none, or breaks off."""
    try:
        with path.open("rb") as file:
            fields = _fields(file)
    except (OSError, struct.error, ValueError) as error:
        message = f"`{path}` cannot be read as a GGUF file: {error}"
        raise SettingsError(message, hint="download it again, or name another in `weights`") from error
    architecture = fields.get("general.architecture")
    return Head(
        architecture=architecture if isinstance(architecture, str) else None,
        context_tokens=_count(fields.get(f"{architecture}.context_length")),
        file_type=_count(fields.get("general.file_type")),
        has_chat_template="tokenizer.chat_template" in fields,
    )


def _count(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _fields(file: BinaryIO) -> dict[str, Value]:
    """Every field by its name; lists are passed over as None."""
    if file.read(len(_MAGIC)) != _MAGIC:
        message = "it does not begin with GGUF"
        raise ValueError(message)
    version, _, count = _numbers(file, "IQQ")
    if version not in _VERSIONS:
        message = f"its version is {version}"
        raise ValueError(message)
    return dict(_field(file) for _ in range(int(count)))


def _field(file: BinaryIO) -> tuple[str, Value]:
    name = _text(file)
    (kind,) = _numbers(file, "I")
    return name, _value(file, int(kind))


def _value(file: BinaryIO, kind: int) -> Value:
    """One value of a type."""
    if kind == _TEXT:
        return _text(file)
    if kind == _LIST:
        _pass_over(file)
        return None
    if kind not in _NUMBERS:
        message = f"it has a field of the unknown type {kind}"
        raise ValueError(message)
    return _numbers(file, _NUMBERS[kind])[0]


def _pass_over(file: BinaryIO) -> None:
    """Read to the end of a list: vocabularies are long, and nothing here needs them."""
    kind, count = (int(number) for number in _numbers(file, "IQ"))
    if kind in _NUMBERS:
        file.seek(count * struct.calcsize(_NUMBERS[kind]), 1)
        return
    for _ in range(count):
        _value(file, kind)


def _text(file: BinaryIO) -> str:
    (length,) = _numbers(file, "Q")
    if length > _MOST_BYTES:
        message = f"it has a text of {length} bytes"
        raise ValueError(message)
    return file.read(int(length)).decode("utf-8", "replace")


def _numbers(file: BinaryIO, layout: str) -> tuple[int | float | bool, ...]:
    size = struct.calcsize(f"<{layout}")
    return struct.unpack(f"<{layout}", file.read(size))
