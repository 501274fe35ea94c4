"""An emulator with an ear on the line: what is sent to it is kept, byte for byte, and answered as without."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from support.emulating_aside import emulator_aside
from support.scripted import Counterpart, Scripted, Sent, counterpart

from modelroute_cli.catalog.settings import EmulatorSettings

_OF_THE_LINE = frozenset({"content-length", "connection", "host", "transfer-encoding", "date", "server"})


@contextmanager
def tapped_emulator(settings: EmulatorSettings) -> Iterator[Counterpart]:
    """`url` is where to send, `sent` what came, in the order of its coming."""
    with emulator_aside(settings) as emulator, httpx.Client(timeout=30) as client:

        def passed_on(sent: Sent) -> Scripted:
            """What the emulator says to it."""
            headers = {name: value for name, value in sent.headers.items() if name not in _OF_THE_LINE}
            said = client.request(sent.method, emulator.url + sent.path, headers=headers, content=sent.body)
            kept = {name: value for name, value in said.headers.items() if name.lower() not in _OF_THE_LINE}
            return Scripted(status=said.status_code, headers=kept, body=said.content)

        with counterpart(passed_on) as tapped:
            yield tapped
