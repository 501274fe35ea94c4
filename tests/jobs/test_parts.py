"""A job file read by several processes: the same as by one, or not at all."""

import hashlib
import json
import os
from pathlib import Path

import polars as pl
import pytest
from support.job_files import Alike, describe_part, settle_parts

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.parts import Dividing

ROWS = 300


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of their own find what tests share."""
    tests = Path(__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{tests}{os.pathsep}{tests.parent}")


def lines(count: int = ROWS) -> list[str]:
    """Requests of different length, some with letters of several bytes, some of which ask the same."""
    return [
        json.dumps({"custom_id": f"r{at}", "prompt": "\u00e9" * (at % 97 + 1)}, ensure_ascii=False)
        for at in range(count)
    ]


def written(folder: Path, content: list[str], end: str = "\n") -> Path:
    """The job file of these lines."""
    path = folder / "a.jsonl"
    path.write_bytes(end.join(content).encode())
    return path


def read(path: Path, processes: int) -> JobFile:
    """The file by so many processes; by one where `processes` is 1."""
    how = Dividing(describer=describe_part, settled=settle_parts, least_bytes=1, processes=processes)
    return index(str(path), Alike(), IndexOptions(spool_dir=path.parent / "spool"), how)


@pytest.mark.parametrize(("processes", "end"), [(2, "\n"), (3, "\r\n"), (2, "\n\n")])
def test_parts_are_the_whole(tmp_path: Path, processes: int, end: str) -> None:
    """Rows, lines, offsets, duplicates and the digest are those of one process; templates are numbered through."""
    path = written(tmp_path, lines(), end)
    parts, whole = read(path, processes), read(path, 1)
    assert parts.count == whole.count == ROWS
    assert parts.digest == whole.digest == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    same = pl.exclude("template")
    assert parts.requests.select(same).collect().equals(whole.requests.select(same).collect())
    assert parts.requests.collect()["template"].unique(maintain_order=True).to_list() == [
        f"part {at}" for at in range(processes)
    ]
    assert parts.requests.collect()["duplicate_of"].count() == ROWS - 97


def test_chats_that_ask_the_same_are_found_across_parts(tmp_path: Path) -> None:
    """Hashes are of text alone, so that every process finds the same."""
    chat = {"system": "s", "messages": [{"role": "user", "content": "x" * 400}]}
    content = [json.dumps({"custom_id": f"r{at}", **chat}) for at in range(8)]
    found = read(written(tmp_path, content), 2).requests.collect()["duplicate_of"].to_list()
    assert found == [None, *[0] * 7]


def test_a_file_with_a_mistake_is_read_by_one(tmp_path: Path) -> None:
    """What is wrong is told as always, with its line in the whole file."""
    content = lines()
    content[250] = '{"custom_id": "r250"}'
    with pytest.raises(JobFileError, match=r"a.jsonl:251: prompt") as parts:
        read(written(tmp_path, content), 2)
    with pytest.raises(JobFileError) as whole:
        read(tmp_path / "a.jsonl", 1)
    assert parts.value.message == whole.value.message


def test_an_id_used_in_two_parts_is_refused(tmp_path: Path) -> None:
    """Each part alone would not see it."""
    content = lines()
    content[-1] = '{"custom_id": "r0", "prompt": "x"}'
    with pytest.raises(JobFileError, match=r"a.jsonl:300: custom_id: `r0` is used already on line 1"):
        read(written(tmp_path, content), 2)


def test_small_files_and_tables_are_read_by_one(tmp_path: Path) -> None:
    """Processes take time to start, and tables have no lines to cut at."""
    path = written(tmp_path, lines(3))
    how = Dividing(describer=describe_part, settled=settle_parts, processes=2)
    job = index(str(path), Alike(), IndexOptions(spool_dir=tmp_path), how)
    assert job.requests.collect()["template"].to_list() == ["t1"] * 3
    table = tmp_path / "a.csv"
    table.write_text("custom_id,prompt\na,x\nb,y\n")
    assert read(table, 2).requests.collect()["template"].to_list() == ["t1"] * 2


def test_a_line_longer_than_a_part_is_no_trouble(tmp_path: Path) -> None:
    """Parts end where lines end; one of them may be empty."""
    content = [json.dumps({"custom_id": "a", "prompt": "x" * 5_000}), *lines(2)]
    assert read(written(tmp_path, content), 3).requests.collect()["custom_id"].to_list() == ["a", "r0", "r1"]


def test_a_process_that_fails_is_no_end(tmp_path: Path) -> None:
    """The file is then read by one."""
    how = Dividing(describer=Alike, settled=settle_parts, least_bytes=1, processes=2)  # type: ignore[arg-type]
    job = index(str(written(tmp_path, lines(9))), Alike(), IndexOptions(spool_dir=tmp_path), how)
    assert job.requests.collect()["template"].unique().to_list() == ["t1"]


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts' files are gone once they are one."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    assert read(written(tmp_path, lines()), 2).count == ROWS
    assert list((tmp_path / "temporary").iterdir()) == []
