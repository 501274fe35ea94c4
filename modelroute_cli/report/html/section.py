"""A part of the page: its heading, where it can be jumped to, and what stands in it."""

from dataclasses import dataclass

from modelroute_cli.report.markup import Child, Markup, element, joined


@dataclass(frozen=True, slots=True)
class Section:
    """One part; `key` is its place in the address."""

    key: str
    title: str
    body: Markup


def section(key: str, title: str, *parts: Child) -> Section | None:
    """A part of what there is to say; None where nothing is."""
    body = joined(parts)
    return Section(key, title, body) if body.text else None


def drawn(part: Section) -> Markup:
    """It as HTML."""
    heading = element("h2", part.title, id=f"{part.key}-title")
    return element("section", heading, part.body, id=part.key, aria_labelledby=f"{part.key}-title")
