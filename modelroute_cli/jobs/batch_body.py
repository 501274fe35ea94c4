"""One object of a batch line, taken apart field by field: nothing of it is lost without a word."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import msgspec

from modelroute_cli.jobs.problems import Fault, quoted, suggestion


@dataclass(frozen=True, slots=True)
class Translation:
    """What a batch line becomes: the fields of a request, what is wrong, and the fields that are left out."""

    row: dict[str, object] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def give(self, name: str, value: object) -> None:
        """Set a field of the request, unless nothing was given."""
        if value is not None:
            self.row[name] = value


class Body:
    """An object whose fields are taken one by one; `close` accounts for those that nobody took."""

    def __init__(self, value: object, path: str, found: Translation) -> None:
        self.path = path
        self.found = found
        self._fields: dict[str, object] = {}
        self._known: list[str] = []
        if isinstance(value, dict):
            self._fields = {name: item for name, item in value.items() if item is not None}
        else:
            self.refuse(None, f"must be an object, not {shown(value)}")

    def take(self, *names: str) -> object:
        """The value of the first of `names` that is given (they are names of one thing), else None."""
        self._known += names
        value: object = None
        for name in reversed(names):  # a pop each: half of the time of reading a batch line goes here
            value = self._fields.pop(name, value)
        return value

    def text(self, *names: str) -> str | None:
        """The same for text; a fault when it is none."""
        value = self.take(*names)
        if value is None or isinstance(value, str):
            return value
        self.refuse(names[0], f"must be text, not {shown(value)}")
        return None

    def inner(self, *names: str) -> "Body | None":
        """An object inside, None when it is not given."""
        value = self.take(*names)
        return None if value is None else Body(value, self.at(names[0]), self.found)

    def items(self, *names: str) -> Iterator["Body"]:
        """The objects of a list inside."""
        value = self.take(*names)
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield Body(item, f"{self.at(names[0])}[{index}]", self.found)
        elif value is not None:
            self.refuse(names[0], f"must be a list, not {shown(value)}")

    def at(self, name: str | None) -> str:
        """The path of a field in the line."""
        return ".".join(part for part in (self.path, name) if part)

    def refuse(self, name: str | None, message: str, hint: str | None = None) -> None:
        """Record what is wrong with a field."""
        self.found.faults.append(Fault(self.at(name), message, hint))

    def close(self, dropped: AbstractSet[str] = frozenset(), refused: Mapping[str, str] | None = None) -> None:
        """Drop the fields that change how a model is asked and not what; refuse the others.

        A field of `refused` that holds nothing (`[]`, `{}`, false) asks for nothing, and is passed over.
        """
        reasons = refused or {}
        for name, value in self._fields.items():
            if name in dropped:
                self.found.dropped.append(name)
            elif name not in reasons:
                known = (*dict.fromkeys(self._known), *sorted(dropped))
                self.refuse(name, "is no field that is read", suggestion(name, known))
            elif value:
                self.refuse(name, f"cannot be kept: {reasons[name]}", "remove it, or send this request by itself")


def shown(value: object) -> str:
    """A value as JSON writes it, cut where it is long."""
    return quoted(msgspec.json.encode(value).decode())
