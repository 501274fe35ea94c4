"""Template keys: which requests of a batch were made from one pattern, with what makes their answers alike.

A key is `email-en-text-3f9a0c1b`: task type, language and kind of the answer, and the name of the skeleton that the
request fits. What fits none is put with what looks like it; such names begin with `~`.
"""

from dataclasses import dataclass
from hashlib import blake2b

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features import shape
from modelroute_cli.features.output import Kind
from modelroute_cli.features.reading import Reading

_LOOKS = frozenset(map(shape.NAMES.index, ("code fence", "code", "formula", "JSON", "table", "speakers")))
_CHARS = (100, 400, 2_000, 10_000)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of the answers of a template: what was asked, in which language they are, of what kind."""

    task_type: TaskType
    language: str
    kind: Kind


def key(answer: Answer, name: str) -> str:
    """The key of a template of that name."""
    return f"{answer.task_type.value}-{answer.language}-{answer.kind}-{name}"


def likeness(reading: Reading) -> str:
    """The name of those that look alike: one system message, one schema, of about one length, with the same looks."""
    request = reading.request
    looks = sorted(_LOOKS.intersection(shape.shape(request, reading.zones)))
    told = (reading.zones.system, _fields(request), bool(request.images), _size(request), looks)
    return f"~{blake2b(repr(told).encode('utf-8', 'replace'), digest_size=4).hexdigest()}"


def _size(request: Request) -> int:
    """The step of its length."""
    chars = len(request.prompt or "") + sum(len(turn.content) for turn in request.messages or ())
    return sum(chars > step for step in _CHARS)


def _fields(request: Request) -> list[str]:
    """The names of the fields of its schema."""
    fields = (request.response_schema or {}).get("properties")
    return sorted(fields) if isinstance(fields, dict) else []
