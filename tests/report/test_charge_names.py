"""By what requests are charged, as their job file says it."""

from pathlib import Path

import polars as pl
import pytest
from msgspec import structs
from support.plans import Row, plan_of

from modelroute_cli.base.errors import PlanFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.jobs.spool import file_digest
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.charge_names import keep_names, name_of, names_of

REQUEST = Request(
    custom_id="r",
    prompt="Say hello.",
    metadata={"cost_center": " 4711 ", "number": 7, "none": None, "flag": True, "list": ["a", 1]},
    tags=("vip", "cc:north", "cc:south"),
)


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("metadata.cost_center", "4711"),
        ("metadata.number", "7"),
        ("metadata.flag", "true"),
        ("metadata.list", '["a",1]'),
        ("metadata.none", ""),
        ("metadata.absent", ""),
        ("tags.cc:", "north"),
        ("tags.vip", ""),
        ("tags.team:", ""),
    ],
)
def test_metadata_and_tags_name_who_pays(by: str, name: str) -> None:
    """Blanks around a name are none of it; of tags, the first that begins so; without one, nobody is named."""
    assert name_of(REQUEST, by) == name


def test_tenants_are_in_the_plan(tmp_path: Path) -> None:
    """No job file is needed for them, and nothing is kept."""
    plan = plan_of([Row(tenant="acme"), Row(), Row(tenant="zeta", duplicate_of=0)])
    folder = RunFolder(tmp_path, "run1")
    keep_names(plan, "tenant", folder, tmp_path)
    assert names_of(plan, "tenant", folder, tmp_path).rows() == [(0, "acme"), (1, ""), (2, "zeta")]
    assert not folder.path.exists()


def test_what_was_kept_needs_no_job_file(tmp_path: Path) -> None:
    """Of the same key; for another, the job file is read again, and that it changed is told with the run."""
    path = tmp_path / "jobs.jsonl"
    lines = [
        b'{"custom_id":"a","prompt":"Hi","metadata":{"cc":"4711"}}',
        b'{"custom_id":"b","prompt":"Hi","tags":["t:x"]}',
    ]
    path.write_bytes(b"\n".join(lines) + b"\n")
    plan = _planned(path, lines)
    folder = RunFolder(tmp_path, "run1")
    folder.path.mkdir()
    keep_names(plan, "metadata.cc", folder, tmp_path)
    assert names_of(plan, "tags.t:", folder, tmp_path).rows() == [(0, ""), (1, "x")]
    path.write_bytes(b"changed")
    keep_names(plan, "metadata.cc", folder, tmp_path)
    assert names_of(plan, "metadata.cc", folder, tmp_path).rows() == [(0, "4711"), (1, "")]
    with pytest.raises(PlanFileError) as caught:
        names_of(plan, "tags.t:", folder, tmp_path)
    assert caught.value.message == (
        f"run `run1` cannot be charged by `tags.t:`: `{path}` changed after this plan was made"
    )
    assert caught.value.hint == "put the job file back as it was, or use `--by tenant`"


def _planned(path: Path, lines: list[bytes]) -> Plan:
    """A plan whose rows stand in a job file."""
    plan = plan_of([Row() for _ in lines])
    starts = [sum(len(line) + 1 for line in lines[:at]) for at in range(len(lines))]
    places = (pl.Series("offset", starts), pl.Series("length", [len(line) for line in lines]))
    job = structs.replace(plan.header.job, source=str(path), digest=file_digest(path))
    return Plan(structs.replace(plan.header, job=job), plan.assignments.with_columns(*places))
