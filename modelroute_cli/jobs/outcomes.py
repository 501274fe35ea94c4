"""Recorded outcomes: what each model's answer to each request was worth, and what it cost. One reader for all uses."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from modelroute_cli.base.errors import OutcomesError
from modelroute_cli.base.frames import Schema, check
from modelroute_cli.base.money import PER_USD
from modelroute_cli.jobs.outcome_table import read_table
from modelroute_cli.jobs.outcome_text import FIELDS, LINE
from modelroute_cli.jobs.problems import SHOWN_PROBLEMS, Fault, Problems, nearest, quoted

OUTCOMES: Schema = {
    "custom_id": pl.String,
    "model": pl.String,
    "quality": pl.Float64,  # 0 to 1
    "cost_pusd": pl.Int64,  # rounded up; null: unknown
    "input_tokens": pl.Int64,  # null: unknown
    "output_tokens": pl.Int64,  # hidden reasoning with it; null: unknown
    "answer": pl.String,  # null: not recorded
}
_MOST_TOKENS = 10_000_000
_MOST_USD = 100_000
_ULPS_OF_NOISE = 2


@dataclass(frozen=True, slots=True)
class _Range:
    """The numbers a field may hold, and how that is said."""

    low: float
    high: float
    said: str
    whole: bool = False


_RANGES = {
    "quality": _Range(0, 1, "a number from 0 to 1"),
    "cost_usd": _Range(0, _MOST_USD, f"an amount of dollars from 0 to {_MOST_USD:,}"),
    "input_tokens": _Range(0, _MOST_TOKENS, f"a whole number from 0 to {_MOST_TOKENS:,}", whole=True),
    "output_tokens": _Range(0, _MOST_TOKENS, f"a whole number from 0 to {_MOST_TOKENS:,}", whole=True),
}


def read_outcomes(path: Path, models: Collection[str] | None = None) -> pl.DataFrame:
    """The table of a Parquet, CSV or JSONL file, in its order, as `OUTCOMES`.

    Its rows have `custom_id` (or `prompt_id`), `model` and `quality`, and where they are known `cost_usd`,
    `input_tokens`, `output_tokens` and `answer`; other columns are passed over. NaN and null are unknown, never 0.
    Raises OutcomesError with the first problems by line (of Parquet: by row, from 1): what is missing or out of its
    range, a model that is not in `models` (None: any name), a second outcome of one model for one request.
    """
    problems = Problems()
    raw = _identified(read_table(path, problems))
    _refuse_columns(path, raw)
    table = raw.select(LINE, *(_cell(raw, name) for name in FIELDS if name != "prompt_id"))
    _check_given(table, problems)
    _check_numbers(raw, table, problems)
    _check_models(table, models, problems)
    _check_twice(table, problems)
    if problems.count:
        raise OutcomesError(problems.text(str(path)))
    if table.is_empty():
        msg = f"`{path}` holds no outcome"
        raise OutcomesError(msg, hint="write one row for each request and model")
    return check(_priced(table), OUTCOMES)


def _identified(raw: pl.DataFrame) -> pl.DataFrame:
    """`prompt_id` is another name of `custom_id`."""
    is_other = "custom_id" not in raw.columns and "prompt_id" in raw.columns
    return raw.rename({"prompt_id": "custom_id"}) if is_other else raw


def _refuse_columns(path: Path, raw: pl.DataFrame) -> None:
    missing = [name for name in ("custom_id", "model", "quality") if name not in raw.columns]
    if missing and not (raw.is_empty() and raw.columns == [LINE]):
        msg = f"`{path}` has no column {' and no column '.join(f'`{name}`' for name in missing)}"
        raise OutcomesError(msg, hint="its columns must be `custom_id` (or `prompt_id`), `model` and `quality`")


def _cell(raw: pl.DataFrame, name: str) -> pl.Expr:
    """A column in its own type: text, or finite numbers; null where nothing is given or it is none."""
    if name not in raw.columns:
        return pl.lit(None, pl.Float64 if name in _RANGES else pl.String).alias(name)
    return _number(raw, name) if name in _RANGES else _name(raw, name)


def _number(raw: pl.DataFrame, name: str) -> pl.Expr:
    """Numbers as floats; what is none is null, NaN with it."""
    kind = raw.schema[name]
    if not (kind.is_numeric() or kind == pl.String):
        return pl.lit(None, pl.Float64).alias(name)
    cells = pl.col(name).str.strip_chars() if kind == pl.String else pl.col(name)
    return cells.cast(pl.Float64, strict=False).fill_nan(None)


def _name(raw: pl.DataFrame, name: str) -> pl.Expr:
    """Text without the space around it; tables count in numbers where a request has text."""
    kind = raw.schema[name]
    whole = pl.col(name).cast(pl.Int64, strict=False) if kind.is_float() else pl.col(name)
    if not (kind.is_numeric() or kind in {pl.String, pl.Categorical, pl.Enum}):
        return pl.lit(None, pl.String).alias(name)
    text = whole.cast(pl.String)
    return text if name == "answer" else pl.when(text.str.strip_chars() != "").then(text.str.strip_chars()).alias(name)


def _check_given(table: pl.DataFrame, problems: Problems) -> None:
    """Each row names a request and a model, and says what the answer was worth."""
    for name in ("custom_id", "model"):
        lines = table.filter(pl.col(name).is_null())[LINE]
        _add(lines, [Fault(name, "is missing")] * min(len(lines), SHOWN_PROBLEMS), problems)


def _check_numbers(raw: pl.DataFrame, table: pl.DataFrame, problems: Problems) -> None:
    """Each number lies in its range; a quality is there."""
    for name, allowed in _RANGES.items():
        if name in raw.columns:
            wrong = _wrong(raw, table, name)
            cells = raw.filter(wrong).select(LINE, name).head(SHOWN_PROBLEMS)
            faults = [_number_fault(name, cell, allowed) for cell in cells[name].to_list()]
            _add(raw.filter(wrong)[LINE], faults, problems)


def _wrong(raw: pl.DataFrame, table: pl.DataFrame, name: str) -> pl.Series:
    """True for the rows whose number is not allowed."""
    allowed, number = _RANGES[name], table[name]
    wrong = (number < allowed.low) | (number > allowed.high)
    if allowed.whole:
        wrong |= number != number.floor()
    unread = number.is_null() & _is_given(raw[name])
    return wrong.fill_null(value=False) | (number.is_null() if name == "quality" else unread)


def _is_given(cells: pl.Series) -> pl.Series:
    """False for null, NaN and blank text."""
    if cells.dtype.is_float():
        return cells.is_not_null() & cells.is_not_nan().fill_null(value=False)
    if cells.dtype == pl.String:
        return ~cells.fill_null("").str.strip_chars().str.to_lowercase().is_in(["", "nan"])
    return cells.is_not_null()


def _number_fault(name: str, cell: object, allowed: _Range) -> Fault:
    text = "" if cell is None else str(cell).strip()
    if not text:
        return Fault(name, "is missing", "leave out the rows whose quality is not known")
    hint = "leave out the rows whose quality is not known" if text.lower() == "nan" else None
    return Fault(name, f"must be {allowed.said}, not {quoted(text)}", hint or _hint(text))


def _hint(text: str) -> str | None:
    """What to type for a number with a decimal comma, as it is often written."""
    return f"write {quoted(text.replace(',', '.'))}" if "," in text else None


def _check_models(table: pl.DataFrame, models: Collection[str] | None, problems: Problems) -> None:
    """Every model is one of `models`, where there are any; a strange one is told once, where it comes first."""
    if models is None:
        return
    firsts = table.filter(pl.col("model").is_not_null()).unique("model", keep="first", maintain_order=True)
    for line, name in firsts.select(LINE, "model").iter_rows():
        if name not in models:
            problems.add(line, [_unknown(name, models)])


def _unknown(name: str, models: Collection[str]) -> Fault:
    near = nearest(name, models)
    hint = f"did you mean `{near}`?" if near else "name it in the settings, under `models`, with its prices"
    return Fault("model", f"unknown model {quoted(name)}", hint)


def _check_twice(table: pl.DataFrame, problems: Problems) -> None:
    """One outcome for a request and a model."""
    named = table.filter(pl.col("custom_id").is_not_null() & pl.col("model").is_not_null())
    again = named.filter(~pl.struct("custom_id", "model").is_first_distinct())
    if again.is_empty():
        return
    shown = again.head(SHOWN_PROBLEMS)
    firsts = shown.select("custom_id", "model").join(
        named.unique(["custom_id", "model"], keep="first"), on=["custom_id", "model"], how="left", maintain_order="left"
    )
    pairs = zip(firsts["custom_id"], firsts["model"], firsts[LINE], strict=True)
    _add(again[LINE], [_twice(*pair) for pair in pairs], problems)


def _twice(custom_id: str, model: str, line: int) -> Fault:
    message = f"{quoted(custom_id)} has an outcome of {quoted(model)} already, on line {line}"
    return Fault(None, message, "keep one, or their mean")


def _add(lines: pl.Series, faults: Sequence[Fault], problems: Problems) -> None:
    """The faults of the first lines, and the count of all."""
    for line, fault in zip(lines.head(len(faults)).to_list(), faults, strict=True):
        problems.add(line, [fault])
    problems.add_uncounted(len(lines) - len(faults))


def _priced(table: pl.DataFrame) -> pl.DataFrame:
    """The checked table in the contract's columns and types."""
    costs = pl.Series("cost_pusd", _pico(table["cost_usd"].to_numpy()), dtype=pl.Float64).fill_nan(None)
    return table.with_columns(costs).select(pl.col(name).cast(kind) for name, kind in OUTCOMES.items())


def _pico(dollars: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Whole pico-dollars, rounded up; NaN stays.

    A table holds dollars as binary fractions, so a whole number of pico-dollars comes out up to two units in the last
    place beside it: that is noise of the table, not an amount that is rounded up.
    """
    pico = dollars * PER_USD
    nearest_whole = np.round(pico)
    is_noise = np.abs(pico - nearest_whole) <= _ULPS_OF_NOISE * np.spacing(pico)
    return np.where(is_noise, nearest_whole, np.ceil(pico))
