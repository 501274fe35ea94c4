"""Which method and path leads to which endpoint; where providers share a path, the account's name decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from modelroute_cli.emulator.batches import (
    anthropic_batches,
    background,
    gemini_batches,
    gemini_files,
    mistral_files,
    mistral_jobs,
    openai_batches,
    openai_files,
    openrouter_batches,
)
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import Reply, Visit

Method = Literal["GET", "POST", "DELETE"]
Endpoint = Callable[[Store, Visit], Reply]
RESPONSES_PATH = "/responses"  # of all that is posted there, for what asks for an answer later
_ID = "{id:[^/:]+}"
_FAMILIES = {"openrouter": "openrouter", "mistral": "mistral", "gemini": "gemini", "google": "gemini"}


@dataclass(frozen=True, slots=True)
class Way:
    """A method and a path below the base, and what answers there."""

    method: Method
    path: str
    endpoint: Endpoint


def family(store: Store, provider: str) -> str:
    """Whose API an account has: as it was seen to use, else by its name, else OpenAI's."""
    named = (family for name, family in _FAMILIES.items() if name in provider.lower())
    return store.speaks.get(provider) or next(named, "openai")


def _shared(**endpoints: Endpoint) -> Endpoint:
    """A path that several providers have."""

    def answer(store: Store, visit: Visit) -> Reply:
        known = endpoints.get(family(store, visit.provider), endpoints["openai"])
        return known(store, visit)

    return answer


def _create(store: Store, visit: Visit) -> Reply:
    """POST /batches: one that brings its requests is OpenRouter's."""
    if family(store, visit.provider) == "openai" and b'"input_file_id"' in visit.body.read():
        return openai_batches.create(store, visit)
    store.speaks[visit.provider] = "openrouter"
    return openrouter_batches.create(store, visit)


WAYS = (
    Way("POST", "/messages/batches", anthropic_batches.create),
    Way("GET", "/messages/batches", anthropic_batches.listed),
    Way("GET", f"/messages/batches/{_ID}", anthropic_batches.get),
    Way("DELETE", f"/messages/batches/{_ID}", anthropic_batches.delete),
    Way("POST", f"/messages/batches/{_ID}/cancel", anthropic_batches.cancel),
    Way("GET", f"/messages/batches/{_ID}/results", anthropic_batches.results),
    Way("POST", "/files", _shared(openai=openai_files.create, mistral=mistral_files.create)),
    Way("GET", "/files", _shared(openai=openai_files.listed, mistral=mistral_files.listed, gemini=gemini_files.listed)),
    Way("GET", f"/files/{_ID}", _shared(openai=openai_files.get, mistral=mistral_files.get, gemini=gemini_files.get)),
    Way("DELETE", f"/files/{_ID}", _shared(openai=openai_files.delete, gemini=gemini_files.delete)),
    Way("GET", f"/files/{_ID}/content", openai_files.content),
    Way("GET", f"/files/{_ID}:download", gemini_files.download),
    Way("GET", f"/download/{{version}}/files/{_ID}:download", gemini_files.download),
    Way("POST", "/upload/{version}/files", gemini_files.start),
    Way("POST", "/models/{model:[^:]+}:batchGenerateContent", gemini_batches.create),
    Way("POST", f"/batches/{_ID}:cancel", gemini_batches.cancel),
    Way("POST", "/batches", _create),
    Way(
        "GET",
        "/batches",
        _shared(openai=openai_batches.listed, openrouter=openrouter_batches.listed, gemini=gemini_batches.listed),
    ),
    Way(
        "GET",
        f"/batches/{_ID}",
        _shared(openai=openai_batches.get, openrouter=openrouter_batches.get, gemini=gemini_batches.get),
    ),
    Way("DELETE", f"/batches/{_ID}", _shared(openai=openrouter_batches.delete, gemini=gemini_batches.delete)),
    Way("POST", f"/batches/{_ID}/cancel", openai_batches.cancel),
    Way("POST", "/batch/jobs", mistral_jobs.create),
    Way("GET", "/batch/jobs", mistral_jobs.listed),
    Way("GET", f"/batch/jobs/{_ID}", mistral_jobs.get),
    Way("DELETE", f"/batch/jobs/{_ID}", mistral_jobs.delete),
    Way("POST", f"/batch/jobs/{_ID}/cancel", mistral_jobs.cancel),
    Way("POST", RESPONSES_PATH, background.create),
    Way("GET", f"/responses/{_ID}", background.get),
    Way("POST", f"/responses/{_ID}/cancel", background.cancel),
    Way("DELETE", f"/responses/{_ID}", background.delete),
)
