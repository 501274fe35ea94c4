"""Anthropic's batches: requests in the body, results as lines."""

from support.batched import DAY_S, batched, message_request

PATH = "/messages/batches"


def test_a_batch_goes_from_in_progress_to_ended_with_results() -> None:
    """Counts are `processing` until the end."""
    emulator = batched("anthropic")
    made = emulator.told("POST", PATH, {"requests": [message_request("a"), message_request("b", max_tokens=-1)]})
    assert (made["processing_status"], made["request_counts"]["processing"]) == ("in_progress", 2)
    ended = emulator.after(DAY_S).told("GET", f"{PATH}/{made['id']}")
    counts = {"processing": 0, "succeeded": 1, "errored": 1, "canceled": 0, "expired": 0}
    assert (ended["processing_status"], ended["request_counts"]) == ("ended", counts)
    assert ended["results_url"] == f"http://emulated/anthropic/v1/messages/batches/{made['id']}/results"
    lines = {line["custom_id"]: line["result"] for line in emulator.lines(f"{PATH}/{made['id']}/results")}
    assert lines["a"]["message"]["usage"]["service_tier"] == "batch"
    assert lines["b"]["error"]["error"]["type"] == "invalid_request_error"
    assert emulator.stats.handed_in["batch"]["claude-haiku-5-5"].answers == 1
