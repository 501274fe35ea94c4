"""What answers with the weights: mistralrs, on this machine's processors, one request at a time."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from modelroute_cli.local.gguf import read_head

# For requests that do not say. The makers of SmolLM2 advise a temperature of 0.2 and a top_p of 0.9 in its model card;
# long mails then ended in loops (four of four), at 0.7 they do so less often (nine of ten came to no end).
TEMPERATURE = 0.7
TOP_P = 0.9

_FAST_TYPE = "Q8_0"
_TOO_LONG = "sequence length is greater than"
_BAD_SCHEMA = "invalid grammar"


class TooLongError(Exception):
    """The prompt does not fit into the model's context."""


class BadSchemaError(Exception):
    """The response schema cannot be held to."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the chat."""

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of the model."""

    turns: Sequence[Turn]
    max_tokens: int
    temperature: float = TEMPERATURE
    top_p: float = TOP_P
    stop: Sequence[str] = ()
    schema: Mapping[str, object] | None = None  # the answer is held to it, token by token


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the model said, and the tokens it read and wrote by its own count."""

    text: str
    finish_reason: str  # `stop` or `length`
    input_tokens: int
    output_tokens: int


class Engine(Protocol):
    """Anything that answers; one call at a time, blocking."""

    def generate(self, ask: Ask) -> Reply:
        """The model's answer; TooLongError, BadSchemaError."""
        ...


class MistralEngine:
    """A model loaded by mistralrs; it holds its weights in memory until the process ends."""

    def __init__(self, weights: Path) -> None:
        """Load it; ValueError or RuntimeError with the engine's own words when it cannot be."""
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # everything is in the file: nothing is to be fetched
        from mistralrs import Runner, Which  # noqa: PLC0415 - an extra, and 80 MB

        self._runner = Runner(
            which=Which.GGUF(quantized_model_id=str(weights.parent), quantized_filename=weights.name),
            token_source="none",  # noqa: S106 - the word for having no token
            prefix_cache_n=4,
            in_situ_quant=_FAST_TYPE if read_head(weights).is_slow else None,
        )

    def generate(self, ask: Ask) -> Reply:
        """The model's answer; TooLongError, BadSchemaError."""
        from mistralrs import ChatCompletionRequest  # noqa: PLC0415 - an extra

        request = ChatCompletionRequest(
            messages=[{"role": turn.role, "content": turn.content} for turn in ask.turns],
            model="default",
            max_tokens=ask.max_tokens,
            temperature=ask.temperature,
            top_p=ask.top_p,
            stop_seqs=list(ask.stop) or None,
            grammar=None if ask.schema is None else json.dumps(ask.schema),
            grammar_type=None if ask.schema is None else "json_schema",
        )
        try:
            answer = self._runner.send_chat_completion_request(request)
        except ValueError as error:
            raise _mapped(error) from error
        choice = answer.choices[0]
        return Reply(
            text=choice.message.content or "",
            finish_reason=choice.finish_reason,
            input_tokens=answer.usage.prompt_tokens,
            output_tokens=answer.usage.completion_tokens,
        )


def _mapped(error: ValueError) -> Exception:
    """The engine's refusal as one of ours, by its words: it has no codes. The stack below them is left out."""
    told = str(error).partition("\n")[0]
    if _TOO_LONG in told.lower():
        return TooLongError(told)
    return BadSchemaError(told) if _BAD_SCHEMA in told.lower() else error
