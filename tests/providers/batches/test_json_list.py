"""Tests of modelroute_cli.providers.batches.json_list."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelroute_cli.providers.batches.json_list import JsonList

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def in_file(folder: Path, content: bytes) -> JsonList:
    """The list `results` of this content."""
    path = folder / "batch.json"
    path.write_bytes(content)
    return JsonList(path, "results")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(VALUES, max_size=5),
    st.dictionaries(st.text().filter(lambda key: key != "results"), VALUES, max_size=3),
    st.integers(0, 3),
    st.fixed_dictionaries({"ensure_ascii": st.booleans(), "indent": st.sampled_from([None, 1])}),
)
def test_elements_and_shell_are_what_json_says(
    tmp_path: Path, rows: list[object], others: dict[str, object], at: int, written: dict[str, Any]
) -> None:
    """Wherever the list stands, however it is written, whatever is in it."""
    pairs = list(others.items())
    whole = dict([*pairs[:at], ("results", rows), *pairs[at:]])
    results = in_file(tmp_path, json.dumps(whole, **written).encode("utf-8", "surrogatepass"))
    assert [json.loads(row) for row in results.elements()] == rows
    assert json.loads(results.shell()) == whole | {"results": [0] if rows else []}


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b'{"results":null}',
        b'{"results":{"results":[1]}}',
        b'{"other":{"results":[1]}}',
        b'{"a":"\\"results\\":[1]"}',
        b'["results",[1]]',
        b"[]",
        b"7",
    ],
)
def test_only_the_objects_own_list_counts(tmp_path: Path, content: bytes) -> None:
    """One of that name further inside is none."""
    results = in_file(tmp_path, content)
    assert list(results.elements()) == []
    assert results.shell() == content


@pytest.mark.parametrize("content", [b'{"results":[', b'{"results":[{"a":1},{"b"', b'{"results":["x'])
def test_a_list_without_an_end_is_an_error_after_what_was_read(tmp_path: Path, content: bytes) -> None:
    """A download that broke off unseen."""
    results = in_file(tmp_path, content)
    read: list[bytes] = []
    with pytest.raises(ValueError, match="a list that has no end"):
        read.extend(results.elements())
    with pytest.raises(ValueError, match="a list that has no end"):
        results.shell()


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    """It is no object."""
    with pytest.raises(ValueError, match="empty file"):
        list(in_file(tmp_path, b"").elements())


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    """Each element is held alone."""
    row = json.dumps({"text": "x" * 1000}).encode()
    results = in_file(tmp_path, b'{"id":"b","results":[' + b",".join([row] * 1_000) + b"]}")
    tracemalloc.start()
    count = sum(1 for _ in results.elements())
    assert results.shell() == b'{"id":"b","results":[0]}'
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1_000
    assert most < 200_000
