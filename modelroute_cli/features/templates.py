"""Templates: which requests of a batch were made from one prompt pattern, told by a stable key of each one alone.

The key is the same on every machine and does not depend on other requests or on order. Its limits: two wordings of one
pattern are two templates, and a pattern whose varying part stands among its first words is many.
"""

import re
from hashlib import blake2b

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.reading import Reading

_FIRST_WORDS = 4
_READ_CHARS = 100
_MASKED = re.compile(
    r"https?://\S+|\S+@\S+|\{\{?[^{}]*\}?\}"  # addresses and placeholders
    r"|\"[^\"]*\"?|“[^”]*”?|„[^“”]*[“”]?|«[^»]*»?|「[^」]*」?|'[^'\s][^']*'"  # what is quoted
    r"|\d+(?:[.,:/-]\d+)*"
)
_WORD = re.compile(r"[^\W\d_]+|§")


def template(reading: Reading, task_type: TaskType) -> str:
    """The key, as `email-en-3f9a0c1b`: task type, language, and a hash over the pattern.

    The pattern is the system message, the first words of the instruction with numbers, names in quotes and
    addresses masked, and the kind of output (schema, images).
    """
    request = reading.request
    pattern = "\x1f".join((request.system or _told(request), skeleton(reading.zones.head), _output(request)))
    digest = blake2b(pattern.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{task_type.value}-{reading.language}-{digest}"


def skeleton(head: str) -> str:
    """The first words in lower case, what varies replaced by `§`."""
    masked = _MASKED.sub("§", head[:_READ_CHARS].casefold())
    return " ".join(_WORD.findall(masked)[:_FIRST_WORDS])


def _told(request: Request) -> str:
    """System messages given as turns."""
    return "\n".join(turn.content for turn in request.messages or () if turn.role in ("system", "developer"))


def _output(request: Request) -> str:
    """The kind of output: the schema's field names, and whether images go in."""
    schema = request.response_schema
    fields = schema.get("properties") if schema else None
    names = sorted(fields) if isinstance(fields, dict) else []
    return f"{'schema' if schema is not None else 'text'}:{','.join(names)}:{'images' if request.images else ''}"
