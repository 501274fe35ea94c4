"""Rows once the whole job is known."""

import numpy as np
import polars as pl
import pytest
from support.job_files import MEDIA, Alike

from modelroute_cli.base.described import OWN, TASK_TYPES, Templates
from modelroute_cli.base.frames import REQUESTS
from modelroute_cli.base.schema import Message, Request, TaskType
from modelroute_cli.jobs.block import PROVISIONAL, Extras, provisional
from modelroute_cli.jobs.finish import Alike as Same
from modelroute_cli.jobs.finish import finished
from modelroute_cli.jobs.gather import blocks_of
from modelroute_cli.jobs.prefixes import PREFIXES
from modelroute_cli.jobs.rows import Row

NONE = Same(pl.DataFrame(schema={"row": pl.Int64, "duplicate_of": pl.Int64}), pl.DataFrame(schema=PREFIXES))


def rows_of(*requests: Request) -> list[Row]:
    """Rows of ten bytes each."""
    return [Row(at + 1, at * 10, 10, request) for at, request in enumerate(requests)]


def block_of(*requests: Request, numbers: tuple[int, ...] = ()) -> pl.DataFrame:
    """The provisional rows of such requests, with these template numbers."""
    block = provisional(rows_of(*requests), Alike().block(requests), Extras(MEDIA))
    return block.with_columns(template=pl.Series(numbers or [0] * len(requests), dtype=pl.Int32))


def templates(*voted: int) -> Templates:
    """Two provisional numbers that turned out to be one template each, named from the last."""
    count = len(voted)
    return Templates(
        number=np.arange(count, dtype=np.int32)[::-1].copy(),
        task_type=np.array(voted, np.int8),
        task_confidence=np.full(count, 0.75, np.float32),
        language=["en"] * count,
        names=[f"t{at}" for at in range(count)],
        example=np.zeros(count, np.int64),
    )


PLAIN = Request(custom_id="a", prompt="x")


def test_provisional_rows_keep_to_their_schema() -> None:
    """Every column of its type, whatever the requests leave out."""
    chat = Request(custom_id="b", system="s", messages=(Message("user", "x"), Message("assistant", "y")))
    block = block_of(PLAIN, chat)
    assert dict(block.schema) == dict(pl.Schema(PROVISIONAL))
    assert block.select("custom_id", "line", "offset", "length", "message_count").rows() == [
        ("a", 1, 0, 10, 1),
        ("b", 2, 10, 10, 3),
    ]
    assert block["image_sizes"].to_list() == [None, None]


def test_rows_are_numbered_and_templates_have_their_final_names() -> None:
    """Provisional numbers are an index into what was found at the end."""
    frame = finished(block_of(PLAIN, PLAIN, numbers=(1, 0)).lazy(), NONE, templates(OWN, OWN)).frame().collect()
    assert dict(frame.schema) == dict(pl.Schema(REQUESTS))
    assert frame.select("row", "template", "duplicate_of").rows() == [(0, "t0", None), (1, "t1", None)]


def test_a_vote_is_for_its_template_alone() -> None:
    """The other template's requests keep what each says by itself."""
    code = TASK_TYPES.index(TaskType.CODE)
    frame = finished(block_of(PLAIN, PLAIN, numbers=(0, 1)).lazy(), NONE, templates(code, OWN)).frame().collect()
    assert frame.select("task_type", "task_confidence", "task_source").rows() == [
        ("code", 0.75, "classifier"),
        ("email", 0.5, "classifier"),
    ]


def test_twins_point_to_their_first() -> None:
    """By row, all others to none."""
    twins = pl.DataFrame({"row": [2], "duplicate_of": [0]})
    frame = finished(block_of(PLAIN, PLAIN, PLAIN).lazy(), Same(twins, NONE.prefixes), templates(OWN)).frame().collect()
    assert frame["duplicate_of"].to_list() == [None, None, 0]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (4_000, [4_000]), (4_001, [4_000, 1])])
def test_blocks_hold_a_bounded_number_of_rows(count: int, sizes: list[int]) -> None:
    """The last one holds what is left."""
    assert [len(block) for block in blocks_of(iter([Row(1, 0, 10, PLAIN)] * count))] == sizes
