"""Mistral's batch jobs."""

from urllib.parse import quote

from support.batched import DAY_S, Batched, batched, chat_line


def job(emulator: Batched, *names: str, **fields: object) -> dict[str, object]:
    """A job of a file whose lines do not name their model."""
    bodies = {name: chat_line(name)["body"] for name in names}
    lines = [{"custom_id": name, "body": {"messages": body["messages"]}} for name, body in bodies.items()]
    asked = {"endpoint": "/v1/chat/completions", "model": "mistral-small-latest"} | fields
    return emulator.told("POST", "/batch/jobs", {"input_files": [emulator.uploaded(lines)], **asked})


def test_a_job_goes_from_queued_to_success() -> None:
    """With a file of answers."""
    emulator = batched("mistral")
    made = job(emulator, "a", "b", metadata={"modelroute": "x"})
    assert (made["status"], made["total_requests"], made["metadata"]) == ("QUEUED", 2, {"modelroute": "x"})
    path = f"/batch/jobs/{made['id']}"
    assert emulator.after(DAY_S / 4).told("GET", path)["status"] == "RUNNING"
    done = emulator.after(DAY_S / 2).told("GET", path)
    assert (done["status"], done["succeeded_requests"], done["error_file"]) == ("SUCCESS", 2, None)
    lines = emulator.lines(f"/files/{done['output_file']}/content")
    assert {line["response"]["body"]["model"] for line in lines} == {"mistral-small-latest"}
    file = emulator.told("GET", f"/files/{done['output_file']}")
    assert (file["sample_type"], file["source"], "status" in file) == ("batch_result", "mistral", False)
    assert emulator.stats.handed_in["batch"]["mistral-small-latest"].answers == 2


def test_a_job_whose_hours_ran_out_keeps_what_was_done() -> None:
    """The rest is told as expired, and not billed."""
    emulator = batched("mistral", seconds=DAY_S)
    made = job(emulator, *"abcd", timeout_hours=12)
    ended = emulator.after(DAY_S / 2).told("GET", f"/batch/jobs/{made['id']}")
    assert (ended["status"], ended["succeeded_requests"]) == ("TIMEOUT_EXCEEDED", 1)
    assert emulator.stats.handed_in["batch"]["mistral-small-latest"].answers == 1


def test_jobs_are_found_by_their_metadata() -> None:
    """And by their model."""
    emulator = batched("mistral")
    made = [job(emulator, "a", metadata={"modelroute": name}) for name in ("x", "y")]
    wanted = quote('{"modelroute":"x"}')
    found = emulator.told("GET", f"/batch/jobs?metadata={wanted}")
    assert ([each["id"] for each in found["data"]], found["total"]) == ([made[0]["id"]], 1)
    assert emulator.told("GET", "/batch/jobs?model=other")["data"] == []
    assert [each["id"] for each in emulator.told("GET", "/batch/jobs?page=1&page_size=1")["data"]] == [made[0]["id"]]


def test_a_job_is_cancelled() -> None:
    """Asked for first, then done; one that ended is refused that."""
    emulator = batched("mistral", finalizing_s=60.0)
    path = f"/batch/jobs/{job(emulator, 'a')['id']}"
    assert emulator.told("POST", f"{path}/cancel")["status"] == "CANCELLATION_REQUESTED"
    assert emulator.after(60).told("GET", path)["status"] == "CANCELLED"
    assert emulator.ask("POST", f"{path}/cancel").status == 400


def test_requests_may_stand_in_the_job_itself() -> None:
    """But not beside a file, and not without either."""
    emulator = batched("mistral")
    body = {"endpoint": "/v1/chat/completions", "model": "mistral-small-latest"}
    requests = [{"custom_id": "a", "body": {"messages": chat_line("a")["body"]["messages"]}}]
    assert emulator.told("POST", "/batch/jobs", body | {"requests": requests})["total_requests"] == 1
    assert emulator.ask("POST", "/batch/jobs", body).status == 400
    assert emulator.ask("POST", "/batch/jobs", body | {"input_files": ["no"]}).status == 404
