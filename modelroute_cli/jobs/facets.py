"""What rules look at in tags and metadata, written as words: only that enters the REQUESTS frame, not every tag."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import Match

_MOST_FIELDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The tags, and the values of metadata fields, that some rule looks at; picklable."""

    tags: frozenset[str] = frozenset()
    metadata: Mapping[str, frozenset[str]] | None = None  # None: no rule looks at metadata


NOTHING = Wanted()


def wanted_by(matches: Iterable[Match]) -> Wanted:
    """What these matches look at, those below `not` included."""
    tags: set[str] = set()
    metadata: dict[str, set[str]] = {}
    for match in _with_excluded(matches):
        tags.update(match.tags)
        for name, values in match.metadata.items():
            metadata.setdefault(name, set()).update(values)
    values_of = {name: frozenset(values) for name, values in metadata.items()}
    return Wanted(tags=frozenset(tags), metadata=values_of or None)


def _with_excluded(matches: Iterable[Match]) -> Iterator[Match]:
    """Each match, and what it excludes."""
    for match in matches:
        yield match
        if match.excluded is not None:
            yield from _with_excluded((match.excluded,))


def tag_facet(tag: str) -> str:
    """How the frame says that a request has a tag."""
    return f"tag={tag}"


def metadata_facet(name: str, value: str) -> str:
    """How the frame says that a metadata field of a request has a value."""
    return f"metadata.{name}={value}"


class Facets:
    """Writes the facets of requests, and remembers the metadata fields that it met (the first fifty)."""

    def __init__(self, wanted: Wanted = NOTHING) -> None:
        self._wanted = wanted
        self._idle = not wanted.tags and wanted.metadata is None
        self.fields: dict[str, None] = {}

    def column(self, requests: Sequence[Request]) -> list[list[str] | None]:
        """The facets of each request; None for one without any."""
        if self._idle:
            return [None] * len(requests)
        return [self._of(request) or None for request in requests]

    def _of(self, request: Request) -> list[str]:
        """The facets of one request, in order of its own fields."""
        found = [tag_facet(tag) for tag in request.tags if tag in self._wanted.tags]
        if self._wanted.metadata is not None and request.metadata:
            self._remember(request.metadata)
            found += self._metadata(request.metadata, self._wanted.metadata)
        return list(dict.fromkeys(found))

    def _remember(self, metadata: Mapping[str, object]) -> None:
        """The names of fields, as long as there is room; those that rules name always."""
        for name in metadata:
            if len(self.fields) < _MOST_FIELDS or name in (self._wanted.metadata or ()):
                self.fields.setdefault(name)

    def _metadata(self, metadata: Mapping[str, object], wanted: Mapping[str, frozenset[str]]) -> Iterator[str]:
        """The wanted fields that have a wanted value."""
        for name, values in wanted.items():
            for text in _texts(metadata.get(name)):
                if text in values:
                    yield metadata_facet(name, text)


def _texts(value: object) -> Iterator[str]:
    """A scalar as a rule writes it; of a list each scalar in it; nothing for null and objects."""
    items = value if isinstance(value, list) else [value]
    for item in items:
        if isinstance(item, bool):
            yield "true" if item else "false"
        elif isinstance(item, str | int | float):
            yield str(item)
