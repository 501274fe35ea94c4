"""A sheet for people: answers to be given a quality, without a word about who wrote them, and the key that says who.

Requests stand in random order; the answers to one request stay together, in random order, so that a person reads it
once and a sheet that is half filled in still holds whole comparisons. The same text is asked about once, whoever wrote
it. The seed decides the order, and with the answers the keys: the same sheet can be written again.
"""

import csv
import io
import random
import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct, structs

from modelroute_cli.execution.whole_file import whole
from modelroute_cli.pilot.scorers.answers import Answer

COLUMNS: Final = ("key", "request", "answer", "quality", "comment")
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_UNSHOWN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BOM: Final = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as the code page of its country
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"  # no digit, so that no spreadsheet takes a key for a number or a date
_KEY_LETTERS: Final = 10


class KeyRow(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose answer a row of the sheet shows: several where they are the same text."""

    key: str
    answers: tuple[Answer, ...]  # their output left out: it stands in the sheet


class SheetKey(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The key file of one sheet: who is who."""

    format: Literal[1] = 1
    rows: tuple[KeyRow, ...]


def write_sheet(path: Path, answers: Sequence[Answer], text_of: Callable[[str], str], seed: int) -> SheetKey:
    """Write the sheet to `path` and its key beside it (`key_path`); `text_of` gives a request's text by custom_id.

    CSV as spreadsheets read it: UTF-8 with its mark, cells that look like formulas defused by an apostrophe, texts
    whole whatever their length. StorageError when the disk refuses.
    """
    groups = _shuffled(answers, seed)
    named = [(_key_of(same, seed), same) for same in groups]
    key = SheetKey(rows=tuple(KeyRow(name, tuple(map(_without_text, same))) for name, same in named))
    with whole(key_path(path), "the key") as file:
        file.write(msgspec.json.format(msgspec.json.encode(key), indent=1) + b"\n")
    with whole(path, "the sheet") as file:
        file.write(_BOM + _line(COLUMNS))
        for name, same in named:
            file.write(_line((name, text_of(same[0].custom_id), same[0].output, "", "")))
    return key


def key_path(path: Path) -> Path:
    """Where the key of a sheet is kept: `labels.csv` has its key in `labels.key.json`."""
    return path.with_suffix(".key.json")


def _shuffled(answers: Sequence[Answer], seed: int) -> list[tuple[Answer, ...]]:
    """Answers by text, those to one request together; the order is the seed's, whatever order they came in."""
    texts: dict[str, dict[str, list[Answer]]] = {}
    for answer in sorted(answers, key=lambda each: (each.custom_id, each.output, each.model)):
        texts.setdefault(answer.custom_id, {}).setdefault(answer.output.strip(), []).append(answer)
    lot = random.Random(f"{seed}/labels")  # noqa: S311 - an order for people, no secret
    requests = list(texts.values())
    lot.shuffle(requests)
    return [tuple(same) for request in requests for same in _mixed(request, lot)]


def _mixed(request: dict[str, list[Answer]], lot: random.Random) -> list[list[Answer]]:
    """The texts of one request in random order."""
    same = list(request.values())
    lot.shuffle(same)
    return same


def _key_of(same: tuple[Answer, ...], seed: int) -> str:
    """A name that tells nobody anything: letters made of the request, the text and the seed."""
    told = "\0".join((str(seed), same[0].custom_id, same[0].output.strip()))
    number = int.from_bytes(blake2b(told.encode("utf-8", "replace"), digest_size=8).digest(), "big")
    letters = []
    for _ in range(_KEY_LETTERS):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)


def _without_text(answer: Answer) -> Answer:
    return structs.replace(answer, output="")


def _line(cells: Sequence[str]) -> bytes:
    """One record."""
    text = io.StringIO()
    csv.writer(text).writerow([_cell(each) for each in cells])
    return text.getvalue().encode()


def _cell(text: str) -> str:
    """A text as a cell: without what no spreadsheet shows, and never a formula."""
    shown = _UNSHOWN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown
