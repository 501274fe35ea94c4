"""Anthropic's batches: requests in the body, results as lines."""

import json

import pytest
from support.batched import DAY_S, Batched, batched, message_request

PATH = "/messages/batches"


def made(emulator: Batched, *names: str) -> str:
    """The path of a batch of requests with these names, just created."""
    told = emulator.told("POST", PATH, {"requests": [message_request(name) for name in names]})
    return f"{PATH}/{told['id']}"


def test_a_batch_goes_from_in_progress_to_ended_with_results() -> None:
    """Counts are `processing` until the end."""
    emulator = batched("anthropic")
    begun = emulator.told("POST", PATH, {"requests": [message_request("a"), message_request("b", max_tokens=-1)]})
    assert (begun["processing_status"], begun["request_counts"]["processing"]) == ("in_progress", 2)
    ended = emulator.after(DAY_S).told("GET", f"{PATH}/{begun['id']}")
    counts = {"processing": 0, "succeeded": 1, "errored": 1, "canceled": 0, "expired": 0}
    assert (ended["processing_status"], ended["request_counts"]) == ("ended", counts)
    assert ended["results_url"] == f"http://emulated/anthropic/v1/messages/batches/{begun['id']}/results"
    lines = {line["custom_id"]: line["result"] for line in emulator.lines(f"{PATH}/{begun['id']}/results")}
    assert lines["a"]["message"]["usage"]["service_tier"] == "batch"
    assert lines["b"]["error"]["error"]["type"] == "invalid_request_error"
    assert emulator.stats.handed_in["batch"]["claude-haiku-5-5"].answers == 1


def test_models_may_be_mixed() -> None:
    """Each is billed by itself."""
    emulator = batched("anthropic")
    requests = [message_request("a"), message_request("b", model="claude-haiku-4-5")]
    emulator.told("POST", PATH, {"requests": requests})
    books = emulator.after(DAY_S).stats.handed_in["batch"]
    assert {model: book.answers for model, book in books.items()} == {"claude-haiku-5-5": 1, "claude-haiku-4-5": 1}


def test_results_are_not_there_before_the_end() -> None:
    """Neither their address nor they."""
    emulator = batched("anthropic")
    path = made(emulator, "a")
    assert emulator.told("GET", path)["results_url"] is None
    assert emulator.ask("GET", f"{path}/results").status == 404


def test_a_cancel_takes_its_time_and_what_was_done_stays() -> None:
    """The rest is told as canceled, and not billed."""
    emulator = batched("anthropic", finalizing_s=60.0)
    path = made(emulator, *"abcd")
    stopping = emulator.after(DAY_S / 4).told("POST", f"{path}/cancel")
    assert (stopping["processing_status"], stopping["cancel_initiated_at"]) == ("canceling", "2026-11-23T16:00:00Z")
    ended = emulator.after(60).told("GET", path)
    assert (ended["request_counts"]["succeeded"], ended["request_counts"]["canceled"]) == (1, 3)
    kinds = sorted(line["result"]["type"] for line in emulator.lines(f"{path}/results"))
    assert kinds == ["canceled", "canceled", "canceled", "succeeded"]
    assert emulator.stats.handed_in["batch"]["claude-haiku-5-5"].answers == 1
    assert emulator.ask("POST", f"{path}/cancel").status == 400


def test_what_is_never_done_expires_after_a_day() -> None:
    """Told by its own word."""
    emulator = batched("anthropic", expire=1.0)
    path = made(emulator, "a")
    assert emulator.after(DAY_S - 1).told("GET", path)["processing_status"] == "in_progress"
    ended = emulator.after(1).told("GET", path)
    assert (ended["request_counts"]["expired"], ended["ended_at"]) == (1, ended["expires_at"])
    assert [line["result"] for line in emulator.lines(f"{path}/results")] == [{"type": "expired"}]
    assert emulator.stats.handed_in == {}


def test_lists_go_by_pages_the_newest_first() -> None:
    """Each page names its ends."""
    emulator = batched("anthropic")
    names = [made(emulator, "a").removeprefix(f"{PATH}/") for _ in range(3)]
    page = emulator.told("GET", f"{PATH}?limit=2")
    assert ([each["id"] for each in page["data"]], page["has_more"]) == ([names[2], names[1]], True)
    rest = emulator.told("GET", f"{PATH}?limit=2&after_id={page['last_id']}")
    assert ([each["id"] for each in rest["data"]], rest["has_more"]) == ([names[0]], False)


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        ([], "requests: List should have between 1 and 100000 items"),
        ([message_request("a"), message_request("a")], "requests: custom_id must be unique"),
        ([message_request("x" * 65)], "requests: custom_id must have 1 to 64 characters"),
    ],
)
def test_a_batch_that_is_wrong_is_refused_as_a_whole(requests: list[object], message: str) -> None:
    """With a 400 of Anthropic's form."""
    refused = batched("anthropic").ask("POST", PATH, {"requests": requests})
    told = json.loads(refused.body)
    assert (refused.status, told["error"]) == (400, {"type": "invalid_request_error", "message": message})


@pytest.mark.parametrize("batches", [{"rate_limited": 1.0}, {"queue_tokens": 3}])
def test_too_much_is_a_429_and_no_batch(batches: dict[str, float]) -> None:
    """That says when to try again."""
    emulator = batched("anthropic", None, **batches)
    refused = emulator.ask("POST", PATH, {"requests": [message_request("a")]})
    assert (refused.status, refused.headers["retry-after"]) == (429, "1")
    assert emulator.told("GET", PATH)["data"] == []


def test_one_account_does_not_see_another_s() -> None:
    """Under any path."""
    emulator = batched("anthropic")
    path = made(emulator, "a")
    emulator.provider = "other"
    assert [emulator.ask("GET", path).status, emulator.ask("POST", f"{path}/cancel").status] == [404, 404]
    assert emulator.told("GET", PATH)["data"] == []


def test_only_an_ended_batch_is_deleted() -> None:
    """And what it did is billed."""
    emulator = batched("anthropic")
    path = made(emulator, "a")
    assert emulator.ask("DELETE", path).status == 400
    assert emulator.after(DAY_S).told("DELETE", path)["type"] == "message_batch_deleted"
    assert emulator.stats.handed_in["batch"]["claude-haiku-5-5"].answers == 1
