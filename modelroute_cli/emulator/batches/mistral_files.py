"""Mistral's files: OpenAI's, with what kind of sample they are and where they come from."""

from dataclasses import replace

import msgspec

from modelroute_cli.emulator.batches import openai_files
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import Reply, Visit, told

_OK = 200


def create(store: Store, visit: Visit) -> Reply:
    """POST /files."""
    return _as_mistral(openai_files.create(store, visit))


def get(store: Store, visit: Visit) -> Reply:
    """GET /files/ID."""
    return _as_mistral(openai_files.get(store, visit), deleted=False)


def listed(store: Store, visit: Visit) -> Reply:
    """GET /files."""
    page = msgspec.json.decode(openai_files.listed(store, visit).body, type=dict[str, object])
    data = page["data"]
    files = [_with_source(file) for file in data] if isinstance(data, list) else []
    return told({"object": "list", "data": files, "total": len(files)})


def _as_mistral(reply: Reply, **more: object) -> Reply:
    """The file with Mistral's own fields; an error as it is."""
    if reply.status != _OK:
        return reply
    file = msgspec.json.decode(reply.body, type=dict[str, object])
    return replace(reply, body=msgspec.json.encode({**_with_source(file), **more}))


def _with_source(file: dict[str, object]) -> dict[str, object]:
    """Without OpenAI's `status`; Mistral knows one purpose, `batch`, and tells results by their sample type."""
    is_upload = file["purpose"] == "batch"
    is_error = "_error" in str(file["filename"])
    made = "batch_error" if is_error else "batch_result"
    own = {"purpose": "batch", "sample_type": "batch_request" if is_upload else made}
    kept = {name: value for name, value in file.items() if name != "status"}
    return {**kept, **own, "source": "upload" if is_upload else "mistral", "mimetype": "application/jsonl"}
