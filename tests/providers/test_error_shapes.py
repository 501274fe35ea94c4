"""Tests of modelroute_cli.providers.error_shapes; what each means for a run is tested in test_failures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.providers.error_shapes import ErrorNote, read_error

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "code", "message", "details", "metadata", "detail", "msg", "type", "violations"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "data",
    [
        {"choices": []},
        {"error": None, "choices": []},
        {"error": {}, "choices": []},
        {"error": "", "choices": []},
        {"choices": [], "detail": "not an error"},
        [],
        None,
        "text",
    ],
)
def test_no_error_is_none(data: object) -> None:
    """An empty `error` field beside an answer is no error."""
    assert read_error(data) is None


def test_everything_an_error_says_is_read() -> None:
    """Codes and types of the error and of its details, lower case."""
    data = {
        "error": {
            "code": "429",
            "type": "Rate_Limit",
            "message": "slow",
            "details": [{"reason": "QUOTA"}, {"retryDelay": "1.5s"}, {"violations": [{"quotaId": "PerDay"}]}],
            "metadata": {"error_type": "upstream"},
        }
    }
    assert read_error(data) == ErrorNote(
        status=429,
        words=frozenset({"429", "rate_limit", "quota", "upstream"}),
        message="slow",
        quotas=("PerDay",),
        retry_after_s=1.5,
    )


def test_a_mere_true_finds_the_message_beside_it() -> None:
    """Some servers write `error: true` and the sentence next to it."""
    assert read_error({"error": True, "message": "broken", "code": 503}) == ErrorNote(status=503, message="broken")


def test_an_error_without_a_sentence_says_so() -> None:
    """A message for people is never empty."""
    assert read_error({"error": {"code": 500}}) == ErrorNote(status=500, message="the provider gave no reason")


@pytest.mark.parametrize("detail", ["", [], {}, None])
def test_a_detail_without_words_says_so(detail: object) -> None:
    """FastAPI's field may be empty."""
    assert read_error({"detail": detail}) == ErrorNote(message="the provider refused the request's form")


def test_a_code_that_is_no_status_is_a_word() -> None:
    """200 or `12` are no error statuses."""
    assert read_error({"error": {"code": 200, "message": "odd"}}) == ErrorNote(message="odd")


@given(JSON)
def test_any_json_is_an_error_or_none(data: object) -> None:
    """Nothing a provider sends can break the reading."""
    note = read_error(data)
    assert note is None or note.message
