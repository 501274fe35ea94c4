"""One answer, as a model would give it: text, why it stopped, and the tokens to bill."""

import json
import random
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from modelroute_cli.emulator.chance import chance
from modelroute_cli.emulator.chat_request import ChatRequest, prompt_texts
from modelroute_cli.emulator.json_answer import make_value
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.emulator.prose import short, write
from modelroute_cli.emulator.reading import read, schema_in_text
from modelroute_cli.emulator.task_question import likely_type
from modelroute_cli.emulator.thinking import reasoning_tokens
from modelroute_cli.features.tokens import count_o200k

_FRAME_TOKENS = 3  # per chat, and 4 per turn: OpenAI's frame as measured on recorded traffic
_TURN_TOKENS = 4
_IMAGE_TOKENS = 765  # a 1024 x 1024 image in OpenAI's tiles: 85 + 4 x 170
_TERSE_TOKENS = 40  # who limits an answer to so little has asked for a word or a number
_REMEMBERED_CHARS = 8_000
_REFUSAL = "I'm sorry, but I can't help with that request."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was generated; `text` is None for a refusal."""

    text: str | None
    finish_reason: Literal["stop", "length"]
    refusal: str | None
    usage: Usage


def prompt_tokens(request: ChatRequest) -> int:
    """Input tokens as billed: o200k counts of the words and the schema, the chat's frame, a flat price per image."""
    schema = request.schema()
    texts = [*prompt_texts(request), *([json.dumps(schema, separators=(",", ":"))] if schema else [])]
    images = sum(turn.images() for turn in request.messages)
    frame = _FRAME_TOKENS + _TURN_TOKENS * len(request.messages)
    return sum(_count(text) for text in texts) + frame + images * _IMAGE_TOKENS


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What an answer depends on besides the request: everything random comes from seed and digest."""

    seed: int
    digest: bytes
    limit: int | None  # output tokens, as this provider reads the request
    input_tokens: int


def generate(request: ChatRequest, origin: Origin) -> Answer:
    """The answer to a request: the same seed and request give the same answer."""
    seed, digest = origin.seed, origin.digest
    text = _text(request, chance(seed, digest, "text"), origin.limit)
    reasoning = reasoning_tokens(request, lambda: chance(seed, digest, "reasoning"))
    usage = Usage(
        prompt_tokens=origin.input_tokens,
        cached_tokens=0,
        completion_tokens=reasoning + _count(text),
        reasoning_tokens=reasoning,
    )
    whole = Answer(text=text, finish_reason="stop", refusal=None, usage=usage)
    return whole if origin.limit is None else cut(whole, origin.limit)


def cut(answer: Answer, limit: int) -> Answer:
    """The answer as it is when the model must stop after `limit` tokens; thinking is spent first."""
    if answer.usage.completion_tokens <= limit:
        return answer
    reasoning = min(answer.usage.reasoning_tokens, limit)
    usage = _with_output(answer.usage, limit, reasoning)
    return replace(answer, text=_shortened(answer.text or "", limit - reasoning), finish_reason="length", usage=usage)


def truncated(answer: Answer) -> Answer:
    """The answer as if the limit had come after two thirds of its text."""
    visible = answer.usage.completion_tokens - answer.usage.reasoning_tokens
    return cut(answer, answer.usage.reasoning_tokens + visible * 2 // 3)


def refused(answer: Answer) -> Answer:
    """A refusal in place of the answer, billed with the thinking that led to it."""
    reasoning = answer.usage.reasoning_tokens
    usage = _with_output(answer.usage, reasoning + _count(_REFUSAL), reasoning)
    return replace(answer, text=None, refusal=_REFUSAL, usage=usage)


def emptied(answer: Answer) -> Answer:
    """Nothing to see, billed all the same."""
    return replace(answer, text="")


def with_cached(answer: Answer, cached_tokens: int) -> Answer:
    """The answer with a part of its prompt read from the cache."""
    old = answer.usage
    usage = Usage(
        prompt_tokens=old.prompt_tokens,
        cached_tokens=min(cached_tokens, old.prompt_tokens),
        completion_tokens=old.completion_tokens,
        reasoning_tokens=old.reasoning_tokens,
    )
    return replace(answer, usage=usage)


def _text(request: ChatRequest, dice: random.Random, limit: int | None) -> str:
    """JSON where JSON is asked for, else prose; a few words where the limit says that no more are wanted."""
    schema = request.schema() or schema_in_text(request)
    reading = read(request)
    if schema is not None:
        likely = likely_type(request)
        reading = reading if likely is None else replace(reading, labels=(likely,))
        return json.dumps(make_value(schema, reading, dice), ensure_ascii=False)
    terse = limit is not None and limit <= _TERSE_TOKENS and reading.form == "prose"
    written = short(reading, dice) if terse else write(reading, dice)
    if request.response_format is not None and request.response_format.type == "json_object":
        return json.dumps({"answer": written}, ensure_ascii=False)
    return written


def _shortened(text: str, tokens: int) -> str:
    """The longest beginning of the text, nearly, that has at most `tokens` tokens."""
    while text and (counted := _count(text)) > tokens:
        text = text[: min(len(text) - 1, len(text) * tokens // counted)]
    return text


def _with_output(usage: Usage, completion: int, reasoning: int) -> Usage:
    """The same input, another output."""
    return Usage(
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        completion_tokens=completion,
        reasoning_tokens=reasoning,
    )


def _count(text: str) -> int:
    """o200k tokens; texts that come again, such as system messages, are counted once."""
    return _remembered(text) if len(text) <= _REMEMBERED_CHARS else count_o200k([text])[0]


@lru_cache(maxsize=4096)
def _remembered(text: str) -> int:
    """The count of a text of ordinary length."""
    return count_o200k([text])[0]
