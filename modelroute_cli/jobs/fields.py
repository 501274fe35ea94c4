"""Why a row did not become a Request: every wrong field, in words, with the nearest right one."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import get_args

import msgspec
from msgspec import Struct, structs

from modelroute_cli.base.schema import DataClass, GateRules, Importance, Message, Request, TaskType, Tool
from modelroute_cli.jobs import checks
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.problems import Fault, nearest, quoted, suggestion

REQUEST_FIELDS = tuple(structs.asdict(Request(custom_id="-")))
_ROLES = get_args(next(field.type for field in structs.fields(Message) if field.name == "role"))
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "task_type": tuple(TaskType),
    "importance": tuple(Importance),
    "data_class": tuple(DataClass),
    "role": _ROLES,
    "expected": ("exact", "normalised", "number", "set", "json"),
}
EXPECTED: Mapping[str, str] = {
    "custom_id": "text of 1 to 512 characters",
    "prompt": "text that is not empty",
    "messages": "a list of turns, each with `role` and `content`",
    "content": "text",
    "system": "text",
    "min_quality": "a number from 0 to 1",
    "max_output_tokens": "a whole number from 1",
    "response_schema": "a JSON Schema: an object",
    "images": "a list of addresses or paths",
    "audio": "a list of addresses or paths",
    "files": "a list of addresses or paths",
    "tools": "a list of tools, each with a `name`",
    "name": "a name of 1 to 64 letters, digits, `_` and `-` that begins with a letter or `_`",
    "description": "text",
    "parameters": "a JSON Schema: an object",
    "tool_choice": "`auto`, `none`, `required` or the name of a tool",
    "temperature": "a number from 0 to 2",
    "top_p": "a number above 0, at most 1",
    "seed": "a whole number from 0 to 2,147,483,647",
    "stop": "a list of one to four texts that are not empty",
    "model": "a model's name",
    "deadline": "a span of time like `24h`",
    "tags": "a list of texts that are not empty",
    "redact": "true, false or a list of kinds: email, phone, iban, card, national_id",
    "redact_terms": "a list of texts that are not empty",
    "tenant": "text",
    "metadata": "an object",
    "gates": "an object",
    "min_words": "a whole number from 1",
    "max_words": "a whole number from 1",
    "min_chars": "a whole number from 1",
    "max_chars": "a whole number from 1",
    "must_contain": "a list of texts that are not empty",
    "must_not_contain": "a list of texts that are not empty",
    "language": "the code of a language, `same` or `any`",
    "labels": "a list of texts that are not empty",
    "pattern": "a regular expression",
    "must_mention": "a list of fields of `metadata`",
    "placeholders": "true or false",
    "near_duplicates": "a number above 0, at most 1",
    "judge": "an object",
    "command": "an object",
}


_NUMBERS = (
    "min_quality", "max_output_tokens", "min_words", "max_words", "min_chars", "max_chars", "temperature", "top_p",
    "seed", "near_duplicates",
)  # fmt: skip
_LISTED: Mapping[str, type[Struct]] = {"messages": Message, "tools": Tool}


def row_faults(row: Mapping[str, object], media: Media, unreadable: AbstractSet[str] = frozenset()) -> Iterator[Fault]:
    """Everything wrong with `row`, the decoded JSON of one request without nulls.

    `unreadable` names fields that the row gives and `row` lacks: they were refused already.
    """
    wrong = list(_struct_faults(Request, row, ""))
    yield from wrong
    touched = {str(fault.field).split(".")[0].split("[")[0] for fault in wrong} | unreadable
    meant = {nearest(name, REQUEST_FIELDS) for name in row if name not in REQUEST_FIELDS}
    good = {name: value for name, value in row.items() if name in REQUEST_FIELDS and name not in touched}
    request = msgspec.convert({"custom_id": "-", **good}, Request)
    if not {"prompt", "messages"} & (touched | meant):
        yield from checks.asks_once(prompt=request.prompt is not None, messages=request.messages is not None)
    yield from checks.field_faults(request, media)


def _struct_faults(kind: type[Struct], value: Mapping[str, object], where: str) -> Iterator[Fault]:
    """Unknown, missing and wrong fields of `value` as a `kind`; `where` is the path in front of their names."""
    fields = _fields_of(kind)
    for name in value:
        if name not in fields:
            yield Fault(f"{where}{name}", "is no field", suggestion(name, tuple(fields)))
    for name, field in fields.items():
        if name in value:
            yield from _field_faults(field, value[name], where)
        elif field.required:
            yield Fault(f"{where}{name}", "is missing", f"give each {_owner(kind)} its `{name}`")


@lru_cache
def _fields_of(kind: type[Struct]) -> Mapping[str, structs.FieldInfo]:
    return {field.name: field for field in structs.fields(kind)}


def _owner(kind: type[Struct]) -> str:
    return {Message: "turn", Tool: "tool"}.get(kind, "request")


def _field_faults(field: structs.FieldInfo, value: object, where: str) -> Iterator[Fault]:
    """What is wrong with one field, looked for inside messages, tools and gates."""
    path = f"{where}{field.name}"
    if field.name in _LISTED and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _nested_faults(_LISTED[field.name], item, f"{path}[{index}]")
    elif field.name == "gates":
        yield from _nested_faults(GateRules, value, path)
    elif not _fits(value, field.type):
        yield _misfit(field, value, path)


def _nested_faults(kind: type[Struct], value: object, path: str) -> Iterator[Fault]:
    if isinstance(value, dict):
        yield from _struct_faults(kind, value, f"{path}.")
    else:
        yield Fault(path, f"must be an object, not {_shown(value)}")


def _fits(value: object, kind: object, *, strict: bool = True) -> bool:
    try:
        msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError:
        return False
    return True


def _misfit(field: structs.FieldInfo, value: object, path: str) -> Fault:
    name = field.name
    choices = _CHOICES.get(name)
    if choices is not None and isinstance(value, str):
        return Fault(path, f"unknown value {quoted(value)}", suggestion(value, choices))
    expected = EXPECTED.get(name) or "one of " + ", ".join(f"`{choice}`" for choice in choices or ())
    return Fault(path, f"must be {expected}, not {_shown(value)}", _without_quotes(field, value))


def _without_quotes(field: structs.FieldInfo, value: object) -> str | None:
    """The hint for a number that was written as text."""
    is_number = isinstance(value, str) and field.name in _NUMBERS and _fits(value, field.type, strict=False)
    return f"write `{value}` without quotes" if is_number else None


def _shown(value: object) -> str:
    """A value as JSON writes it, cut where it is long."""
    return quoted(msgspec.json.encode(value).decode())
