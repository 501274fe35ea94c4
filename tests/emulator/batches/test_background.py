"""Background responses: one request, answered later, for less."""

import json
from typing import Any

import openai
import pytest
from openai.types.responses import Response
from support.batched import batched, extras, serving
from support.dialects import responses_body
from support.emulating import NotingClock

from modelroute_cli.emulator.server import Emulator

WINDOW: dict[str, Any] = {"background": True, "background_options": {"completion_window": "2h"}}


def test_a_background_response_is_queued_then_worked_on_then_there() -> None:
    """And billed at its window."""
    emulator = batched(seconds=3600.0)
    made = emulator.told("POST", "/responses", responses_body(**WINDOW, metadata={"k": "v"}))
    assert (made["status"], made["background"], made["output"], made["metadata"]) == ("queued", True, [], {"k": "v"})
    path = f"/responses/{made['id']}"
    assert emulator.after(1800).told("GET", path)["status"] == "in_progress"
    done = emulator.after(1800).told("GET", path)
    assert (done["status"], done["id"], done["completed_at"]) == ("completed", made["id"], made["created_at"] + 3600)
    assert emulator.told("GET", path) == done
    book = emulator.stats.handed_in["background_2h"]["gpt-6-luna"]
    assert (book.answers, book.output_tokens) == (1, done["usage"]["output_tokens"])


def test_without_store_it_is_gone_ten_minutes_after_its_end() -> None:
    """With it, it stays."""
    emulator = batched(seconds=60.0)
    made = [emulator.told("POST", "/responses", responses_body(**WINDOW, store=store)) for store in (False, True)]
    emulator.after(60 + 599)
    assert [emulator.ask("GET", f"/responses/{each['id']}").status for each in made] == [200, 200]
    emulator.after(1)
    assert [emulator.ask("GET", f"/responses/{each['id']}").status for each in made] == [404, 200]


def test_a_cancelled_one_costs_nothing() -> None:
    """And says so."""
    emulator = batched(seconds=60.0)
    made = emulator.told("POST", "/responses", responses_body(**WINDOW))
    assert emulator.told("POST", f"/responses/{made['id']}/cancel")["status"] == "cancelled"
    emulator.after(599)
    assert emulator.told("GET", f"/responses/{made['id']}")["status"] == "cancelled"
    assert emulator.stats.handed_in == {}


def test_a_failed_one_says_so_and_costs_nothing() -> None:
    """Under a 200."""
    emulator = batched(seconds=60.0, failed=1.0)
    made = emulator.told("POST", "/responses", responses_body(**WINDOW))
    failed = emulator.after(60).told("GET", f"/responses/{made['id']}")
    assert (failed["status"], failed["error"]["code"]) == ("failed", "server_error")
    assert emulator.stats.handed_in == {}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"background_options": {"completion_window": "3h"}}, "background_options.completion_window"),
        ({"service_tier": "flex"}, "service_tier"),
        ({"stream": True}, "stream"),
        ({"max_output_tokens": 5}, "max_output_tokens"),
    ],
)
def test_what_would_be_refused_later_is_refused_at_once(fields: dict[str, object], param: str) -> None:
    """A 400 that names the parameter."""
    refused = batched().ask("POST", "/responses", responses_body(**{**WINDOW, **fields}))
    assert (refused.status, json.loads(refused.body)["error"]["param"]) == (400, param)


def test_openai_s_client_follows_a_background_response() -> None:
    """Its model knows every field at every stage."""

    async def use(emulator: Emulator, clock: NotingClock) -> None:
        url = f"{emulator.url}/openai/v1"
        async with openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0) as client:
            made = await client.responses.create(model="gpt-6-luna", input="Write about tea.", background=True)
            assert (made.status, extras(made)) == ("queued", [])
            Response.model_validate_json(made.model_dump_json(), strict=True)
            clock.now_s += 2
            done = await client.responses.retrieve(made.id)
            assert (done.status, extras(done)) == ("completed", [])
            assert done.output_text
            assert emulator.stats.books["gpt-6-luna"].answers == 1
            cancelled = await client.responses.create(model="gpt-6-luna", input="Write about tea.", background=True)
            assert (await client.responses.cancel(cancelled.id)).status == "cancelled"

    serving(use)
