"""What every dialect does, and what it is given to do it with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from modelroute_cli.emulator.asked import Asked, Refusal
from modelroute_cli.emulator.faults import AccountFault
from modelroute_cli.emulator.generate import Answer, refused
from modelroute_cli.emulator.rate_limits import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One POST."""

    provider: str
    client_id: str | None
    body: bytes
    model: str | None = None  # where the path names it
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above an answer: a name of its own, when, and who."""

    id: str
    created: int  # seconds since 1970
    model: str
    provider: str
    service_tier: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the headers of a reply are made from."""

    provider: str
    request_id: str
    now: datetime
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One wire format, read and written by the emulator's own code."""

    name: str
    read: Callable[[Incoming], Asked | Refusal]
    reply: Callable[[Answer, Heading, Asked], bytes]
    error: Callable[[Refusal, Place], bytes]
    error_in_200: Callable[[Heading], bytes]
    headers: Callable[[Place], Mapping[str, str]]
    too_many: Callable[[float, Asked], Refusal]  # seconds to wait
    wait_headers: Callable[[float], Mapping[str, str]]  # seconds to wait
    broken: Refusal  # what a provider says that fails
    stopped: Callable[[AccountFault, str], Refusal]  # what a provider of this name says to an account it serves no more
    refuse: Callable[[Answer], Answer] = refused  # what it makes of an answer that the model would not give
