import hashlib
import io
import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.job_files import Alike, read, spool_dir

from modelroute_cli.base.errors import PlanFileError
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.reading import AS_IT_STANDS, Reading

_JSONL = b'{"custom_id":"a","prompt":"x"}\n'
_CSV = b"prompt\nx\ny\n"


@dataclass(frozen=True)
class _Ref:
    source: str
    format: str
    digest: str
    reading: Reading = AS_IT_STANDS


def _job(folder: Path, name: str, content: bytes) -> JobFile:
    (folder / name).write_bytes(content)
    return read(folder / name)


def _refusal(ref: JobFile | _Ref, folder: Path) -> tuple[str, str | None]:
    with pytest.raises(PlanFileError) as caught:
        locate(ref, folder)
    return caught.value.message, caught.value.hint


def test_native_jsonl_is_where_it_was(tmp_path: Path) -> None:
    """The user's own file, verified."""
    job = _job(tmp_path, "a.jsonl", _JSONL)
    assert locate(job, tmp_path / "spool") == tmp_path / "a.jsonl"


@pytest.mark.parametrize(("name", "content"), [("a.jsonl", _JSONL), ("a.csv", _CSV)])
def test_a_changed_job_file_makes_the_plan_stale(name: str, content: bytes, tmp_path: Path) -> None:
    """One byte more is another job."""
    job = _job(tmp_path, name, content)
    (tmp_path / name).write_bytes(content + b"\n")
    source = tmp_path / name
    assert _refusal(job, tmp_path / "spool") == (
        f"`{source}` changed after this plan was made",
        f"make a new plan: `modelroute plan {source}`",
    )


def test_a_job_file_that_is_gone_is_named(tmp_path: Path) -> None:
    """The plan may have been made in another folder."""
    ref = _Ref(str(tmp_path / "a.jsonl"), "jsonl", "sha256:00")
    assert _refusal(ref, tmp_path) == (
        f"cannot read the job file of this plan, `{tmp_path / 'a.jsonl'}`: No such file or directory",
        "run from the folder in which it was planned, or put it back",
    )


def test_the_spool_of_a_table_is_found(tmp_path: Path) -> None:
    """An intact spool serves again."""
    job = _job(tmp_path, "a.csv", _CSV)
    before = job.path.stat().st_mtime_ns
    assert locate(job, spool_dir(tmp_path / "a.csv")) == job.path
    assert job.path.stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_lost_spool_is_made_again_byte_by_byte(damage: str, tmp_path: Path) -> None:
    """The offsets of the plan hold in the new one."""
    job = _job(tmp_path, "a.csv", _CSV)
    content = job.path.read_bytes()
    if damage == "gone":
        shutil.rmtree(job.path.parent)
    else:
        job.path.write_bytes(content.replace(b"x", b"z"))
    assert locate(job, spool_dir(tmp_path / "a.csv")) == job.path
    assert job.path.read_bytes() == content


def test_a_table_that_was_never_valid_is_refused(tmp_path: Path) -> None:
    """A plan file that claims a broken table is not believed."""
    (tmp_path / "b.csv").write_bytes(b"prompt,foo\nx,y\n")
    digest = read(_written(tmp_path / "good.jsonl", _JSONL)).digest
    ref = _Ref(str(tmp_path / "b.csv"), "csv", digest)
    assert _refusal(ref, tmp_path)[0].endswith("changed after this plan was made")
    honest = _Ref(str(tmp_path / "b.csv"), "csv", "sha256:" + _sha256(tmp_path / "b.csv"))
    assert "cannot be read as it was planned" in _refusal(honest, tmp_path / "spool")[0]


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("content", [_JSONL, _CSV])
def test_the_copy_of_standard_input_is_found(content: bytes, tmp_path: Path) -> None:
    """Planned from a pipe, run from its spool."""
    job = index("-", Alike(), IndexOptions(spool_dir=tmp_path, stdin=io.BytesIO(content)))
    assert locate(job, tmp_path) == job.path


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_lost_copy_of_standard_input_cannot_be_made_again(damage: str, tmp_path: Path) -> None:
    """The user is told to plan again from the same input."""
    job = index("-", Alike(), IndexOptions(spool_dir=tmp_path, stdin=io.BytesIO(_JSONL)))
    job.path.unlink() if damage == "gone" else job.path.write_bytes(b"{}")
    assert _refusal(job, tmp_path) == (
        f"the copy of standard input that this plan was made from is gone or changed: `{job.path}`",
        "make the plan again from the same input",
    )


def test_a_pipe_is_found_in_its_spool(tmp_path: Path) -> None:
    """What was read once is not opened again."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(_JSONL,))
    writer.start()
    job = read(pipe)
    writer.join()
    assert locate(job, spool_dir(pipe)) == job.path
