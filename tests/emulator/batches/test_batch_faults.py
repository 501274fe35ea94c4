"""What may go wrong with batches, each by its share, and what it costs: nothing."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.batched import DAY_S, Batched, as_lines, batched, chat_line, message_request
from support.openapi import problems

from modelroute_cli.catalog.settings import EmulatorFaults

MODEL = "gpt-6-luna"
MANY = [chat_line(str(number)) for number in range(40)]
SHARE = st.sampled_from([0.0, 0.3, 1.0])


def ended(emulator: Batched, lines: list[dict[str, Any]], after_s: float = DAY_S) -> dict[str, Any]:
    """The batch of these lines, a day later."""
    made = emulator.batch(lines)
    return emulator.after(after_s).told("GET", f"/batches/{made['id']}")


def files(emulator: Batched, batch: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The lines of its two files."""
    names = ("output_file_id", "error_file_id")
    return {name: emulator.lines(f"/files/{batch[name]}/content") if name in batch else [] for name in names}


def answers(emulator: Batched) -> int:
    """How many lines were billed."""
    book = emulator.stats.handed_in.get("batch", {}).get(MODEL)
    return 0 if book is None else book.answers


@settings(max_examples=15, deadline=None)
@given(SHARE, SHARE, SHARE, SHARE)
def test_the_bill_is_for_what_was_answered(failed: float, expire: float, missing: float, doubled: float) -> None:
    """Whatever else happens: once for each line that completed, also where results miss it or have it twice."""
    emulator = batched(failed=failed, expire=expire, missing=missing / 2, doubled=doubled / 2)
    batch = ended(emulator, MANY[:12])
    counts = batch["request_counts"]
    assert answers(emulator) == counts["completed"]
    files(emulator, batch)
    assert answers(emulator) == counts["completed"]
    assert emulator.stats.answered_again == 0
    assert batch["status"] == ("expired" if counts["completed"] + counts["failed"] < 12 else "completed")


def test_a_line_at_which_the_provider_fails_is_a_500_in_the_error_file() -> None:
    """And the batch completes."""
    emulator = batched(failed=0.5)
    batch = ended(emulator, MANY)
    lines = files(emulator, batch)["error_file_id"]
    assert {line["response"]["status_code"] for line in lines} == {500}
    assert batch["request_counts"]["failed"] == len(lines)
    assert 10 < len(lines) < 30


def test_lines_that_are_never_done_expire_with_the_window() -> None:
    """Told one by one, with no response."""
    emulator = batched(expire=0.5)
    assert ended(emulator, MANY, DAY_S / 2)["status"] == "in_progress"
    emulator = batched(expire=0.5)
    batch = ended(emulator, MANY)
    lines = files(emulator, batch)["error_file_id"]
    assert {(line["error"]["code"], line["response"]) for line in lines} == {("batch_expired", None)}
    assert len(lines) + batch["request_counts"]["completed"] == 40


def test_missing_and_doubled_lines_are_the_same_at_every_download() -> None:
    """In an order that is not that of the requests."""
    emulator = batched(missing=0.2, doubled=0.2)
    batch = ended(emulator, MANY)
    first, second = (files(emulator, batch)["output_file_id"] for _ in range(2))
    assert first == second
    times = Counter(line["custom_id"] for line in first)
    assert set(times.values()) == {1, 2}
    assert len(times) < 40
    assert list(times) != sorted(times, key=int)
    assert answers(emulator) == 40


def test_a_refused_batch_fails_validation() -> None:
    """It has begun nothing and costs nothing."""
    emulator = batched(refuse=1.0)
    batch = ended(emulator, MANY)
    assert (batch["status"], batch["request_counts"]["total"]) == ("failed", 0)
    assert batch["errors"]["data"][0]["code"] == "invalid_input"
    assert answers(emulator) == 0


BAD = [
    (b"no json\n", "invalid_json_line", 1),
    (as_lines([chat_line("a"), chat_line("a")]), "duplicate_custom_id", 2),
    (as_lines([chat_line("a"), chat_line("b", model="gpt-4.1")]), "mismatched_model", 2),
    (as_lines([chat_line("a", url="/v1/responses")]), "url_mismatch", 1),
    (as_lines([{"custom_id": "a", "method": "POST", "url": "/v1/chat/completions"}]), "missing_required_parameter", 1),
    (as_lines([chat_line("a") | {"method": "GET"}]), "invalid_method", 1),
    (b"\n", "empty_file", None),
]


@pytest.mark.parametrize(("content", "code", "line"), BAD)
def test_a_file_that_is_wrong_fails_the_batch_and_says_where(content: bytes, code: str, line: int | None) -> None:
    """As OpenAI's codes have it."""
    emulator = batched()
    made = emulator.batch_of(content)
    failed = emulator.after(DAY_S).told("GET", f"/batches/{made['id']}")
    fault = failed["errors"]["data"][0]
    assert (failed["status"], fault["code"], fault["line"]) == ("failed", code, line)


def test_more_tokens_than_may_wait_fail_the_batch() -> None:
    """Until others have ended; each model has a queue of its own."""
    emulator = batched(queue_tokens=40)
    first, second = (emulator.batch([chat_line("a")]) for _ in range(2))
    third, other = emulator.batch([chat_line(c) for c in "abc"]), emulator.batch([chat_line("a", model="gpt-4.1")])
    emulator.after(DAY_S / 4)
    status = [emulator.told("GET", f"/batches/{batch['id']}")["status"] for batch in (first, second, third, other)]
    assert status == ["in_progress", "in_progress", "failed", "in_progress"]
    fault = emulator.told("GET", f"/batches/{third['id']}")["errors"]["data"][0]
    assert (fault["code"], "Enqueued token limit reached for gpt-6-luna" in fault["message"]) == (
        "token_limit_exceeded",
        True,
    )
    assert emulator.after(DAY_S).batch([chat_line("a")])["status"] == "validating"


def test_an_account_has_so_many_batches_open() -> None:
    """And may open another once one has ended."""
    emulator = batched(max_batches=1)
    emulator.batch([chat_line("a")])
    body = {
        "input_file_id": emulator.uploaded([chat_line("b")]),
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
    }
    assert emulator.ask("POST", "/batches", body).status == 429
    assert emulator.after(DAY_S).told("POST", "/batches", body)["status"] == "validating"


def test_results_are_gone_after_their_time() -> None:
    """The batch is still told of."""
    emulator = batched(retention_s=100.0)
    batch = ended(emulator, MANY[:1], DAY_S / 2 + 99)
    path = f"/files/{batch['output_file_id']}/content"
    assert emulator.ask("GET", path).status == 200
    assert emulator.after(1).ask("GET", path).status == 404
    assert emulator.told("GET", f"/batches/{batch['id']}")["status"] == "completed"


def test_anthropic_s_results_are_gone_after_their_time() -> None:
    """The batch says when."""
    emulator = batched("anthropic", retention_s=100.0)
    made = emulator.told("POST", "/messages/batches", {"requests": [message_request("a")]})
    path = f"/messages/batches/{made['id']}"
    gone = emulator.after(DAY_S / 2 + 100).told("GET", path)
    assert (gone["results_url"], gone["archived_at"]) == (None, "2026-11-23T22:01:40Z")
    assert emulator.ask("GET", f"{path}/results").status == 404


def test_answers_of_a_batch_may_be_spoilt_like_any_other() -> None:
    """And are billed."""
    emulator = batched(faults=EmulatorFaults(empty=1.0))
    lines = files(emulator, ended(emulator, MANY[:2]))["output_file_id"]
    assert [line["response"]["body"]["choices"][0]["message"]["content"] for line in lines] == ["", ""]
    assert answers(emulator) == 2


def test_the_same_lines_again_are_paid_again_and_the_books_say_so() -> None:
    """Whoever submits twice pays twice."""
    emulator = batched()
    for _ in range(2):
        ended(emulator, MANY[:3])
    assert (answers(emulator), emulator.stats.answered_again) == (6, 3)


@pytest.mark.parametrize("age_share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("batches", [{}, {"refuse": 1.0}, {"failed": 0.5, "expire": 0.3}])
def test_openai_s_document_accepts_every_batch(batches: dict[str, Any], age_share: float) -> None:
    """At every stage, alone and in a list; and the files."""
    emulator = batched(**batches)
    batch = ended(emulator, MANY[:5], age_share * DAY_S)
    known = {name: value for name, value in batch.items() if value is not None}
    assert problems("openai", "Batch", known) == []
    listed = emulator.told("GET", "/batches")
    listed["data"] = [known]
    assert problems("openai", "ListBatchesResponse", listed) == []
    assert problems("openai", "ListFilesResponse", emulator.told("GET", "/files")) == []
    for name in ("output_file_id", "error_file_id"):
        if name in batch:
            assert problems("openai", "OpenAIFile", emulator.told("GET", f"/files/{batch[name]}")) == []


def test_what_a_client_asks_wrongly_is_refused() -> None:
    """With the parameter's name."""
    emulator = batched()
    file = emulator.uploaded([chat_line("a")])
    good = {"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    wrong = [{"input_file_id": "file-no"}, {"endpoint": "/v1/x"}, {"completion_window": "soon"}, {"colour": "red"}]
    told = [emulator.ask("POST", "/batches", good | each) for each in wrong]
    assert [reply.status for reply in told] == [400, 400, 400, 400]
    params = [json.loads(reply.body)["error"]["param"] for reply in told]
    assert params == ["input_file_id", "endpoint", "completion_window", None]
    assert emulator.ask("GET", "/batches/batch_no").status == 404
