"""Tests of modelroute_cli.providers.batches.common."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.batch_wire import KEY, account, done, fails, said
from support.calls import OPENAI

from modelroute_cli.providers.base import FailureKind, TransportError
from modelroute_cli.providers.batch import BatchError
from modelroute_cli.providers.batches.common import (
    Counts,
    asks,
    downloaded,
    is_gone,
    is_refused,
    moment,
    name_in,
    place,
    segment,
    sends,
    shown,
    told,
    told_unless_gone,
)
from modelroute_cli.providers.file_body import FileBody


def test_a_request_carries_the_accounts_headers(tmp_path: Path) -> None:
    """The key where it belongs, the provider's own headers, and nothing of a call."""
    provider = replace(OPENAI, headers={"OpenAI-Project": "p-1"})
    made, _ = account(provider, tmp_path)
    asked = asks(made, "/batches/b-1")
    assert (asked.method, asked.url, asked.body) == ("GET", "https://api.openai.com/v1/batches/b-1", b"")
    assert asked.headers == {"accept": "application/json", "openai-project": "p-1", "authorization": f"Bearer {KEY}"}
    posted = asks(made, "/batches", {})
    assert (posted.method, posted.body, posted.headers["content-type"]) == ("POST", b"{}", "application/json")


def test_the_content_type_is_that_of_the_body(tmp_path: Path) -> None:
    """A header in the settings does not change what a file is."""
    made, _ = account(replace(OPENAI, headers={"Content-Type": "text/plain"}), tmp_path)
    body = FileBody(b"", tmp_path / "lines")
    assert sends(made, "/files", body, "multipart/form-data; boundary=b").headers["content-type"].startswith("multi")


@pytest.mark.parametrize(
    ("status", "kind", "taken"),
    [
        (400, FailureKind.REQUEST, False),
        (401, FailureKind.ACCOUNT, False),
        (402, FailureKind.ACCOUNT, False),
        (404, FailureKind.REQUEST, False),
        (408, FailureKind.UNKNOWN, True),
        (409, FailureKind.TRANSIENT, True),
        (413, FailureKind.REQUEST, False),
        (429, FailureKind.RATE_LIMITED, False),
        (302, FailureKind.ACCOUNT, False),
        (500, FailureKind.TRANSIENT, True),
        (502, FailureKind.TRANSIENT, True),
        (503, FailureKind.TRANSIENT, True),
        (504, FailureKind.UNKNOWN, True),
        (529, FailureKind.TRANSIENT, True),
    ],
)
def test_an_error_is_judged_by_the_table_and_says_whether_it_was_taken(
    tmp_path: Path, status: int, kind: FailureKind, *, taken: bool
) -> None:
    """What may have been done must be looked for before it is done again."""
    made, _ = account(OPENAI, tmp_path, said({"error": {"message": "no"}}, status, retry_after="7"))
    error = fails(told(made, asks(made, "/batches", {})))
    assert (error.failure.kind, error.failure.status, error.failure.message) == (kind, status, "no")
    assert (error.taken, error.failure.retry_after_s) == (taken, 7.0)


@pytest.mark.parametrize(("sent", "kind"), [(True, FailureKind.UNKNOWN), (False, FailureKind.TRANSIENT)])
def test_a_broken_line_was_taken_if_it_was_sent(tmp_path: Path, *, sent: bool, kind: FailureKind) -> None:
    """As for any attempt."""
    made, _ = account(OPENAI, tmp_path, TransportError("no answer", sent=sent))
    error = fails(told(made, asks(made, "/batches", {})))
    assert (error.taken, error.failure.kind, error.failure.message) == (sent, kind, "no answer")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "it is no JSON (6 bytes)"),
        (b"", "it is no JSON (0 bytes)"),
        (b"[]", "it has no `id`"),
        (b'"b-1"', "it has no `id`"),
        (b'{"object":"batch"}', "it has no `id`"),
    ],
)
def test_a_success_that_is_no_answer_may_have_been_taken(tmp_path: Path, body: bytes, why: str) -> None:
    """Nobody knows what was done."""
    made, _ = account(OPENAI, tmp_path, said(body, x_modelroute_emulated="1", x_request_id="r-9"))
    error = fails(told(made, asks(made, "/batches", {})))
    assert (error.taken, error.failure.kind) == (True, FailureKind.MALFORMED)
    assert error.failure.message == f"the answer cannot be read: {why}"
    assert (error.failure.emulated, error.failure.request_id) == (True, "r-9")


def test_an_error_in_a_success_is_one(tmp_path: Path) -> None:
    """Gateways send them."""
    made, _ = account(OPENAI, tmp_path, said({"error": {"code": 502, "message": f"upstream of {KEY}"}}))
    error = fails(told(made, asks(made, "/batches", {})))
    assert (error.taken, error.failure.status, error.failure.message) == (True, 502, "upstream of [hidden]")


def test_an_object_with_an_error_inside_is_an_object(tmp_path: Path) -> None:
    """A failed batch is an answer to the question where it stands."""
    made, _ = account(OPENAI, tmp_path, said({"id": "b-1", "error": {"message": "bad line"}}))
    found = done(told(made, asks(made, "/batches/b-1")))
    assert found.data["id"] == "b-1"
    assert found.emulated is False


@pytest.mark.parametrize(("status", "gone"), [(404, True), (410, True), (400, False), (500, False)])
def test_what_is_gone_is_no_error(tmp_path: Path, status: int, *, gone: bool) -> None:
    """Retention runs out."""
    made, _ = account(OPENAI, tmp_path, said({"error": {"message": "no"}}, status))
    if gone:
        assert done(told_unless_gone(made, asks(made, "/batches/b-1"))) is None
    else:
        assert is_gone(fails(told_unless_gone(made, asks(made, "/batches/b-1")))) is False


@pytest.mark.parametrize(("status", "refused"), [(400, True), (409, True), (422, True), (404, False), (429, False)])
def test_what_cannot_be_done_as_things_stand_is_refused(tmp_path: Path, status: int, *, refused: bool) -> None:
    """Such as stopping what has ended."""
    made, _ = account(OPENAI, tmp_path, said({"error": {"message": "no"}}, status))
    assert is_refused(fails(told(made, asks(made, "/batches/b-1/cancel", {})))) is refused


def test_large_transfers_get_more_time(tmp_path: Path) -> None:
    """By the size of what is sent; nothing says how large a result is."""
    path = tmp_path / "lines"
    path.write_bytes(b"x" * 1_000_000)
    made, script = account(OPENAI, tmp_path, said({"id": "f-1"}), said(b"lines"), said({"id": "b-1"}))
    done(told(made, sends(made, "/files", FileBody(b"", path), "application/jsonl")))
    done(downloaded(made, asks(made, "/files/f-1/content"), tmp_path / "to"))
    done(told(made, asks(made, "/batches/b-1")))
    assert [asked.timeout_s for asked in script.asked] == [64.0, 3660.0, 60.0]
    assert (tmp_path / "to").read_bytes() == b"lines"


@given(st.text(min_size=1, max_size=40))
def test_a_providers_name_is_one_part_of_a_path(name: str) -> None:
    """It cannot lead elsewhere, neither on their side nor on this disk."""
    try:
        quoted = segment(name)
    except UnicodeEncodeError:
        return  # half a character is in no name: `name_in` writes it anew
    assert set("/?#&= ").isdisjoint(quoted)


def test_a_download_is_named_by_a_digest(tmp_path: Path) -> None:
    """A provider's words are no paths."""
    made, _ = account(OPENAI, tmp_path)
    assert place(made, "../../etc/passwd").parent == tmp_path
    assert place(made, "a") != place(made, "b")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"id": "b-1"}, "b-1"),
        ({"id": ""}, None),
        ({"id": 7}, None),
        ({"id": "x" * 513}, None),
        ({"id": "b-1\x1b[2J"}, None),
        ({"id": "b-1\nb-2"}, None),
        ({}, None),
        ([], None),
        ({"id": "half \ud83d"}, "half \ufffd"),
    ],
)
def test_a_name_is_a_text_that_is_not_empty(data: object, name: str | None) -> None:
    """Anything else names nothing."""
    assert name_in(data, "id") == name


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (1_795_435_200, datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
        ("1795435200", datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
        (0, None),
        (None, None),
        (True, None),
        ("soon", None),
        (10**20, None),
    ],
)
def test_times_are_unix_seconds(seconds: object, expected: datetime | None) -> None:
    """What is none is unknown, never 1970."""
    assert moment(seconds) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"total": 5, "completed": 3, "failed": 1}, Counts(5, 4, 1)),
        ({"total": 0, "completed": 0, "failed": 0}, Counts(None, 0, 0)),
        ({"total": 5, "completed": 5, "failed": 2}, Counts(5, 5, 2)),
        ({"total": 5}, Counts(5, None, None)),
        ({"completed": 2}, Counts(None, 2, None)),
        (None, Counts(None, None, None)),
        ({"total": -1, "completed": "x"}, Counts(None, None, None)),
    ],
)
def test_counts_are_read_as_far_as_they_are_said(counts: object, expected: Counts) -> None:
    """A total of 0 is one that is not counted yet; more than all is never done."""
    assert Counts.read(counts) == expected


def test_what_a_provider_says_is_shown_without_keys(tmp_path: Path) -> None:
    """On one line and short."""
    made, _ = account(OPENAI, tmp_path)
    assert shown(made, f"bad key {KEY}\nin line 1") == "bad key [hidden] in line 1"
    assert len(shown(made, "word " * 1000)) == 300
    assert shown(made, None) == ""


def test_an_error_is_its_message() -> None:
    """For whoever prints it."""
    made, _ = account(OPENAI, Path(), said({"error": {"message": "slow down"}}, 429))
    assert str(fails(told(made, asks(made, "/batches")))) == "slow down"
    assert issubclass(BatchError, Exception)
