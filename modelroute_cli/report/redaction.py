"""What is replaced before requests are sent, in numbers: never what it was, nor which terms are listed."""

from collections.abc import Mapping

from msgspec import Struct

from modelroute_cli.features.redaction.order import Redacting
from modelroute_cli.features.redaction.placeholders import TERM
from modelroute_cli.report.personal import KIND_NAMES
from modelroute_cli.report.screen import Line, Screen, plural

_NAMES: Mapping[str, str] = {**KIND_NAMES, TERM: "listed terms"}


class Redaction(Struct, frozen=True, kw_only=True):
    """The requests of a plan in which something is replaced, duplicates left out."""

    requests: int
    found: Mapping[str, int]  # kind of value -> requests
    media: str  # what becomes of pictures, sound and documents: refuse, send


def redaction_of(order: Redacting | None) -> Redaction | None:
    """What a plan replaces; None where nothing is looked for."""
    return None if order is None else Redaction(requests=order.requests, found=order.found, media=order.media)


def redaction_lines(redaction: Redaction | None) -> Screen:
    """`Redacted before they are sent: 812 requests (e-mail addresses in 800, listed terms in 40)`; or no line."""
    if redaction is None:
        return ()
    listed = ", ".join(f"{_NAMES[kind]} in {count:,}" for kind, count in _ordered(redaction.found))
    told = f"{plural(redaction.requests, 'request')} ({listed})" if listed else "no request holds what is looked for"
    media = "; pictures, sound and documents are sent as they are" if redaction.media == "send" else ""
    return (Line(f"Redacted before they are sent: {told}{media}"),)


def redacted_line(values: Mapping[str, int]) -> Screen:
    """`redacted before it is sent: e-mail addresses 2, listed terms 1`; or no line."""
    listed = ", ".join(f"{_NAMES[kind]} {count:,}" for kind, count in _ordered(values))
    return (Line(f"  redacted before it is sent: {listed}"),) if listed else ()


def _ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """In the order in which kinds are named everywhere."""
    return [(kind, counts[kind]) for kind in _NAMES if counts.get(kind)]
