"""The messages of a run, a small file each in its folder: what was told, and whom it has not reached yet.

Problem: an event must be told once, also where the process dies between telling and noting it.
Solution: the message is written before it is sent, under an id that the same event always has; a receiver is struck
out once it has it. After a crash in between it is sent again, under the same id, and receivers drop what they know.
What still fails: a receiver that does not look at ids hears it twice.
"""

import threading
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from modelroute_cli.catalog.hooks import HookEvent
from modelroute_cli.execution.hooks.message import Message
from modelroute_cli.execution.run_folder import storage_error, write_whole

_FORMAT = 1


class Posted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message, in the order in which it was posted, and the receivers that are still to have it."""

    format: int = _FORMAT
    number: int
    id: str
    event: HookEvent
    body: str
    waiting: tuple[str, ...]  # keys of receivers

    def message(self) -> Message:
        """What is sent."""
        return Message(self.id, self.event, self.body.encode())


class Outbox:
    """The folder of messages, for one process and any of its threads; StorageError where the disk refuses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._held = {each.id: each for each in _read(folder)}

    def has(self, message_id: str) -> bool:
        """Whether it was posted, in this session or before."""
        return message_id in self._held

    def count(self, event: HookEvent) -> int:
        """How many of an event were posted; by the thread that posts."""
        return sum(each.event is event for each in self._held.values())

    def post(self, message: Message, receivers: Iterable[str]) -> bool:
        """Keep it for these receivers; False, and nothing changes, where its id is known."""
        with self._lock:
            if self.has(message.id):
                return False
            number = 1 + max((each.number for each in self._held.values()), default=0)
            body, waiting = message.body.decode(), tuple(receivers)
            self._write(Posted(number=number, id=message.id, event=message.event, body=body, waiting=waiting))
            return True

    def waiting(self, receiver: str) -> tuple[Posted, ...]:
        """What it has not had yet, the oldest first."""
        with self._lock:
            found = [each for each in self._held.values() if receiver in each.waiting]
        return tuple(sorted(found, key=lambda each: each.number))

    def settle(self, message_id: str, receiver: str) -> None:
        """It has it, or will never take it."""
        with self._lock:
            posted = self._held[message_id]
            self._write(structs.replace(posted, waiting=tuple(name for name in posted.waiting if name != receiver)))

    def _write(self, posted: Posted) -> None:
        self._held[posted.id] = posted
        try:
            self._folder.mkdir(exist_ok=True)
            write_whole(self._folder / f"{posted.id}.json", msgspec.json.encode(posted))
        except OSError as error:
            raise storage_error(self._folder, error) from error


def _read(folder: Path) -> Iterable[Posted]:
    """Every message that is there; a file that is none of ours is passed over."""
    for path in sorted(folder.glob("msg_*.json")):
        try:
            yield msgspec.json.decode(path.read_bytes(), type=Posted)
        except (OSError, msgspec.DecodeError):
            continue
