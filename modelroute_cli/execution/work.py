"""What a run needs, tells and ends with: the values that pass between the command line and the engine."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, structs

from modelroute_cli.base.clock import Clock
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import GateRules, Request, ServiceTier
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.restrictions import stricter
from modelroute_cli.catalog.settings import CapSettings, RunSettings
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.keys import Credentials
from modelroute_cli.execution.pace import PaceSignal
from modelroute_cli.execution.realised.scoring import Grade, equals_expected
from modelroute_cli.execution.run_log import RunLog
from modelroute_cli.execution.shortfall import Shortfall
from modelroute_cli.execution.tickets import Assigned
from modelroute_cli.providers.base import Transport, WireFormat
from modelroute_cli.providers.batch import BatchApi


class StopSignal:
    """How often the user asked to stop: 1, finish what is in flight; 2, cancel it."""

    def __init__(self) -> None:
        self.stage = 0
        self._listeners: list[Callable[[], None]] = []

    def request(self) -> int:
        """Ask once more and tell the engine; the stage reached. To be called on the event loop."""
        self.stage = min(self.stage + 1, 2)
        for listener in self._listeners:
            listener()
        return self.stage

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` at every later request."""
        self._listeners.append(listener)


NO_MONEY = PicoUSD(0)


class LimitUnit(StrEnum):
    """What a provider counts."""

    RPM = "RPM"
    TPM = "TPM"
    INPUT_TPM = "input TPM"
    OUTPUT_TPM = "output TPM"
    RPD = "RPD"
    TPD = "TPD"


class KnownLimit(Struct, frozen=True, forbid_unknown_fields=True):
    """A limit as the settings or a provider's answers state it, or as its 429s taught it."""

    amount: int
    unit: LimitUnit
    learned: bool = False


class ModelProgress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one model of a run stands."""

    model: str
    done: int  # requests that came to their end here, accepted or failed
    in_flight: int
    waiting: int
    per_minute: float | None  # attempts that ended, over the last half minute; None before that means anything
    limit: KnownLimit | None  # the one that takes longest; None where none is known
    holds: str  # why nothing more starts here just now, such as `429, 12 s`; empty when something may
    spent_pusd: PicoUSD


class BatchProgress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one provider has in hand at one tier, handed in and not collected."""

    provider: str
    service_tier: str
    batches: int
    requests: int
    done: int | None  # of these, as far as the provider says
    since: str  # ISO, UTC: when the oldest was handed in
    due_at: str | None  # when the first of their deadlines is
    state: str  # of the one that is furthest behind, such as `waiting` or `running`


class Progress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a run stands; requests are counted without duplicates, models stand in the order of their names."""

    done: int  # accepted and failed
    total: int
    failed: int
    in_flight: int
    spent_pusd: PicoUSD
    held_pusd: PicoUSD  # of requests whose outcome is unknown
    cap_pusd: PicoUSD
    eta_s: float | None
    projected_pusd: PicoUSD | None = None  # what it comes to by observed usage; None while that is unknown
    planned_pusd: PicoUSD | None = None  # what the plan expects of the whole run
    reserved_pusd: PicoUSD = NO_MONEY  # the most that those in flight can cost
    escalations: int = 0  # attempts on a stronger model after a failed gate
    per_minute: float | None = None  # attempts that ended, of all models
    paced: str = ""  # what the user slowed it down to, such as `paced at 50%`
    models: tuple[ModelProgress, ...] = ()
    batches: tuple[BatchProgress, ...] = ()
    falls: tuple[str, ...] = ()  # models that do worse on a template than was expected, in words


class Observer(Protocol):
    """Who is told; called on the event loop, so it must be quick."""

    def on_progress(self, progress: Progress) -> None:
        """Where the run stands, at most five times a second and once at the end."""
        ...

    def on_notice(self, text: str) -> None:
        """Something a person would want to know while it happens."""
        ...


@dataclass(frozen=True, slots=True)
class Bound:
    """The time that a limit alone needs for some requests."""

    seconds: float
    limit: KnownLimit
    subject: str  # the model, or the provider whose account it is


class RunStatus(StrEnum):
    """Why a run ended."""

    DONE = "done"  # every request is accepted or failed
    STOPPED = "stopped"  # the user stopped it
    CAP_REACHED = "cap_reached"  # the hard cap leaves no room for the next request
    WAITING = "waiting"  # all that is left was handed in, and the user did not want to wait for it


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """How a run ended; counts are of the whole run (earlier sessions included), without duplicates."""

    status: RunStatus
    accepted: int
    failed: int
    unsent: int
    sent_now: int  # attempts of this session
    spent_pusd: PicoUSD
    held_pusd: PicoUSD
    cap_pusd: PicoUSD
    message: str = ""  # what to tell the user, empty when done
    short: tuple[Shortfall, ...] = ()  # the caps that were reached
    took_s: float = 0.0  # this session
    bound: Bound | None = None  # the least that the known limits allow for what this session sent
    handed_in: int = 0  # requests whose answers a provider has yet to give, of those unsent


class Patience(StrEnum):
    """What a session does about requests that are handed in."""

    WAIT = "wait"  # until they are answered
    LEAVE = "leave"  # hand all in, collect what is there, and leave the rest to a later session
    CANCEL = "cancel"  # stop them, collect what was done, and send nothing


def no_batches(provider: Provider, tier: ServiceTier) -> None:
    """Nothing can be handed in anywhere."""
    del provider, tier


def as_it_is(request: Request) -> Request:
    """The request itself: a job without files."""
    return request


async def as_linked(request: Request, provider: Provider) -> Request:
    """The request itself: nothing is read from addresses for this provider."""
    del provider
    return request


@dataclass(frozen=True, slots=True)
class Before:
    """What was spent under the same hard cap before the run: questions about its templates."""

    spent_pusd: PicoUSD
    held_pusd: PicoUSD


NOTHING_BEFORE = Before(PicoUSD(0), PicoUSD(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWork:
    """Everything the engine acts through; `providers` as they are to be reached (rewired when emulated)."""

    run_id: str
    journal: Journal
    read: Callable[[int, int], Request]  # (offset, length) -> the request, e.g. RequestReader.at
    providers: Mapping[str, Provider]
    formats: Callable[[Provider], WireFormat]
    transport: Transport
    clock: Clock
    credentials: Mapping[str, Credentials]  # by provider name
    settings: RunSettings
    hard_cap_pusd: PicoUSD
    before: Before = NOTHING_BEFORE
    inline: Callable[[Request], Request] = as_it_is  # the content of files in the place of their paths; in a thread
    fetch: Callable[[Request, Provider], Awaitable[Request]] = as_linked  # that of addresses this provider cannot read
    only: frozenset[int] | None = None  # rows that may be sent, the others wait for another session; None: all
    seed: int = 0
    stop: StopSignal = field(default_factory=StopSignal)
    pace: PaceSignal = field(default_factory=PaceSignal)
    log: RunLog | None = None  # open; None keeps none
    caps: CapSettings = field(default_factory=CapSettings)  # beside the hard cap
    weights: Mapping[str, float] = field(default_factory=dict)  # of tenants; `default` of those it does not name
    program_env: Mapping[str, str] = field(default_factory=dict)  # the environment of programs that judge answers
    gates: Mapping[str, GateRules] = field(default_factory=dict)  # rule -> gates that it adds to its requests' own
    patience: Patience = Patience.WAIT
    batches: Callable[[Provider, ServiceTier], BatchApi | None] = no_batches  # how requests are handed in there
    handed_in_format: Callable[[Provider, ServiceTier], WireFormat] | None = None  # of lines; None: that of all calls
    grade: Grade = equals_expected  # what an output is worth beside its request's `expected`
    keeps_hours: bool = True  # waits for the cheap hours of the off-peak tier; an emulator has none

    def request(self, assigned: Assigned) -> Request:
        """The request of an assignment, held to its own gates and its rule's; JobFileError when it is gone."""
        request = self.read(assigned.offset, assigned.length)
        added = self.gates.get(assigned.rule)
        if request.gates is not None and request.gates.command is not None:  # only settings may start programs
            request = structs.replace(request, gates=structs.replace(request.gates, command=None))
        return request if added is None else structs.replace(request, gates=stricter(request.gates, added))
