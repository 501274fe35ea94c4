"""A frame that leaves a room has the columns of its contract."""

import polars as pl
import pytest

from modelroute_cli.base import frames


@pytest.mark.parametrize("schema", [frames.REQUESTS, frames.CANDIDATES, frames.ASSIGNMENTS, frames.ATTEMPTS])
def test_a_frame_of_the_contract_passes(schema: frames.Schema) -> None:
    """A frame with exactly these columns comes back as it is."""
    frame = pl.DataFrame(schema=schema)
    assert frames.check(frame, schema) is frame


def test_a_column_of_another_type_is_named() -> None:
    """The difference stands in the error."""
    frame = pl.DataFrame(schema={**frames.CANDIDATES, "row": pl.Int32})
    with pytest.raises(AssertionError, match="row"):
        frames.check(frame, frames.CANDIDATES)


def test_another_order_of_columns_is_refused() -> None:
    """Order is part of the contract."""
    frame = pl.DataFrame(schema=dict(reversed(frames.CANDIDATES.items())))
    with pytest.raises(AssertionError, match="order"):
        frames.check(frame, frames.CANDIDATES)
