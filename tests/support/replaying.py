"""A job, its recorded outcomes, and the emulator that replays them, asked through the true wire formats."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Literal

import msgspec
import polars as pl
from msgspec.structs import replace
from support.catalog_room import default_catalog
from support.emulating import UNLIMITED, NotingClock

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.hidden_quality import EmulatorReplay
from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.emulator.in_process import URL, Begun, InProcess
from modelroute_cli.emulator.replay.counts import Replayed
from modelroute_cli.emulator.replay.opening import Job, open_replay, recorded_in
from modelroute_cli.emulator.replay.replay import Replay
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.providers.base import Answer, Call, WireResponse
from modelroute_cli.providers.formats import format_for

CHAT, RESPONSES, MESSAGES, GEMINI = "mistral-small", "gpt-5", "claude-haiku-5-5", "gemini-3.8-flash"
"""A model of each wire format."""


FORMATS = (CHAT, RESPONSES, MESSAGES, GEMINI)
LABELS = ("billing", "technical", "other")
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"label": {"type": "string", "enum": list(LABELS)}, "sure": {"type": "boolean"}},
    "required": ["label", "sure"],
    "additionalProperties": False,
}
"""Of the labels of `ticket`."""
Role = Literal["system", "user", "assistant"]
_OPEN: list[Replay] = []


@cache
def every_format() -> Catalog:
    """The catalog of a user who has set nothing but that OpenAI is spoken to in its newer format."""
    shipped = default_catalog()
    newer = msgspec.structs.replace(shipped.providers["openai"], format="openai_responses")
    return dataclasses.replace(shipped, providers={**shipped.providers, "openai": newer})


@dataclass(frozen=True, slots=True)
class Row:
    """A line of outcomes."""

    custom_id: str
    model: str
    quality: float
    output_tokens: int | None = None
    answer: str | None = None


def as_it_is(request: Request) -> Request:
    """A job whose files stand in its rows."""
    return request


def job_of(
    folder: Path,
    requests: Sequence[Request],
    *,
    templates: Sequence[str] = (),
    task_type: str = "classification",
    inline: Callable[[Request], Request] = as_it_is,
) -> Job:
    """The requests in a job file, of one task type; of one template where none are given."""
    lines = [msgspec.json.encode(request) for request in requests]
    ends = list(accumulate(len(line) + 1 for line in lines))
    path = folder / "job.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    frame = pl.LazyFrame(
        {
            "custom_id": [request.custom_id for request in requests],
            "offset": [0, *ends[:-1]],
            "length": [len(line) for line in lines],
            "template": list(templates) or ["t1"] * len(requests),
            "task_type": [task_type] * len(requests),
        }
    )
    return Job(path=path, frame=frame, inline=inline)


def outcomes_of(folder: Path, rows: Sequence[Row]) -> Path:
    """The outcomes in a file."""
    path = folder / "outcomes.parquet"
    pl.DataFrame([dataclasses.asdict(row) for row in rows], infer_schema_length=None).write_parquet(path)
    return path


@dataclass
class Replaying:
    """An emulator with a replay; `ask` sends a request as a run does and reads what comes back."""

    replay: Replay
    clock: NotingClock
    emulator: InProcess
    catalog: Catalog
    sent: int = 0

    def ask(self, request: Request, model: str, **changed: object) -> Answer:
        """The answer of a model of the catalog, by its provider's wire format; `changed` are fields of the call."""
        call = self.call(request, model, **changed)
        wire = format_for(call.provider).encode(call)
        begun = self.emulator.begin(wire.url, wire.headers, wire.body)
        assert isinstance(begun, Begun)
        outgoing = begun.outgoing
        reply = format_for(call.provider).decode(
            WireResponse(status=outgoing.status, headers={}, body=outgoing.body), call
        )
        assert isinstance(reply, Answer), reply
        return reply

    def call(self, request: Request, model: str, **changed: object) -> Call:
        """One attempt, named by its number."""
        self.sent += 1
        card = self.catalog.models[model]
        call = Call(
            request=request,
            card=card,
            provider=rewire(self.catalog.providers[card.provider], URL),
            max_tokens=2000,
            key=None,
            secrets={},
            client_id=f"a-{self.sent}",
        )
        return dataclasses.replace(call, **changed)  # type: ignore[arg-type]

    @property
    def stats(self) -> Replayed:
        """The books of the replay."""
        told = self.emulator.stats.replay
        assert told is not None
        return told


def replaying(
    job: Job,
    outcomes: Path | None = None,
    replay: EmulatorReplay | None = None,
    *,
    catalog: Catalog | None = None,
    settings: EmulatorSettings = UNLIMITED,
) -> Replaying:
    """The emulator over a job, without limits, faults and waits."""
    clock, known = NotingClock(), catalog or every_format()
    chosen = replace(settings, replay=replay or EmulatorReplay())
    opened = open_replay(job, recorded_in(outcomes, job.frame, known, chosen), known, chosen)
    _OPEN.append(opened)
    return Replaying(opened, clock, InProcess(chosen, clock, opened), known)


def close_all() -> None:
    """Close every replay that was opened here."""
    while _OPEN:
        _OPEN.pop().close()


def ticket(number: int, **fields: object) -> Request:
    """A request whose right answer is one of three labels."""
    prompt = f"Which label fits this ticket: billing, technical or other?\n\n  Ticket {number}.\tIt broke."
    return replace(Request(custom_id=f"r{number}", prompt=prompt, expected=LABELS[number % 3]), **fields)


def tickets(count: int) -> list[Request]:
    """Requests of one template."""
    return [ticket(number) for number in range(count)]


def chat(custom_id: str, *turns: tuple[Role, str]) -> Request:
    """A request of several turns."""
    return Request(custom_id=custom_id, messages=tuple(Message(role, said) for role, said in turns))


def hidden(quality: float, **fields: object) -> EmulatorReplay:
    """Every model is worth the same on everything."""
    return replace(EmulatorReplay(qualities={"*": {"*": quality}}), **fields)
