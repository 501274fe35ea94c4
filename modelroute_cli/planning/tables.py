"""The tables that ship in `data/` and that a plan rests on, decoded and validated."""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import TypeVar

import msgspec
import polars as pl

from modelroute_cli.base.frames import TASK_TYPE
from modelroute_cli.base.schema import TaskType

T = TypeVar("T")


def read_table(name: str) -> bytes:
    """The bytes of one file of `data/`."""
    return (resources.files("modelroute_cli") / "data" / name).read_bytes()


def decode_table(name: str, kind: type[T]) -> T:
    """One YAML file of `data/` as `kind`; a file that does not fit it is a bug of the package."""
    return msgspec.convert(_parsed(name), kind)


@cache
def _parsed(name: str) -> object:
    """The file as YAML has it, read once: parsing is most of the work."""
    return msgspec.yaml.decode(read_table(name), type=object)


def table_digest(name: str) -> str:
    """`sha256:` and the hex digest of one file of `data/`."""
    return f"sha256:{hashlib.sha256(read_table(name)).hexdigest()}"


def by_task(value: Callable[[TaskType], float]) -> pl.Expr:
    """The value of each row's `task_type`: whole numbers as Int64, shares as Float64.

    Gathered by the code of the task type: replacing names made a plan of 300,000 requests half as slow again.
    """
    values = pl.Series([value(TaskType(name)) for name in TASK_TYPE.categories])
    return pl.lit(values).gather(pl.col("task_type").to_physical())
