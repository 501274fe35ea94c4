"""What is replaced in which request: what a plan says for all and by rule, and what a row asks for itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from modelroute_cli.base.errors import JobFileError, PlanFileError
from modelroute_cli.base.schema import PersonalData, Redact, Request
from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.features.privacy.detector import Detector
from modelroute_cli.features.redaction.finder import Finder
from modelroute_cli.features.redaction.sealing import Sealed, seal
from modelroute_cli.features.redaction.terms import Terms

DETECTOR = 1
"""Counts changes in what is found: placeholders are numbered by it, so a run ends with what it was planned with."""


class Redacting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that says what is replaced in the requests of a plan, beside the requests themselves; it never changes."""

    everywhere: tuple[PersonalData, ...] = ()
    rules: dict[str, tuple[PersonalData, ...]] = {}  # by the `rule` of requests
    terms: tuple[str, ...] = ()  # in every request
    fields: tuple[str, ...] = ()  # of `metadata`, whose values are terms of their request
    ignore: tuple[str, ...] = ()  # finds that are nobody's, as `privacy.ignore`
    media: Literal["refuse", "send"] = "refuse"  # what becomes of pictures, sound and documents
    detector: int = DETECTOR
    requests: int = 0  # of the plan's, in which something is replaced; duplicates left out
    found: dict[str, int] = {}  # kind -> requests


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is replaced in one request."""

    kinds: frozenset[PersonalData]
    terms: tuple[str, ...]  # of its own


@dataclass(frozen=True)
class Redactor:
    """Seals requests as `order` says. Pure: the same request gives the same placeholders in every session."""

    order: Redacting = field(default_factory=Redacting)

    @classmethod
    def of(cls, order: Redacting | None) -> "Redactor":
        """The redactor of a plan (None: rows alone say what is replaced); PlanFileError where it finds otherwise."""
        if order is not None and order.detector != DETECTOR:
            message = f"the plan was made to find personal data as of version {order.detector}, this is {DETECTOR}"
            hint = "placeholders would not fit: plan the job again, or go on with the modelroute that made the plan"
            raise PlanFileError(message, hint=hint)
        return cls(order or Redacting())

    def redacts(self, request: Request, rule: str) -> bool:
        """Whether anything is looked for in a request at all."""
        asked = self._asked(request, rule)
        return bool(asked.kinds or asked.terms or self.order.terms)

    def sealed(self, request: Request, rule: str, about: Request | None = None) -> Sealed | None:
        """The request as it is sent, by the `rule` it comes under; None where nothing is looked for in it.

        A question `about` a request and an answer to it is sealed as that request is, its values keep their
        placeholders. JobFileError for one that cannot be redacted: it is sent nowhere.
        """
        if about is not None:
            own = self.sealed(about, rule)
            return None if own is None else seal(request, self._finder(self._asked(about, rule)), own.vault)
        if not self.redacts(request, rule):
            return None
        self._refuse_media(request)
        sealed = seal(request, self._finder(self._asked(request, rule)))
        _refuse_named_tools(request, sealed)
        return sealed

    def _asked(self, request: Request, rule: str) -> _Asked:
        order = self.order
        kinds = {*order.everywhere, *order.rules.get(rule, ()), *kinds_of(request.redact)}
        listed = (text for name in order.fields for text in _texts_of(request.metadata.get(name)))
        return _Asked(frozenset(kinds), tuple(dict.fromkeys((*request.redact_terms, *listed))))

    def _finder(self, asked: _Asked) -> Finder:
        listed = tuple(_terms(each) for each in (self.order.terms, asked.terms) if each)
        return Finder(_detector(asked.kinds, self.order.ignore), listed)

    def _refuse_media(self, request: Request) -> None:
        if self.order.media == "refuse" and (request.images or request.audio or request.files):
            message = f"request `{request.custom_id}` is to be redacted, and carries what cannot be"
            raise JobFileError(message, hint=MEDIA_HINT)


MEDIA_HINT = "take pictures, sound and documents out of it, or say `privacy: {redact_media: send}` if nobody is in them"


def kinds_of(redact: Redact) -> tuple[PersonalData, ...]:
    """The kinds that a value of `redact` stands for."""
    return (tuple(PersonalData) if redact else ()) if isinstance(redact, bool) else redact


def _texts_of(value: object) -> Iterator[str]:
    """The texts in a field of `metadata`."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str | int | float) and not isinstance(item, bool):
            yield str(item)


def _refuse_named_tools(request: Request, sealed: Sealed) -> None:
    """JobFileError where the name of a tool, which cannot be replaced, holds a value."""
    for tool in request.tools:
        if sealed.vault.search.marks(tool.name):
            which = f"request `{request.custom_id}`"
            message = f"{which} is to be redacted, and its tool `{tool.name}` names what is hidden"
            raise JobFileError(message, hint="give the tool another name")


@lru_cache(maxsize=64)
def _detector(kinds: frozenset[PersonalData], ignore: tuple[str, ...]) -> Detector:
    return Detector(PrivacySettings(detect=tuple(sorted(kinds)), ignore=ignore))


@lru_cache(maxsize=1_024)
def _terms(terms: tuple[str, ...]) -> Terms:
    return Terms(terms)
