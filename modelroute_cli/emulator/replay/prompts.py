"""The requests of a job file, found again on the wire: 12 bytes each, their texts stay in the file."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from modelroute_cli.base.schema import Request
from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.replay.wire_words import (
    bare,
    carried_by,
    exact_words,
    exact_words_asked,
    keys_of,
    name_of,
    words_asked,
    words_of,
    words_without_schema,
)
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.planning.judge_prompt import shown

_MOST_TWINS = 64
_TWO = 2
COLUMNS = ("custom_id", "offset", "length", "template", "task_type")

Inline = Callable[[Request], Request]
Sent = Callable[[Request, str], Request]
"""A request of the job, under its rule, as it is sent: where values are replaced, right answers hold placeholders."""


def as_it_is(request: Request, rule: str) -> Request:
    """Nothing is replaced."""
    del rule
    return request


class _Names:
    """Which rows each 64-bit name stands for."""

    def __init__(self, pairs: Iterator[tuple[int, int]]) -> None:
        found = np.array(list(pairs), np.uint64).reshape(-1, 2)
        order = np.argsort(found[:, 0], kind="stable")
        self._names = found[order, 0]
        self._rows = found[order, 1].astype(np.int32)

    def rows(self, name: int) -> Sequence[int]:
        """Those of a name, in order; none for a name that is not known."""
        first = int(np.searchsorted(self._names, np.uint64(name)))
        last = first
        while last < len(self._names) and int(self._names[last]) == name and last - first < _MOST_TWINS:
            last += 1
        return [int(row) for row in self._rows[first:last]]


class Prompts:
    """A job file whose requests are asked for by their words; `places` has `COLUMNS`, and may have their `rule`.

    Of requests that ask the same the first is found, as it is the one that is sent for all of them; of those that
    differ in white space alone, the one that has it as it came.
    """

    def __init__(self, path: Path, places: pl.DataFrame, inline: Inline, sent: Sent = as_it_is) -> None:
        self._reader = RequestReader(path, ignore_models=True)
        self._reader.__enter__()
        self._custom_ids = places["custom_id"]
        self._offsets, self._lengths = places["offset"].to_numpy(), places["length"].to_numpy()
        self._templates, self._task_types = _Coded(places["template"]), _Coded(places["task_type"])
        self._inline, self._as_it_goes = inline, sent
        self._rules = places["rule"] if "rule" in places.columns else pl.Series([""]).new_from_index(0, places.height)
        self._sent = _Names(self._as_sent())
        self._judged: _Names | None = None

    def close(self) -> None:
        """Let go of the file."""
        self._reader.__exit__(None, None, None)

    def __len__(self) -> int:
        return len(self._custom_ids)

    def custom_id(self, row: int) -> str:
        """The id of a request."""
        found: str = self._custom_ids[row]
        return found

    def template(self, row: int) -> str | None:
        """The template of a request, None where it has none."""
        return self._templates.text(row)

    def task_type(self, row: int) -> str | None:
        """The task type of a request."""
        return self._task_types.text(row)

    def request(self, row: int) -> Request:
        """The request as it is sent; JobFileError where the file changed in the meantime."""
        return self._as_it_goes(self._reader.at(int(self._offsets[row]), int(self._lengths[row])), self._rules[row])

    def peer(self, row: int, number: int) -> int:
        """The `number`-th request of the same template, counted round."""
        return self._templates.peer(row, number)

    def find(self, asked: Asked) -> int | None:
        """The row of a request on the wire; None for what is not of this job."""
        carried = keys_of(asked.media())
        rows = _named(self._sent, words_asked(asked), carried)
        if not rows and (words := words_without_schema(asked)) is not None:
            rows = _named(self._sent, words, carried)
        if len(rows) < _TWO:
            return rows[0] if rows else None
        exact = exact_words_asked(asked)
        return next((row for row in rows if exact_words(self.request(row)) == exact), rows[0])

    def find_shown(self, text: str, asked: Asked) -> int | None:
        """The row of a request that a judge is shown."""
        if self._judged is None:
            self._judged = _Names(self._as_shown())
        rows = _named(self._judged, bare(text), keys_of(asked.media()))
        return (
            next((row for row in rows if len(rows) > 1 and shown(self.request(row)) == text), rows[0]) if rows else None
        )

    def _as_sent(self) -> Iterator[tuple[int, int]]:
        return self._all_named(words_of)

    def _as_shown(self) -> Iterator[tuple[int, int]]:
        return self._all_named(lambda request: bare(shown(request)))

    def _all_named(self, words: Callable[[Request], str]) -> Iterator[tuple[int, int]]:
        """Each request by its words, and what carries something by that as well."""
        for row in range(len(self)):
            request = self.request(row)
            said = words(request)
            yield name_of(said), row
            if request.images or request.audio or request.files:
                yield name_of(said, carried_by(self._inline(request))), row


def _named(names: _Names, words: str, carried: list[str]) -> Sequence[int]:
    """By words and what is carried, else by the words alone: formats may fetch what a request names by address."""
    found = names.rows(name_of(words, carried))
    return names.rows(name_of(words)) if carried and not found else found


class _Coded:
    """One of few texts for each row."""

    def __init__(self, texts: pl.Series) -> None:
        named = texts.cast(pl.String).fill_null("")
        coded = named.rank("dense").cast(pl.Int32) - 1
        self._texts = named.unique().sort().to_list()
        self._codes = coded.to_numpy()
        self._order = np.argsort(self._codes, kind="stable").astype(np.int32)
        self._starts = np.searchsorted(self._codes[self._order], np.arange(len(self._texts) + 1))

    def text(self, row: int) -> str | None:
        """The text of a row; None where it has none."""
        return self._texts[self._codes[row]] or None

    def peer(self, row: int, number: int) -> int:
        """A row with the same text."""
        first, last = self._starts[self._codes[row] : self._codes[row] + 2]
        return int(self._order[first + number % (last - first)])
