"""Bytes of a stranger: the kind is found by what is in them, and nothing in them can do harm."""

import gzip
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.model_lists import LITELLM, MODELS_DEV, OPENROUTER, read

from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.imports.document import MOST_BYTES, read_list
from modelroute_cli.catalog.imports.found import UnfitError


@pytest.mark.parametrize(
    ("text", "title", "count"),
    [
        (LITELLM, "LiteLLM's model map", 8),
        (MODELS_DEV, "models.dev", 4),
        (OPENROUTER, "OpenRouter's list of models", 6),
    ],
)
def test_each_kind_is_found_by_its_content(text: str, title: str, count: int) -> None:
    """Whatever the file is called, packed or not, with or without a byte order mark."""
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), gzip.compress(text.encode())):
        listed = read_list(data, "x")
        assert (listed.title, len(listed.entries)) == (title, count)


@pytest.mark.parametrize("text", ["{}", "[]", "3", '{"data": []}', '{"models": {"gpt-5": {"input": 1}}}'])
def test_other_json_is_no_list(text: str) -> None:
    """The three that are known are named."""
    with pytest.raises(UsageError) as caught:
        read(text)
    assert caught.value.message == "`list.json` is no list of models that is known here"
    assert caught.value.hint == (
        "give LiteLLM's model map, models.dev's api.json or OpenRouter's /api/v1/models, as downloaded"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a": 1,\n  oops}', "x:2:3: not valid JSON: Expecting property name enclosed in double quotes"),
        (b"", "x:1:1: not valid JSON: Expecting value"),
        (b"\xff\xfe", "`x` is not UTF-8 text"),
        (b'{"a": NaN}', "`x` holds a number or a nesting that no list of models has"),
        (b'{"a": 1e99999999999999999999}', "`x` holds a number or a nesting that no list of models has"),
        (b"[" * 200_000, "`x` holds a number or a nesting that no list of models has"),
        (b"1" * 5_000, "`x` holds a number or a nesting that no list of models has"),
        (b"\x1f\x8b\x08\x00nonsense", "`x` cannot be unpacked: its gzip data is damaged"),
        (gzip.compress(LITELLM.encode(), mtime=0)[:-20], "`x` cannot be unpacked: its gzip data is damaged"),
    ],
)
def test_damaged_files_are_told_by_their_place(data: bytes, message: str) -> None:
    """No crash, no page of a parser's own words."""
    with pytest.raises(UsageError) as caught:
        read_list(data, "x")
    assert caught.value.message == message


def test_a_small_file_cannot_become_a_large_one() -> None:
    """Unpacking ends where no list of models goes."""
    with pytest.raises(UsageError, match="`x` is larger than 16 MB, which no list of models is"):
        read_list(gzip.compress(b" " * (MOST_BYTES + 1), 1), "x")


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
_FIELDS = (
    *("mode", "max_input_tokens", "max_output_tokens", "input_cost_per_token", "output_cost_per_token"),
    *("supported_endpoints", "deprecation_date", "reasoning_effort_levels", "pricing", "architecture", "top_provider"),
    *("cost", "limit", "modalities", "supported_parameters", "reasoning", "created", "context_length"),
)


@given(st.dictionaries(st.sampled_from(_FIELDS), _values), st.integers(0, 2))
def test_no_entry_can_break_the_reading(fields: dict[str, object], kind: int) -> None:
    """Whatever stands in its fields, it is a model or has a reason."""
    documents: tuple[object, ...] = (
        {"a": {**fields, "litellm_provider": "openai", "mode": "chat"}},
        {"openai": {"id": "openai", "models": {"a": fields}}},
        {"data": [{"pricing": {}, **fields, "id": "a"}]},
    )
    listed = read(json.dumps(documents[kind]))
    for entry in listed.entries:
        with suppress(UnfitError):
            assert listed.model(entry).context_tokens > 0
