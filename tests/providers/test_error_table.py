"""Tests of modelroute_cli.providers.error_table: every error that an official SDK lists has its row."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.error_docs import PLACE, markdown
from support.sdk_errors import (
    GOOGLE_RPC,
    OPENAI_PACKAGE,
    OPENROUTER,
    anthropic_codes,
    anthropic_types,
    files_that_name_codes,
    gemini_reasons,
    openai_codes,
    openrouter_types,
)

from modelroute_cli.providers.base import FailureKind
from modelroute_cli.providers.decoding import finish_word
from modelroute_cli.providers.error_shapes import ErrorNote
from modelroute_cli.providers.error_table import KINDS, Seen, holds, row_of, rows
from modelroute_cli.providers.failures import classify, heeded

NAMED = frozenset(word for row in rows() for word in row.words)
FINISH_WORDS = {"stop", "length", "content_filter", "tool_calls", "unknown"}
OWN_WORDS = {  # what stays in Gemini's own word: nothing to do about them beyond what the gates see in the text
    "blocked_reason_unspecified",
    "image_other",
    "malformed_function_call",
    "malformed_response",
    "missing_thought_signature",
    "no_image",
    "other",
    "too_many_tool_calls",
    "unexpected_tool_call",
}


def _alone(word: str, status: int | None = None) -> FailureKind:
    return classify(status, ErrorNote(words=frozenset({word.lower()})), None)


def test_every_code_of_openai_s_sdk_has_a_row() -> None:
    """A new version of the SDK with a new code fails here: add it to data/errors.yaml, with its source."""
    assert sorted(openai_codes() - NAMED) == []
    assert len(openai_codes()) >= 40


def test_every_error_type_of_anthropic_s_sdk_has_a_row() -> None:
    """The broad kinds: `overloaded_error` and so on."""
    assert sorted(anthropic_types() - NAMED) == []


def test_every_error_code_of_anthropic_s_sdk_has_a_row() -> None:
    """The precise ones, under `details.error_code`, also those of endpoints that are never called."""
    assert sorted(anthropic_codes() - NAMED) == []
    assert len(anthropic_codes()) >= 100


def test_every_status_of_google_s_calls_has_a_row() -> None:
    """google.rpc.Code, which has not changed for years."""
    assert sorted({name.lower() for name in GOOGLE_RPC} - NAMED) == []


def test_every_error_type_of_openrouter_has_a_row() -> None:
    """The list is copied, since the SDK is large."""
    assert sorted(OPENROUTER.keys() - NAMED) == []


def test_the_copied_list_of_openrouter_is_that_of_its_sdk() -> None:
    """Held against the SDK wherever that is installed."""
    assert openrouter_types() == OPENROUTER.keys()


def test_openai_lists_its_codes_where_they_are_read() -> None:
    """A new list of codes elsewhere in the SDK is looked at, and added here or to `openai_codes`."""
    assert files_that_name_codes(OPENAI_PACKAGE) == {
        "beta/beta_response_error.py",
        "beta/beta_response_inject_failed_event.py",
        "beta/session_turn_error.py",
        "beta/threads/run.py",
        "beta/threads/runs/run_step.py",
        "responses/response_error.py",
        "vector_stores/vector_store_file.py",
    }


@pytest.mark.parametrize("reason", sorted(gemini_reasons()))
def test_every_reason_of_gemini_is_one_of_our_words_or_known_as_its_own(reason: str) -> None:
    """Finish and block reasons are no errors: the answer is billed, and the gates judge it."""
    word = finish_word(reason)
    assert word in FINISH_WORDS or word in OWN_WORDS


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("server_error", FailureKind.TRANSIENT),
        ("overloaded_error", FailureKind.TRANSIENT),
        ("UNAVAILABLE", FailureKind.TRANSIENT),
        ("provider_overloaded", FailureKind.TRANSIENT),
        ("rate_limit_exceeded", FailureKind.RATE_LIMITED),
        ("ramp_limit_exceeded", FailureKind.RATE_LIMITED),
        ("RESOURCE_EXHAUSTED", FailureKind.RATE_LIMITED),
        ("token_limit_exceeded", FailureKind.QUOTA),
        ("flex_unavailable", FailureKind.TIER),
        ("credit_balance_exhausted", FailureKind.ACCOUNT),
        ("enforced_spend_limit_reached", FailureKind.ACCOUNT),
        ("permission_error", FailureKind.ACCOUNT),
        ("UNAUTHENTICATED", FailureKind.ACCOUNT),
        ("invalid_request_error", FailureKind.REQUEST),
        ("image_too_large", FailureKind.REQUEST),
        ("NOT_FOUND", FailureKind.REQUEST),
        ("refusal", FailureKind.UNUSABLE),
        ("max_output_tokens", FailureKind.UNUSABLE),
        ("timeout_error", FailureKind.UNKNOWN),
        ("DEADLINE_EXCEEDED", FailureKind.UNKNOWN),
    ],
)
def test_a_code_without_a_status_says_enough(word: str, kind: FailureKind) -> None:
    """Failed responses, errors inside a success and lines of a batch have no status of their own."""
    assert _alone(word) is kind


@pytest.mark.parametrize(("name", "status"), sorted(GOOGLE_RPC.items()))
def test_a_status_of_google_means_the_same_with_and_without_its_number(name: str, status: int) -> None:
    """Batches of Gemini name the code alone."""
    assert _alone(name, status) is _alone(name)


@pytest.mark.parametrize(("name", "status"), sorted(OPENROUTER.items()))
def test_an_error_type_of_openrouter_means_the_same_with_and_without_its_number(name: str, status: int) -> None:
    """A failure during generation comes inside a success."""
    assert _alone(name, status) is _alone(name)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (300, FailureKind.ACCOUNT),
        (400, FailureKind.REQUEST),
        (401, FailureKind.ACCOUNT),
        (402, FailureKind.ACCOUNT),
        (403, FailureKind.ACCOUNT),
        (404, FailureKind.REQUEST),
        (407, FailureKind.ACCOUNT),
        (408, FailureKind.UNKNOWN),
        (409, FailureKind.TRANSIENT),
        (413, FailureKind.REQUEST),
        (422, FailureKind.REQUEST),
        (425, FailureKind.TRANSIENT),
        (429, FailureKind.RATE_LIMITED),
        (431, FailureKind.REQUEST),
        (498, FailureKind.TIER),
        (499, FailureKind.UNKNOWN),
        (500, FailureKind.TRANSIENT),
        (501, FailureKind.REQUEST),
        (503, FailureKind.TRANSIENT),
        (504, FailureKind.UNKNOWN),
        (520, FailureKind.TRANSIENT),
        (524, FailureKind.UNKNOWN),
        (529, FailureKind.TRANSIENT),
        (None, FailureKind.TRANSIENT),
    ],
)
def test_a_status_alone_says_enough(status: int | None, kind: FailureKind) -> None:
    """A page of HTML has nothing but its status."""
    assert classify(status, ErrorNote(message="<html>"), None) is kind


@given(
    st.none() | st.integers(100, 999),
    st.frozensets(st.sampled_from(sorted(NAMED)), max_size=3),
    st.text(max_size=60),
    st.none() | st.floats(0, 1e6),
)
def test_every_error_has_a_row(status: int | None, words: frozenset[str], message: str, wait_s: float | None) -> None:
    """Whatever comes, the table says what follows, and the row that decides is the first that holds."""
    seen = Seen(status, ErrorNote(words=words, message=message), wait_s)
    held = [row for row in rows() if holds(row, seen)]
    assert row_of(seen) is held[0]


def test_only_the_last_row_holds_for_everything() -> None:
    """A row without a condition would hide all rows after it."""
    bare = [row for row in rows() if not (row.status or row.words or row.phrase or row.mark or row.quotas or row.param)]
    assert bare == [rows()[-1]]


def test_no_word_is_in_two_rows_without_reason() -> None:
    """The second of two rows with the same word and nothing more specific in the first never holds."""
    plain = [row for row in rows() if row.words and not (row.status or row.phrase or row.quotas or row.waits_over_s)]
    words = [word for row in plain for word in row.words]
    assert sorted(word for word in set(words) if words.count(word) > 1) == []


def test_every_meaning_is_used_and_every_row_has_its_source() -> None:
    """A table that nobody can check is no table; its regular expressions are ones."""
    assert {row.means for row in rows()} == KINDS.keys()
    assert [row for row in rows() if not (row.source and row.why and row.who)] == []
    assert all(re.compile(row.phrase) for row in rows() if row.phrase)


@pytest.mark.parametrize(
    ("kind", "header", "expected"),
    [
        (FailureKind.RATE_LIMITED, "false", FailureKind.QUOTA),
        (FailureKind.RATE_LIMITED, "true", FailureKind.RATE_LIMITED),
        (FailureKind.REQUEST, "true", FailureKind.TRANSIENT),
        (FailureKind.REQUEST, None, FailureKind.REQUEST),
        (FailureKind.ACCOUNT, "true", FailureKind.ACCOUNT),
        (FailureKind.TRANSIENT, "false", FailureKind.TRANSIENT),
    ],
)
def test_the_provider_s_own_word_is_heeded(kind: FailureKind, header: str | None, expected: FailureKind) -> None:
    """`x-should-retry`, as the SDKs obey it; a key that was refused stays refused."""
    assert heeded(kind, header) is expected


def test_the_document_is_up_to_date() -> None:
    """docs/errors.md is what the table says; `python tests/support/error_docs.py` writes it again."""
    assert PLACE.read_text(encoding="utf-8") == markdown()
