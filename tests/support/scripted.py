"""A provider on loopback that answers what a test says, and keeps what it was sent."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it arrived; header names are lower case."""

    method: str
    path: str  # with its query
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object."""
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """What comes back."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    holds: bool = False  # never answers: the line stays open until the server is closed
    cut: bool = False  # promises the whole body, sends half and hangs up


def of_json(body: object, status: int = 200, **headers: str) -> Scripted:
    """A JSON answer; `retry_after` names the header `retry-after`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Scripted(
        status=status, headers={"content-type": "application/json", **named}, body=json.dumps(body).encode()
    )


Script = Callable[[Sent], Scripted]


@dataclass(slots=True)
class Counterpart:
    """A server that runs; `script` may be replaced between requests."""

    script: Script
    url: str = ""
    sent: list[Sent] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, sent: Sent) -> Scripted:
        """Keep the request, and say what the script says."""
        self.sent.append(sent)
        return self.script(sent)


@contextmanager
def counterpart(script: Script) -> Iterator[Counterpart]:
    """A server on a free port of loopback while the block runs."""
    behind = Counterpart(script)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(behind))
    behind.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield behind
    finally:
        behind.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(behind: Counterpart) -> type[BaseHTTPRequestHandler]:
    """The handler of one server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            _write(self, behind, behind.answer(Sent(self.command, self.path, headers, body)))

        do_GET = do_POST  # noqa: N815 - named by the library

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the library
            """Nothing: tests read `sent`."""

    return Handler


def _write(handler: BaseHTTPRequestHandler, behind: Counterpart, reply: Scripted) -> None:
    """The reply, or what a broken provider makes of it."""
    if reply.holds:
        behind.closing.wait()
        handler.close_connection = True
        return
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    handler.send_header("content-length", str(len(reply.body)))
    handler.end_headers()
    handler.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
    handler.close_connection = reply.cut
