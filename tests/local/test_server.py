"""The server of this machine's models, with a made-up model behind real HTTP."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from openai.types.chat import ChatCompletion
from support.own_model import MadeUp, body, client

from modelroute_cli.local.engine import Ask, Turn
from modelroute_cli.local.server import Serving, Told, serve

SECRET = "a-secret-of-this-run"  # noqa: S105 - opens nothing


def serving(*, loaded: bool = True) -> Serving:
    """A server of one model."""
    made = MadeUp(Path("tiny.gguf"))
    return Serving(SECRET, ("tiny",), {"tiny": made} if loaded else {})


def post(
    content: Mapping[str, object] | bytes, here: Serving | None = None, secret: str | None = None
) -> httpx.Response:
    """The answer to one request."""

    async def send() -> httpx.Response:
        async with client(here or serving(), secret) as ready:
            place = "/v1/chat/completions"
            if isinstance(content, bytes):
                return await ready.post(place, content=content)
            return await ready.post(place, json=content)

    return asyncio.run(send())


def asked(content: Mapping[str, object]) -> Ask:
    """What the model is asked for a body."""
    made = MadeUp(Path("tiny.gguf"))
    assert post(content, Serving(SECRET, ("tiny",), {"tiny": made})).status_code == 200
    return made.asked[0]


def error(response: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message."""
    told = response.json()["error"]
    return response.status_code, told["code"], told["message"]


def test_an_answer_is_a_chat_completion() -> None:
    """OpenAI's own type reads it, tokens included."""
    found = ChatCompletion.model_validate(post(body("good morning")).json())
    assert (found.model, found.choices[0].message.content, found.choices[0].finish_reason) == (
        "tiny",
        "good morning",
        "stop",
    )
    assert found.usage is not None
    assert (found.usage.prompt_tokens, found.usage.completion_tokens, found.usage.total_tokens) == (7, 2, 9)


def test_a_limit_cuts_and_says_so() -> None:
    """By either name that the field has had."""
    for name in ("max_tokens", "max_completion_tokens"):
        choice = post(body("one two three", **{name: 2})).json()["choices"][0]
        assert (choice["message"]["content"], choice["finish_reason"]) == ("one two", "length")


def test_what_is_not_said_has_a_default() -> None:
    """Warmer than the makers of the model advise: it loops less often then."""
    assert asked(body("hello")) == Ask(turns=[Turn("user", "hello")], max_tokens=2048, temperature=0.7, top_p=0.9)


def test_what_is_said_is_passed_on() -> None:
    """Temperature 0 is one, a single stop word is a list of one, and `developer` is the system."""
    turns = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "a"}]},
    ]
    content = {"model": "tiny", "messages": turns, "temperature": 0, "top_p": 0.5, "stop": "END", "max_tokens": 5}
    assert asked(content) == Ask(
        turns=[Turn("system", "Be brief."), Turn("user", "a")],
        max_tokens=5,
        temperature=0,
        top_p=0.5,
        stop=("END",),
    )


@pytest.mark.parametrize(
    ("asked_for", "schema"),
    [
        ({"type": "text"}, None),
        ({"type": "json_object"}, {"type": "object"}),
        ({"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "array"}}}, {"type": "array"}),
    ],
)
def test_a_schema_binds_the_answer(asked_for: Mapping[str, object], schema: Mapping[str, object] | None) -> None:
    """As OpenAI writes it."""
    assert asked(body("hello", response_format=asked_for)).schema == schema


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (body("too long"), (400, "context_length_exceeded", "4096 tokens are too many")),
        (body("bad schema"), (400, "invalid_json_schema", "no such type")),
        (body("fail"), (500, "engine_error", "out of range")),
        (b"{", (400, "invalid_request", "Input data was truncated")),
        (b'{"model": "tiny"}', (400, "invalid_request", "Object missing required field `messages`")),
        (
            body("x", max_tokens=0),
            (400, "invalid_request", "Expected `int` >= 1 - at `$.max_tokens`"),
        ),
        (
            body("x", stream=True),
            (400, "unsupported_value", "one whole answer a request: `stream` and `n` are not spoken here"),
        ),
        (
            {"model": "tiny", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            (400, "unsupported_value", "this model reads text only, no `image_url`"),
        ),
        ({**body("x"), "model": "other"}, (404, "model_not_found", "`other` is not served here")),
    ],
)
def test_an_error_says_what_is_wrong(content: Mapping[str, object] | bytes, expected: tuple[int, str, str]) -> None:
    """With the status and the code that OpenAI would give, and without the engine's stack."""
    assert error(post(content)) == expected


def test_nobody_else_is_answered() -> None:
    """A wrong secret, or none, opens nothing, and the error does not tell it."""
    for secret in ("-", "a-secret", f"{SECRET}x"):
        expected = (401, "invalid_api_key", "this server answers only to the run that started it")
        response = post(body("hello"), secret=secret)
        assert error(response) == expected
        assert SECRET not in response.text


def test_before_it_is_loaded_it_says_so() -> None:
    """503 passes; a client tries again."""
    assert error(post(body("hello"), serving(loaded=False))) == (503, "loading", "`tiny` is being loaded")


def test_requests_wait_for_each_other() -> None:
    """The engine takes one call at a time, whatever comes in."""

    async def send() -> list[int]:
        async with client(serving()) as ready:
            calls = [ready.post("/v1/chat/completions", json=body(f"number {nth}")) for nth in range(20)]
            return [response.status_code for response in await asyncio.gather(*calls)]

    assert asyncio.run(send()) == [200] * 20


def test_models_are_listed_and_other_places_are_not_there() -> None:
    """`GET /v1/models`, as OpenAI has it; errors are JSON everywhere."""

    async def get(place: str) -> httpx.Response:
        async with client(serving()) as ready:
            return await ready.get(place)

    assert [each["id"] for each in asyncio.run(get("/v1/models")).json()["data"]] == ["tiny"]
    assert error(asyncio.run(get("/v1/files"))) == (404, "http_error", "Not Found")


def test_a_server_says_where_it_is_and_when_it_is_ready() -> None:
    """In this order; it listens on loopback before it loads."""

    async def told() -> list[Told]:
        lines: list[Told] = []
        ready = asyncio.Event()

        def tell(line: Told) -> None:
            lines.append(line)
            if line.ready:
                ready.set()

        task = asyncio.create_task(serve(SECRET, {"tiny": Path("tiny.gguf")}, tell, MadeUp))
        await ready.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return lines

    lines = asyncio.run(told())
    assert (lines[0].port or 0) > 0
    assert lines[1:] == [Told(ready=True)]


def test_weights_that_cannot_be_loaded_end_the_server() -> None:
    """With the engine's first line, and nothing of its stack."""
    lines: list[Told] = []
    asyncio.run(serve(SECRET, {"tiny": Path("broken.gguf")}, lines.append, MadeUp))
    assert lines[1:] == [Told(failed="tensor 7 is missing")]
