"""OpenRouter's batches: requests in, results in the batch itself."""

import json
from typing import Any

from support.batched import DAY_S, batched, chat_line


def submission(*names: str, **fields: object) -> dict[str, Any]:
    """A submission whose requests do not name their model."""
    bodies = [chat_line(name)["body"] for name in names]
    bare = [{key: value for key, value in body.items() if key != "model"} for body in bodies]
    requests = [{"custom_id": name, "body": body | fields} for name, body in zip(names, bare, strict=True)]
    return {"endpoint": "/v1/chat/completions", "model": "openai/gpt-6-luna", "requests": requests}


def test_a_batch_ends_with_its_results_inside() -> None:
    """A 202, then counts, then results in no order."""
    emulator = batched("openrouter")
    returned = emulator.ask("POST", "/batches", submission("a", "b"))
    made = json.loads(returned.body)
    assert (returned.status, made["status"], made["results"]) == (202, "validating", None)
    running = emulator.after(DAY_S / 4).told("GET", f"/batches/{made['id']}")
    assert (running["status"], running["results"]) == ("in_progress", None)
    done = emulator.after(DAY_S / 2).told("GET", f"/batches/{made['id']}")
    assert (done["status"], done["request_counts"]) == ("completed", {"total": 2, "completed": 2, "failed": 0})
    assert sorted(result["custom_id"] for result in done["results"]) == ["a", "b"]
    assert {result["response"]["body"]["model"] for result in done["results"]} == {"openai/gpt-6-luna"}
    assert emulator.stats.handed_in["batch"]["openai/gpt-6-luna"].answers == 2


def test_a_request_that_is_wrong_has_an_error_of_its_own() -> None:
    """And no response."""
    emulator = batched("openrouter")
    made = emulator.told("POST", "/batches", submission("a", max_completion_tokens=-1))
    [result] = emulator.after(DAY_S).told("GET", f"/batches/{made['id']}")["results"]
    assert (result["response"], result["error"]["type"]) == (None, "invalid_request_error")


def test_only_what_has_ended_is_deleted() -> None:
    """Which is no way to stop one."""
    emulator = batched("openrouter")
    made = emulator.told("POST", "/batches", submission("a"))
    path = f"/batches/{made['id']}"
    assert emulator.ask("DELETE", path).status == 409
    deleted = emulator.after(DAY_S).told("DELETE", path)
    assert deleted["deletion"]["openrouter"] == "deleted"
    assert emulator.ask("GET", path).status == 404
    assert emulator.stats.handed_in["batch"]["openai/gpt-6-luna"].answers == 1


def test_lists_have_no_results() -> None:
    """And come in pages, the newest first."""
    emulator = batched("openrouter")
    made = [emulator.told("POST", "/batches", submission(name))["id"] for name in "abc"]
    emulator.after(DAY_S)
    first = emulator.told("GET", "/batches?limit=2")
    assert ([each["id"] for each in first["data"]], first["has_more"]) == ([made[2], made[1]], True)
    assert [each["results"] for each in first["data"]] == [None, None]
    rest = emulator.told("GET", f"/batches?limit=2&after={first['last_id']}")
    assert ([each["id"] for each in rest["data"]], rest["has_more"]) == ([made[0]], False)


def test_an_account_of_any_name_may_be_openrouter_s() -> None:
    """Its first submission tells."""
    emulator = batched("mine")
    made = emulator.told("POST", "/batches", submission("a"))
    assert emulator.after(DAY_S).told("GET", f"/batches/{made['id']}")["results"][0]["custom_id"] == "a"


def test_twice_the_same_name_is_refused() -> None:
    """As are submissions of nothing, or for an endpoint that is none."""
    emulator = batched("openrouter")
    bad = [submission("a", "a"), submission(), submission("a") | {"endpoint": "/v1/embeddings"}]
    assert [emulator.ask("POST", "/batches", body).status for body in bad] == [400, 400, 400]
