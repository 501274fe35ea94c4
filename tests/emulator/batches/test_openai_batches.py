"""OpenAI's batches: created, worked on, collected, cancelled, expired."""

import json

from support.batched import DAY_S, batched, chat_line

THREE = [chat_line("a"), chat_line("b"), chat_line("c", max_completion_tokens=-1)]


def test_a_batch_of_half_a_day_goes_through_its_stages() -> None:
    """Validating, in progress with counts that grow, completed with two files."""
    emulator = batched()
    made = emulator.batch(THREE, metadata={"modelroute": "x-1"})
    assert (made["status"], made["metadata"], made["model"]) == ("validating", {"modelroute": "x-1"}, "gpt-6-luna")
    path = f"/batches/{made['id']}"
    running = emulator.after(DAY_S / 4).told("GET", path)
    assert (running["status"], running["request_counts"]) == ("in_progress", {"total": 3, "completed": 1, "failed": 0})
    assert "output_file_id" not in running
    done = emulator.after(DAY_S / 4).told("GET", path)
    assert (done["status"], done["request_counts"]) == ("completed", {"total": 3, "completed": 2, "failed": 1})
    output = emulator.lines(f"/files/{done['output_file_id']}/content")
    errors = emulator.lines(f"/files/{done['error_file_id']}/content")
    assert sorted(line["custom_id"] for line in output) == ["a", "b"]
    assert [(line["custom_id"], line["response"]["status_code"]) for line in errors] == [("c", 400)]
    assert emulator.stats.handed_in["batch"]["gpt-6-luna"].answers == 2


def test_a_line_gets_the_answer_that_its_request_gets_alone() -> None:
    """The same words, for the same bytes of the body."""
    emulator = batched()
    line = chat_line("a")
    made = emulator.batch([line])
    done = emulator.after(DAY_S).told("GET", f"/batches/{made['id']}")
    answer = emulator.lines(f"/files/{done['output_file_id']}/content")[0]["response"]["body"]
    alone = emulator.ask("POST", "/chat/completions", line["body"])
    assert alone.status == 404
    begun = emulator.emulator.begin("http://emulated/openai/v1/chat/completions", {}, json.dumps(line["body"]).encode())
    assert json.loads(begun.outgoing.body)["choices"] == answer["choices"]  # type: ignore[union-attr]


def test_cancelled_lines_are_told_as_such_and_not_billed() -> None:
    """What was done stays done."""
    emulator = batched(finalizing_s=60.0)
    made = emulator.batch(THREE)
    emulator.after(DAY_S / 4).told("POST", f"/batches/{made['id']}/cancel")
    assert emulator.told("GET", f"/batches/{made['id']}")["status"] == "cancelling"
    ended = emulator.after(60).told("GET", f"/batches/{made['id']}")
    assert ended["status"] == "cancelled"
    errors = emulator.lines(f"/files/{ended['error_file_id']}/content")
    assert {line["error"]["code"] for line in errors} == {"batch_cancelled"}
    assert emulator.stats.handed_in["batch"]["gpt-6-luna"].answers == 1
