"""What people said: the qualities of a sheet that was filled in, given back to those who wrote the answers.

There is one scale, from 0 to 1, so that a row filled in by another one (7 of 10, 80 of 100) shows and is refused.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from modelroute_cli.base.errors import UsageError
from modelroute_cli.jobs.problems import quoted
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import observed
from modelroute_cli.pilot.scorers.sheet import SheetKey
from modelroute_cli.pilot.scorers.sheet_table import FilledRow, read_table

LABELS: Final = "labels"
_YES: Final = frozenset(
    ("yes", "y", "true", "good", "ja", "wahr", "oui", "vrai", "sí", "si", "verdadero", "vero", "sì", "sim", "tak")
)
_NO: Final = frozenset(("no", "n", "false", "bad", "nein", "falsch", "non", "faux", "falso", "não", "nie", "nee"))
_NUMBER: Final = re.compile(r"(?P<number>\d{1,3}(?:[.,]\d{0,12})?|[.,]\d{1,12})\s?(?P<percent>%)?")
_HINT: Final = (
    "type a number from 0 (of no use) to 1 (as good as can be), such as 0.8 or 80%, or yes or no; leave it empty where "
    "you cannot say"
)
_MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class SheetRead:
    """What a sheet says; `filled` and `unfilled` count rows of the sheet as it was written."""

    observations: tuple[Observation, ...]
    filled: int
    unfilled: int


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is wrong in one row."""

    row: int
    column: str
    told: str

    def __str__(self) -> str:
        return f"row {self.row}, column `{self.column}`: {self.told}"


def read_key(path: Path) -> SheetKey:
    """The key of a sheet; UsageError where it is gone or is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SheetKey)
    except OSError as error:
        message = f"the key `{path}` of the sheet cannot be read: {error.strerror}"
        raise UsageError(
            message, hint="it was written beside the sheet; without it nobody knows whose answers"
        ) from error
    except (msgspec.DecodeError, UnicodeError) as error:
        message = f"`{path}` is no key of a sheet: {error}"
        raise UsageError(message, hint="`modelroute pilot export` writes the key beside the sheet") from error


def read_sheet(path: Path, key: SheetKey) -> SheetRead:
    """The observations of the rows that were filled in, in the order of the key.

    Rows may stand in any order, others may be added as long as they have no quality, columns too. UsageError names
    every row that cannot be read (the first twenty), and refuses a sheet of another pilot.
    """
    rows = read_table(path)
    known = {row.key: row.answers for row in key.rows}
    _refuse_foreign(rows, known.keys(), path)
    problems: list[_Problem] = []
    qualities: dict[str, float] = {}
    for row in rows:
        quality = _quality(row.quality) if row.quality else None
        if isinstance(quality, float) and row.key in known and row.key not in qualities:
            qualities[row.key] = quality
        elif quality is not None:
            problems.append(_problem(row, quality, row.key in known))
    if problems:
        raise _refusal(path, problems)
    found = (observed(each, qualities[name], LABELS) for name in known if name in qualities for each in known[name])
    return SheetRead(tuple(found), len(qualities), len(known) - len(qualities))


def _quality(cell: str) -> float | str:
    """The quality that was typed, in [0,1], or what is wrong with it."""
    word = cell.strip("'\" .").lower()
    if word in _YES or word in _NO:
        return float(word in _YES)
    match = _NUMBER.fullmatch(cell.strip("'\" "))
    if match is None:
        return f"{quoted(cell)} is neither a number from 0 to 1 nor yes or no"
    most = 100 if match["percent"] else 1
    value = float(match["number"].replace(",", "."))
    return value / most if value <= most else f"{quoted(cell)} is more than {most}{match['percent'] or ''}"


def _problem(row: FilledRow, quality: float | str, is_known: bool) -> _Problem:  # noqa: FBT001 - what was found out
    """Why a row that has a quality cannot be taken."""
    if isinstance(quality, str):
        return _Problem(row.number, "quality", quality)
    if is_known:
        return _Problem(row.number, "key", f"`{row.key}` was filled in above already")
    return _Problem(row.number, "key", f"{quoted(row.key)} is no key of this sheet")


def _refuse_foreign(rows: Sequence[FilledRow], known: Collection[str], path: Path) -> None:
    """UsageError for a sheet without any row of this pilot."""
    if any(row.key in known for row in rows):
        return
    message = f"`{path}` is a sheet of another pilot: none of its keys is in the key file, which has {len(known)}"
    raise UsageError(message, hint="import it with the key that was written beside it (`NAME.key.json`)")


def _refusal(path: Path, problems: Sequence[_Problem]) -> UsageError:
    """All that is wrong at once."""
    shown = [str(problem) for problem in problems[:_MOST_SHOWN]]
    if len(problems) > _MOST_SHOWN:
        shown.append(f"and {len(problems) - _MOST_SHOWN} more")
    message = "\n  ".join((f"`{path}` cannot be taken as it is:", *shown))
    return UsageError(message, hint=_HINT)
