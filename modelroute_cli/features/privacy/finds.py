"""Where something was found in a text: places alone, the text itself is never kept."""

from typing import NamedTuple

from modelroute_cli.base.schema import PersonalData


class Span(NamedTuple):
    """A part of a text, in characters; a tuple, for many are made and few are kept."""

    start: int
    end: int

    def meets(self, other: "Span") -> bool:
        """Whether they share a character."""
        return self.start < other.end and other.start < self.end


class Find(NamedTuple):
    """Personal data of one kind at one place."""

    kind: PersonalData
    span: Span
