"""Frames in blocks, in memory or on disk."""

from pathlib import Path

import polars as pl
import pytest

from modelroute_cli.base import spill
from modelroute_cli.base.frames import Schema
from modelroute_cli.base.spill import Spill, blocks, temporary_folder

SCHEMA: Schema = {"row": pl.Int64, "name": pl.String}


def rows(start: int, count: int) -> pl.DataFrame:
    """Numbered rows."""
    return pl.DataFrame({"row": range(start, start + count), "name": [f"r{at}" for at in range(start, start + count)]})


@pytest.mark.parametrize("most", [0, 4, 7, 100])
def test_what_went_in_comes_out_in_order(most: int) -> None:
    """Wherever the rows are kept."""
    kept = Spill(SCHEMA, most)
    for start in range(0, 12, 3):
        kept.append(rows(start, 3))
    assert kept.height == 12
    assert kept.frame().collect().equals(rows(0, 12))


def test_nothing_is_an_empty_frame() -> None:
    """With the columns that it would have had."""
    assert dict(Spill(SCHEMA).frame().collect_schema()) == SCHEMA


def test_files_go_when_they_are_no_longer_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder lives as long as the rows may be asked for."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    rows_ = Spill(SCHEMA, 2)
    rows_.append(rows(0, 3))
    assert len(list(tmp_path.glob("modelroute-*/*.arrow"))) == 1
    del rows_
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_block_is_a_bug() -> None:
    """Columns are checked as they come."""
    with pytest.raises(AssertionError):
        Spill(SCHEMA).append(rows(0, 1).select("name", "row"))


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_blocks_are_the_frame_in_order(size: int) -> None:
    """None is empty, none is larger than asked."""
    found = list(blocks(rows(0, 5).lazy(), size))
    assert pl.concat(found).equals(rows(0, 5))
    assert all(1 <= block.height <= size for block in found)


def test_large_files_go_where_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TMPDIR decides; without it they stay out of /tmp, which may be memory, unless nothing else can be written."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert temporary_folder().parent == tmp_path
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(spill, "_ROOMY", str(tmp_path / "roomy"))
    (tmp_path / "roomy").mkdir()
    assert temporary_folder().parent == tmp_path / "roomy"
    monkeypatch.setattr(spill, "_ROOMY", str(tmp_path / "not there"))
    assert temporary_folder().parent == tmp_path
