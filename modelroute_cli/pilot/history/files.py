"""A history as a file that can be carried elsewhere: written by its ending, read back with every row checked."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.money import from_usd
from modelroute_cli.catalog.suggest import did_you_mean
from modelroute_cli.pilot.history.checks import doubts
from modelroute_cli.pilot.history.forms import COST, FIELDS, FORMS, Form, Raw
from modelroute_cli.pilot.history.keeping import key
from modelroute_cli.pilot.history.sums import Sums

_MOST_TOLD = 20
_HINT = "give a file that `modelroute history export` wrote"
_PLACE = re.compile(r"(?P<told>.*?)(?: - at `\$\.?(?P<field>\w*).*`)?", re.DOTALL)
_DOLLARS = re.compile(r"\d{1,7}(\.\d{1,12})?")
_NEEDED = frozenset(COST if field.name == "cost_pusd" else field.name for field in msgspec.structs.fields(Sums))


def form_of(name: str) -> Form:
    """The form that a file's ending asks for; UsageError for an ending that is none of the three."""
    form = FORMS.get(Path(name).suffix.lower())
    if form is None:
        message = f"`{name}`: a history is written as .jsonl, .csv or .parquet"
        raise UsageError(message, hint="give the file one of these endings")
    return form


def read(content: bytes, name: str) -> tuple[Sums, ...]:
    """The rows of an exported history; UsageError with line and field of the first 20 things that cannot be.

    All columns are needed, and no others are taken; a row that stands twice is refused.
    """
    form = form_of(name)
    found: list[Sums] = []
    problems: list[str] = []
    seen: dict[Sums, int] = {}
    for raw in _raw(form, content, name):
        row, faults = _row(raw, form)
        if row is not None and not faults:
            faults = _twice(seen, key(row), raw.line)
            found.append(row)
        problems += [f"line {raw.line}: {fault}" for fault in faults]
    if problems:
        raise _refused(name, problems)
    return tuple(found)


def _raw(form: Form, content: bytes, name: str) -> Iterator[Raw]:
    try:
        yield from form.read(content)
    except UnicodeDecodeError as error:
        message = f"`{name}` is not UTF-8 text"
        raise UsageError(message, hint=_HINT) from error


def _row(raw: Raw, form: Form) -> tuple[Sums | None, list[str]]:
    """The row, or what is wrong with it."""
    faults = [raw.fault] if raw.fault is not None else [*_names(raw)]
    if faults:
        return None, faults
    try:
        row = msgspec.convert(_own(raw), Sums, strict=not form.lax)
    except _DollarsError as error:
        return None, [str(error)]
    except msgspec.ValidationError as error:
        return None, [_told(str(error))]
    return row, [f"`{field}` {why}" for field, why in doubts(row)]


def _names(raw: Raw) -> Iterator[str]:
    """Columns that are missing, and others that no history has."""
    for name in sorted(_NEEDED - raw.values.keys()):
        yield f"`{name}` is missing"
    for name in sorted(raw.values.keys() - _NEEDED):
        yield f"`{name}` is no column of a history; {did_you_mean(name, FIELDS, 'leave it out')}"


class _DollarsError(ValueError):
    """The cost is no amount of dollars."""


def _own(raw: Raw) -> dict[str, object]:
    """The values with money as whole pico-dollars."""
    values = dict(raw.values)
    dollars = values.pop(COST)
    if not isinstance(dollars, str) or not _DOLLARS.fullmatch(dollars):
        message = f"`{COST}` is no amount of dollars, written as text such as `0.0125`"
        raise _DollarsError(message)
    return {**values, "cost_pusd": int(from_usd(dollars))}


def _told(error: str) -> str:
    """The words of msgspec with the field in front."""
    found = _PLACE.fullmatch(error)
    if found is None or not found["field"]:
        return error
    return f"`{found['field']}`: {found['told'][:1].lower()}{found['told'][1:]}"


def _twice(seen: dict[Sums, int], of: Sums, line: int) -> list[str]:
    """Whether an earlier line is of the same; it is noted for the later ones."""
    first = seen.setdefault(of, line)
    return [] if first == line else [f"is of the same run, template, model and day as line {first}"]


def _refused(name: str, problems: Sequence[str]) -> UsageError:
    """The first problems, and how many more there are."""
    told = [f"  {problem}" for problem in problems[:_MOST_TOLD]]
    rest = [f"  and {len(problems) - _MOST_TOLD:,} more"] if len(problems) > _MOST_TOLD else []
    return UsageError("\n".join((f"`{name}` cannot be imported:", *told, *rest)), hint=_HINT)
