"""Which method and path leads to which endpoint; where providers share a path, the account's name decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from modelroute_cli.emulator.batches import anthropic_batches, openai_batches, openai_files
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import Reply, Visit

Method = Literal["GET", "POST", "DELETE"]
Endpoint = Callable[[Store, Visit], Reply]
_ID = "{id:[^/:]+}"


@dataclass(frozen=True, slots=True)
class Way:
    """A method and a path below the base, and what answers there."""

    method: Method
    path: str
    endpoint: Endpoint


WAYS = (
    Way("POST", "/messages/batches", anthropic_batches.create),
    Way("GET", "/messages/batches", anthropic_batches.listed),
    Way("GET", f"/messages/batches/{_ID}", anthropic_batches.get),
    Way("DELETE", f"/messages/batches/{_ID}", anthropic_batches.delete),
    Way("POST", f"/messages/batches/{_ID}/cancel", anthropic_batches.cancel),
    Way("GET", f"/messages/batches/{_ID}/results", anthropic_batches.results),
    Way("POST", "/files", openai_files.create),
    Way("GET", "/files", openai_files.listed),
    Way("GET", f"/files/{_ID}", openai_files.get),
    Way("DELETE", f"/files/{_ID}", openai_files.delete),
    Way("GET", f"/files/{_ID}/content", openai_files.content),
    Way("POST", "/batches", openai_batches.create),
    Way("GET", "/batches", openai_batches.listed),
    Way("GET", f"/batches/{_ID}", openai_batches.get),
    Way("POST", f"/batches/{_ID}/cancel", openai_batches.cancel),
)
