"""Webhook receivers and messages of an invented run."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from support.progress import HandClock

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.hooks import ABOUT_RUNS, HookEvent
from modelroute_cli.execution.hooks.message import Occasion, Run, Standing
from modelroute_cli.execution.hooks.receivers import Address
from modelroute_cli.execution.hooks.sending import Ways
from modelroute_cli.providers.base import TransportError, WireRequest, WireResponse

SECRET = b"0123456789abcdef0123456789abcdef"
SECRET_TEXT = base64.b64encode(SECRET).decode()
PATH = "/services/T0000/plantedPathToken0123456789"
USD = 10**12


def a_run(**changes: object) -> Run:
    """Ten requests, expected to cost 40 cents."""
    fields: dict[str, object] = {
        "run_id": "0123456789ab",
        "created_at": "2026-11-23T10:00:00+00:00",
        "source": "jobs/marketing.jsonl",
        "emulated": False,
        "requests": 10,
        "projected_pusd": PicoUSD(4 * USD // 10),
    }
    return Run(**{**fields, **changes})  # type: ignore[arg-type]


def standing(accepted: int = 0, failed: int = 0, spent: int = 0) -> Standing:
    """Under a hard cap of a dollar."""
    return Standing(
        accepted=accepted, failed=failed, spent_pusd=PicoUSD(spent), held_pusd=PicoUSD(0), cap_pusd=PicoUSD(USD)
    )


def occasion(event: HookEvent = HookEvent.START, *once: int | str) -> Occasion:
    """At ten o'clock."""
    return Occasion(event=event, at="2026-11-23T10:00:00.000+00:00", state="running", once=once)


def address(url: str = f"https://hooks.example.com{PATH}", **changes: object) -> Address:
    """A receiver of everything that happens to runs."""
    fields: dict[str, object] = {
        "key": "one",
        "name": "https://hooks.example.com",
        "events": frozenset(ABOUT_RUNS),
        "timeout_s": 15.0,
        "url": url,
        "secret": SECRET,
    }
    return Address(**{**fields, **changes})  # type: ignore[arg-type]


@dataclass
class FakeReceiver:
    """A transport that answers by a list of statuses, the last for ever; 0 breaks the connection."""

    statuses: list[int]
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[WireRequest] = field(default_factory=list)

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Answer the next status."""
        del timeout_s
        self.seen.append(request)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if not status:
            message = "no connection to `hooks.example.com`: Connection refused"
            raise TransportError(message, sent=False)
        return WireResponse(status=status, headers=self.headers, body=b"")

    async def close(self) -> None:
        """Nothing is held."""


def ways(receiver: FakeReceiver, clock: HandClock | None = None, env: dict[str, str] | None = None) -> Ways:
    """Through it."""
    return Ways(transport=receiver, clock=clock or HandClock(), program_env=env or {})


@dataclass(frozen=True)
class Got:
    """One POST, as a receiver sees it."""

    path: str
    id: str
    timestamp: str
    signature: str | None
    body: bytes

    @property
    def is_signed(self) -> bool:
        """Whether the signature is that of the secret, worked out here anew."""
        mac = hmac.new(SECRET, f"{self.id}.{self.timestamp}.".encode() + self.body, hashlib.sha256)
        return self.signature == f"v1,{base64.b64encode(mac.digest()).decode()}"


@dataclass
class Listener:
    """A receiver on loopback; it answers its statuses in turn, then 204."""

    url: str
    statuses: list[int]
    got: list[Got] = field(default_factory=list)


@contextmanager
def listening(*statuses: int) -> Iterator[Listener]:
    """A real HTTP server in a thread, for as long as the block lasts."""
    found, lock = Listener("", list(statuses)), Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with lock:
                head = self.headers
                signed = head["webhook-signature"]
                found.got.append(Got(self.path, head["webhook-id"], head["webhook-timestamp"], signed, body))
                status = found.statuses.pop(0) if found.statuses else 204
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}{PATH}"
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
