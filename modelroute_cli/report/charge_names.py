"""By what each request of a run is charged: its tenant, or what its metadata or tags in the job file say.

A plan has of metadata and tags only what its rules look at, so they are read from the job file: once, when a session
of the run ends, and kept in its folder, so that a month's runs can be charged when their job files are gone.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import polars as pl

from modelroute_cli.base.errors import PlanFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.run_folder import RunFolder, write_whole
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.charge_facts import NONE

TENANT = "tenant"
_KEPT = "names.parquet"


def names_of(plan: Plan, by: str, folder: RunFolder, spool_dir: Path) -> pl.DataFrame:
    """`row` and `name` of every request of a plan, empty for none.

    `by` is `tenant`, `metadata.FIELD` or `tags.PREFIX`. PlanFileError where the job file is needed and not as it was.
    """
    if by == TENANT:
        return plan.assignments.select("row", pl.col(TENANT).cast(pl.String).fill_null(NONE).alias("name")).collect()
    kept = _kept(folder, by)
    if kept is not None:
        return kept
    try:
        return _read(plan, by, spool_dir)
    except PlanFileError as error:
        message = f"run `{folder.run_id}` cannot be charged by `{by}`: {error.message}"
        raise PlanFileError(message, hint="put the job file back as it was, or use `--by tenant`") from error


def keep_names(plan: Plan, by: str, folder: RunFolder, spool_dir: Path) -> None:
    """Write them into the run's folder, unless they are there or in the plan; PlanFileError, OSError."""
    if by != TENANT and _kept(folder, by) is None:
        content = io.BytesIO()
        _read(plan, by, spool_dir).with_columns(pl.lit(by).alias("by")).write_parquet(content)
        write_whole(folder.path / _KEPT, content.getvalue())


def _kept(folder: RunFolder, by: str) -> pl.DataFrame | None:
    """What was kept; None where that was nothing, or by something else."""
    path = folder.path / _KEPT
    if not path.is_file():
        return None
    names = pl.read_parquet(path)
    return names.select("row", "name") if names["by"].unique().to_list() == [by] else None


def _read(plan: Plan, by: str, spool_dir: Path) -> pl.DataFrame:
    """From the job file."""
    places = plan.assignments.select("row", "offset", "length").collect()
    with RequestReader(locate(plan.header.job, spool_dir)) as reader:
        names = [name_of(reader.at(offset, length), by) for _, offset, length in places.iter_rows()]
    return places.select("row").with_columns(pl.Series("name", names, dtype=pl.String))


def name_of(request: Request, by: str) -> str:
    """What one request is charged to by `metadata.FIELD` or `tags.PREFIX`; empty where it says nothing."""
    where, _, key = by.partition(".")
    if where == "metadata":
        return _text(request.metadata.get(key))
    return next(_after(request.tags, key), NONE)


def _after(tags: tuple[str, ...], prefix: str) -> Iterator[str]:
    """The rest of each tag that begins so."""
    return (tag.removeprefix(prefix).strip() for tag in tags if tag.startswith(prefix))


def _text(value: object) -> str:
    """A value of metadata as a name."""
    if value is None or isinstance(value, str):
        return (value or NONE).strip()
    return msgspec.json.encode(value).decode()
