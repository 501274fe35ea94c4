"""One answer, as a model would give it: text, why it stopped, and the tokens to bill."""

import json
import random
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import msgspec

from modelroute_cli.catalog.hidden_quality import BadAnswer
from modelroute_cli.emulator import media
from modelroute_cli.emulator.asked import Asked, CacheMark
from modelroute_cli.emulator.chance import chance
from modelroute_cli.emulator.json_answer import make_value
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.emulator.marked_cache import CacheUse, Marked
from modelroute_cli.emulator.prose import sentence, short, write
from modelroute_cli.emulator.reading import Reading, read, schema_in_text
from modelroute_cli.emulator.task_question import likely_type
from modelroute_cli.emulator.thinking import reasoning_tokens
from modelroute_cli.emulator.tool_use import MadeCall, call
from modelroute_cli.features.tokens import count_o200k

Finish = Literal["stop", "length", "stop_sequence", "tool_calls"]

_TERSE_TOKENS = 40  # who limits an answer to so little has asked for a word or a number
_REMEMBERED_CHARS = 8_000
_LONG_THINKING = 200
_SENTENCE_END = re.compile(r"(?<=[.!?])(?= \w)")
_REFUSAL = "I'm sorry, but I can't help with that request."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was generated; `text` is None for a refusal and beside a call."""

    text: str | None
    finish_reason: Finish
    refusal: str | None
    usage: Usage
    thoughts: str = ""  # what the model would show of its thinking
    calls: tuple[MadeCall, ...] = ()
    stopped_by: str | None = None  # the stop word that ended it


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Input tokens as billed; pictures, sound and files are inside the total."""

    total: int
    image: int = 0
    audio: int = 0
    file: int = 0


def prompt_tokens(asked: Asked) -> Counted:
    """Input tokens: o200k counts of the words, functions and schema, the chat's frame, media by the family's rules."""
    declared = asked.declared()
    texts = [*asked.texts(), *([declared] if declared else [])]
    counting = media.family_of(asked.model)
    frame = counting.frame_base + counting.frame_per_message * len(asked.turns)
    carried = [(medium.kind, media.tokens(medium, asked.model)) for medium in asked.media()]
    return Counted(
        total=sum(_count(text) for text in texts) + frame + sum(tokens for _, tokens in carried),
        image=sum(tokens for kind, tokens in carried if kind == "image"),
        audio=sum(tokens for kind, tokens in carried if kind == "audio"),
        file=sum(tokens for kind, tokens in carried if kind == "file"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What an answer depends on besides the request: everything random comes from seed and digest."""

    seed: int
    digest: bytes
    input_tokens: Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is to be answered, where that was decided beforehand."""

    text: str
    output_tokens: int | None = None  # billed, thinking included; None: what text and thinking take
    spoilt: BadAnswer = "wrong"  # how the answer shows that it is bad; `wrong`: it does not


def generate(asked: Asked, origin: Origin) -> Answer:
    """The answer to a request: the same seed and request give the same answer."""
    seed, digest = origin.seed, origin.digest
    reading = read(asked)
    reasoning = reasoning_tokens(asked, lambda: chance(seed, digest, "reasoning"))
    made = call(asked, reading, chance(seed, digest, "call"), digest.hex()) if asked.functions else None
    text, stopped_by = (None, None) if made else _stopped(written(asked, reading, chance(seed, digest, "text")), asked)
    counted = origin.input_tokens
    usage = Usage(
        prompt_tokens=counted.total,
        cached_tokens=0,
        completion_tokens=reasoning + count_written(text or "") + (_count(made.name + made.arguments) if made else 0),
        reasoning_tokens=reasoning,
        image_tokens=counted.image,
        audio_tokens=counted.audio,
        file_tokens=counted.file,
    )
    whole = Answer(
        text=text,
        finish_reason="tool_calls" if made else "stop" if stopped_by is None else "stop_sequence",
        refusal=None,
        usage=usage,
        thoughts=_thoughts(reasoning, reading, chance(seed, digest, "thoughts")) if reasoning else "",
        calls=(made,) if made else (),
        stopped_by=stopped_by,
    )
    return whole if asked.limit is None else cut(whole, asked.limit)


def replayed(asked: Asked, origin: Origin, said: Said) -> Answer:
    """The answer that was decided beforehand, after such thinking as the request leads to.

    Recorded output tokens are what is billed, up to the limit; the part of them that is no text is thinking where the
    model thinks. They cut nothing off: what is recorded was answered. A text that is longer than the limit is cut.
    """
    text, stopped_by = _stopped(said.text, asked)
    visible = count_written(text)
    reasoning = reasoning_tokens(asked, lambda: chance(origin.seed, origin.digest, "reasoning"))
    if said.output_tokens is not None:
        total = min(max(said.output_tokens, 1), max(asked.limit or said.output_tokens, 1))
        reasoning, visible = (max(total - visible, 0), min(visible, total)) if reasoning else (0, total)
    counted = origin.input_tokens
    usage = Usage(
        prompt_tokens=counted.total,
        cached_tokens=0,
        completion_tokens=reasoning + visible,
        reasoning_tokens=reasoning,
        image_tokens=counted.image,
        audio_tokens=counted.audio,
        file_tokens=counted.file,
    )
    finish: Finish = "stop" if stopped_by is None else "stop_sequence"
    whole = Answer(text=text, finish_reason=finish, refusal=None, usage=usage, stopped_by=stopped_by)
    return whole if asked.limit is None else cut(whole, asked.limit)


def cut(answer: Answer, limit: int) -> Answer:
    """The answer when the model must stop after `limit` tokens; thinking is spent first, half a call is none."""
    if answer.usage.completion_tokens <= limit:
        return answer
    reasoning = min(answer.usage.reasoning_tokens, limit)
    return replace(
        answer,
        text=_shortened(answer.text or "", limit - reasoning),
        finish_reason="length",
        calls=(),
        stopped_by=None,
        usage=_with_output(answer.usage, limit, reasoning),
    )


def truncated(answer: Answer) -> Answer:
    """The answer as if the limit had come after two thirds of its text."""
    visible = answer.usage.completion_tokens - answer.usage.reasoning_tokens
    return cut(answer, answer.usage.reasoning_tokens + visible * 2 // 3)


def refused(answer: Answer) -> Answer:
    """A refusal in place of the answer, billed with the thinking that led to it."""
    reasoning = answer.usage.reasoning_tokens
    usage = _with_output(answer.usage, reasoning + _count(_REFUSAL), reasoning)
    return replace(answer, text=None, refusal=_REFUSAL, usage=usage, finish_reason="stop", calls=(), stopped_by=None)


def emptied(answer: Answer) -> Answer:
    """Nothing to see, billed all the same."""
    return replace(answer, text="", finish_reason="stop", calls=(), stopped_by=None)


def with_cached(answer: Answer, use: CacheUse) -> Answer:
    """The answer with a part of its prompt read from the cache, and a part written to it; never more than it has."""
    cached = min(use.read, answer.usage.prompt_tokens)
    written = min(use.written, answer.usage.prompt_tokens - cached)
    usage = msgspec.structs.replace(
        answer.usage,
        cached_tokens=cached,
        cache_write_tokens=written,
        cache_write_long_tokens=min(use.written_long, written),
    )
    return replace(answer, usage=usage)


def marked(asked: Asked) -> list[Marked]:
    """The marks of a request with the tokens before each."""
    return [Marked(mark=mark, tokens=_count(mark.prefix) + _carried(mark, asked.model)) for mark in asked.marks or ()]


def _carried(mark: CacheMark, model: str) -> int:
    """Tokens of the pictures and files before a mark."""
    return sum(media.tokens(medium, model) for medium in mark.media)


def written(asked: Asked, reading: Reading, dice: random.Random) -> str:
    """JSON where JSON is asked for, else prose; a few words where the limit says that no more are wanted."""
    schema = asked.schema or schema_in_text(asked)
    if schema is not None:
        likely = likely_type(asked)
        reading = reading if likely is None else replace(reading, labels=(likely,))
        return json.dumps(make_value(schema, reading, dice), ensure_ascii=False)
    terse = asked.limit is not None and asked.limit <= _TERSE_TOKENS and reading.form == "prose"
    text = short(reading, dice) if terse else write(reading, dice)
    return json.dumps({"answer": text}, ensure_ascii=False) if asked.form == "json" else text


def _stopped(text: str, asked: Asked) -> tuple[str, str | None]:
    """The text up to the first stop word in it, and that word."""
    found = [(place, word) for word in asked.stop if (place := text.find(word)) >= 0]
    if not found:
        return text, None
    place, word = min(found)
    return text[:place], word


def _thoughts(reasoning: int, reading: Reading, dice: random.Random) -> str:
    """What is shown of so many hidden tokens: a sentence or two, as summaries are."""
    return " ".join(sentence(reading, dice) for _ in range(1 + (reasoning > _LONG_THINKING)))


def _shortened(text: str, tokens: int) -> str:
    """The longest beginning of the text, nearly, that has at most `tokens` tokens."""
    while text and (counted := _count(text)) > tokens:
        text = text[: min(len(text) - 1, len(text) * tokens // counted)]
    return text


def _with_output(usage: Usage, completion: int, reasoning: int) -> Usage:
    """The same input, another output."""
    return msgspec.structs.replace(usage, completion_tokens=completion, reasoning_tokens=reasoning)


def _count(text: str) -> int:
    """o200k tokens; texts that come again, such as system messages, are counted once."""
    return _remembered(text) if len(text) <= _REMEMBERED_CHARS else count_o200k([text])[0]


def count_written(text: str) -> int:
    """o200k tokens of an answer's text, sentence by sentence: its sentences come again in other answers.

    The same as of the whole, as no token spans the end of a sentence: o200k takes words with the space before them,
    and punctuation up to the next space.
    """
    return sum(map(_count, _SENTENCE_END.split(text)))


@lru_cache(maxsize=4096)
def _remembered(text: str) -> int:
    """The count of a text of ordinary length."""
    return count_o200k([text])[0]
