"""Where something was found in a text: places alone, the text itself is never kept."""

from dataclasses import dataclass

from modelroute_cli.base.schema import PersonalData


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, in characters."""

    start: int
    end: int

    def meets(self, other: "Span") -> bool:
        """Whether they share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Find:
    """Personal data of one kind at one place."""

    kind: PersonalData
    span: Span
