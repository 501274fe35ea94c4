"""Qualities that only the settings know: by template, task type or a field of the request's metadata."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.hidden_quality import ANY_MODEL, share_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What a request is, as far as qualities and drifts may ask."""

    request: Request
    template: str | None
    task_type: str | None

    def is_in(self, name: str) -> bool:
        """Whether a name stands for it: `*`, its template, its task type, or FIELD=VALUE of its metadata."""
        return name in {ANY_MODEL, self.template, self.task_type} or _has(self.request, name)


def hidden_quality(qualities: Mapping[str, Mapping[str, float]], group: Group, model: str) -> float | None:
    """What a model is worth on such a request, by the nearest name that speaks of that model; None: nothing says it.

    Metadata is nearer than the template, the template nearer than the task type, and `*` is the farthest.
    """
    for shares in _nearest_first(qualities, group):
        quality = share_of(shares, model)
        if quality is not None:
            return quality
    return None


def _nearest_first(qualities: Mapping[str, Mapping[str, float]], group: Group) -> list[Mapping[str, float]]:
    """Those that speak of the request."""
    named = [shares for name, shares in qualities.items() if _has(group.request, name)]
    usual = (group.template, group.task_type, ANY_MODEL)
    return [*named, *(qualities[name] for name in usual if name is not None and name in qualities)]


def _has(request: Request, name: str) -> bool:
    """Whether `FIELD=VALUE` holds for the metadata of a request."""
    field, equals, value = name.partition("=")
    if not equals or field not in request.metadata:
        return False
    found = request.metadata[field]
    return value == (found if isinstance(found, str) else msgspec.json.encode(found).decode())
