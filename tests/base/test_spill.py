"""Frames in blocks, in memory or on disk."""

from pathlib import Path

import polars as pl
import pytest

from modelroute_cli.base.frames import Schema
from modelroute_cli.base.spill import Spill, blocks

SCHEMA: Schema = {"row": pl.Int64, "name": pl.String}


def rows(start: int, count: int) -> pl.DataFrame:
    """Numbered rows."""
    return pl.DataFrame({"row": range(start, start + count), "name": [f"r{at}" for at in range(start, start + count)]})


@pytest.mark.parametrize("most", [0, 4, 7, 100])
def test_what_went_in_comes_out_in_order(most: int) -> None:
    """Wherever the rows are kept."""
    spill = Spill(SCHEMA, most)
    for start in range(0, 12, 3):
        spill.append(rows(start, 3))
    assert spill.height == 12
    assert spill.frame().collect().equals(rows(0, 12))


def test_nothing_is_an_empty_frame() -> None:
    """With the columns that it would have had."""
    assert dict(Spill(SCHEMA).frame().collect_schema()) == SCHEMA


def test_files_go_when_they_are_no_longer_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder lives as long as the rows may be asked for."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    spill = Spill(SCHEMA, 2)
    spill.append(rows(0, 3))
    assert len(list(tmp_path.glob("modelroute-*/*.arrow"))) == 1
    del spill
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
