"""One message: what happened, as a small JSON body without a text of the job, and an id that is always the same."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePath

import msgspec
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD, format_usd, to_usd_string
from modelroute_cli.catalog.hooks import HookEvent

FORMAT = 1
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069<>&`*|\ud800-\udfff]+")
_LONGEST_NAME = 100
_SAID = {
    HookEvent.PLAN: "is planned",
    HookEvent.START: "starts",
    HookEvent.RESUMED: "goes on",
    HookEvent.CAP_50: "has used half of its hard cap",
    HookEvent.CAP_90: "has used 90% of its hard cap",
    HookEvent.CAP_100: "has reached its hard cap",
    HookEvent.HANDED_IN: "is handed in, to be collected later",
    HookEvent.STOPPED: "was stopped",
    HookEvent.FINISH: "is finished",
    HookEvent.FAILURE: "did not go well",
    HookEvent.TEST: "is a test",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What all messages of a run have in common; `created_at` sets a restarted run apart from the one before."""

    run_id: str  # empty: there is none
    created_at: str
    source: str  # the job file as the user named it
    emulated: bool
    requests: int  # without duplicates
    projected_pusd: PicoUSD  # what all of it comes to, by the plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a run stands; requests without duplicates."""

    accepted: int
    failed: int
    spent_pusd: PicoUSD
    held_pusd: PicoUSD  # of requests whose outcome is unknown
    cap_pusd: PicoUSD


class Counts(Struct, frozen=True, kw_only=True):
    """Requests of a run, duplicates left out."""

    requests: int
    accepted: int
    failed: int
    waiting: int  # those in flight among them


class Body(Struct, frozen=True, kw_only=True):
    """What is sent: no prompt, no answer, no `custom_id`, no key; money in dollars, as exact decimal strings."""

    format: int = FORMAT
    type: str  # `modelroute.finish`
    timestamp: str  # ISO, UTC: when it happened
    event: HookEvent
    text: str  # one plain sentence, which chats show
    run_id: str | None  # None for a plan and a test
    job: str  # name of the job file, without its folder
    state: str  # planned, running, waiting, stopped, finished, cap_reached, or the kind of error that ended it
    emulated: bool
    counts: Counts
    spent_usd: str
    held_usd: str
    cap_usd: str
    projected_usd: str
    next: str | None  # the command that shows more


@dataclass(frozen=True, slots=True)
class Message:
    """A body under the id that it keeps, however often it is sent."""

    id: str
    event: HookEvent
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """That something happened: `once` are the values that tell it from another of its kind in the same run."""

    event: HookEvent
    at: str  # ISO, UTC
    state: str
    once: tuple[int | str, ...] = ()


def message_of(run: Run, standing: Standing, occasion: Occasion) -> Message:
    """The message; the same run, event and `once` give the same id, whatever else it says."""
    body = Body(
        type=f"modelroute.{occasion.event}",
        timestamp=occasion.at,
        event=occasion.event,
        text=_text(run, standing, occasion),
        run_id=run.run_id or None,
        job=_name(run.source),
        state=occasion.state,
        emulated=run.emulated,
        counts=Counts(
            requests=run.requests,
            accepted=standing.accepted,
            failed=standing.failed,
            waiting=run.requests - standing.accepted - standing.failed,
        ),
        spent_usd=to_usd_string(standing.spent_pusd),
        held_usd=to_usd_string(standing.held_pusd),
        cap_usd=to_usd_string(standing.cap_pusd),
        projected_usd=to_usd_string(run.projected_pusd),
        next=_next(run, occasion),
    )
    return Message(message_id(run, occasion), occasion.event, msgspec.json.encode(body))


def message_id(run: Run, occasion: Occasion) -> str:
    """`msg_` and 32 hex digits over run, event and what sets it apart; no `.`, which ends it where it is signed."""
    parts = (run.run_id, run.created_at, occasion.event, *occasion.once)
    return f"msg_{hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]}"


def _text(run: Run, standing: Standing, occasion: Occasion) -> str:
    """`marketing.jsonl is finished: 992 of 1,000 accepted, 8 failed, $0.231 spent of at most $0.285`."""
    mark = "[emulated] " if run.emulated else ""
    cap = format_usd(standing.cap_pusd)
    begun = f"{mark}{_name(run.source)} {_SAID[occasion.event]}: "
    if occasion.event is HookEvent.PLAN:
        cost = format_usd(run.projected_pusd, estimate=True)
        return f"{begun}{run.requests:,} requests for {cost}, hard cap {cap}"
    if occasion.event is HookEvent.TEST:
        return "modelroute reaches you: this is a test, nothing was planned or sent"
    done = f"{standing.accepted:,} of {run.requests:,} accepted, {standing.failed:,} failed"
    return f"{begun}{done}, {format_usd(standing.spent_pusd)} spent of at most {cap}"


def _name(source: str) -> str:
    """The job file's own name, without what a chat or a terminal would take for markup, cut to 100 characters."""
    name = _UNSAFE.sub("_", PurePath(source).name) or "stdin"
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _next(run: Run, occasion: Occasion) -> str | None:
    """The command that shows more: never that which was typed, whose flags may hold a prompt."""
    if not run.run_id:
        return None
    return f"modelroute {'report' if occasion.event is HookEvent.FINISH else 'status'} {run.run_id}"
