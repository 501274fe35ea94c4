"""A valid row of a job file of any format, and what was refused instead of one."""

from dataclasses import dataclass

from msgspec import Struct

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.problems import Fault, Problems


class Row(Struct, frozen=True, gc=False):
    """A request and where it stands; a Struct because a million are made, each at a tenth of a dataclass's cost."""

    line: int
    offset: int
    length: int
    request: Request


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is no request; its `custom_id`, where it has one, still counts as used."""

    faults: list[Fault]
    custom_id: object = None


class Refused:
    """What was refused while a job file was read."""

    def __init__(self) -> None:
        self.problems = Problems()
        self.ids: list[str] = []
        self.lines: list[int] = []

    def add(self, line: int, refusal: Refusal) -> None:
        """Record the refusal of the row that starts at `line`."""
        self.problems.add(line, refusal.faults)
        if isinstance(refusal.custom_id, str):
            self.ids.append(refusal.custom_id)
            self.lines.append(line)
