"""Goes along the lines of a log and says where the chain breaks; what lies around the log is `verifying`'s.

A line holds the hash of the line before, so a change shows at the next line; which of the two was changed is told by
the line after that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from modelroute_cli.execution.audit.chain import START, Hasher, beginning
from modelroute_cli.execution.audit.entries import Pruned, Segment, read_entry
from modelroute_cli.execution.audit.findings import Findings
from modelroute_cli.execution.audit.lines import Link, Spot, hasher_of, lines_of, link_of
from modelroute_cli.execution.audit.place import number_of

_PRUNED = b'"kind":"pruned"'


class Step(NamedTuple):
    """A line, and its own hash."""

    file: Path
    line: int
    content: bytes
    hash: str
    keyed: bool

    @property
    def spot(self) -> Spot:
        """Where it is."""
        return Spot(self.file, self.line)


def steps_of(files: Iterable[Path], hasher: Hasher) -> Iterator[Step]:
    """Every line of the files."""
    for file in files:
        own = hasher_of(file, hasher)
        keyed = own.key_id is not None
        for at, line in enumerate(lines_of(file), start=1):
            content = line[:-1] if line.endswith(b"\n") else line
            yield Step(file, at, line, own.hash(content), keyed)


@dataclass(slots=True)
class Walk:
    """The chain so far. `known` holds hashes that are known from elsewhere, by the number of their line."""

    known: Mapping[int, str]
    findings: Findings = field(default_factory=Findings)
    first: Link | None = None
    first_step: Step | None = None
    last: Step | None = None  # the last that stands in order
    number: int = 0  # of it
    trusted: bool = True  # whether the next line is to hold its hash
    entries: int = 0
    keyed: int = 0
    wrong: set[int] = field(default_factory=set)  # numbers of `known` whose lines have other hashes
    pruned: list[Pruned] = field(default_factory=list)

    def go(self, steps: Iterable[Step]) -> None:
        """Along all of them."""
        before: Step | None = None
        for step in steps:
            if before is not None:
                self._take(before, step)
            before = step
        if before is not None:
            self._take(before, None)

    @property
    def runs_on(self) -> bool:
        """Whether the end of the last line was changed, so that the next entry stands in it."""
        return self.last is not None and b'{"n":%d,"prev":"' % (self.number + 1) in self.last.content

    def _take(self, step: Step, following: Step | None) -> None:
        """One line, knowing the next."""
        self.entries += 1
        self.keyed += step.keyed
        last = self.last
        if last is None or not self.trusted or not step.content.startswith(beginning(self.number + 1, last.hash)):
            self._misfit(step, following)
        else:
            self._go_on(step, self.number + 1)
        if step.line == 1:
            self._begin_file(step, last)
        if not step.content.endswith(b"\n") and self.last is step:
            self._say("it is not whole: its end is missing", step)
        if _PRUNED in step.content[:200]:
            self._note_pruned(step)

    def _go_on(self, step: Step, number: int, *, trusted: bool = True) -> None:
        self.last, self.number, self.trusted = step, number, trusted
        if number in self.known and self.known[number] != step.hash:
            self.wrong.add(number)

    def _misfit(self, step: Step, following: Step | None) -> None:
        """A line that does not hold what it should: why, and how to go on."""
        link, last, number = link_of(step.content), self.last, self.number + 1
        if link is None:
            self._no_line(step, following)
        elif last is None:
            self._first(step, link)
        elif link.number == number:
            self._relink(step, link, following)
        elif link.before == last.hash and self.trusted:
            self._say(f"its number was changed: it says {link.number:,}", step)
            self._go_on(step, number, trusted=False)
        elif link.number > number and self.runs_on:
            self._say("it was changed: the next entry stands in the same line", last, self.number)
            self._go_on(step, link.number)
        elif link.number > number:
            gone = (
                f"entry {number:,} is"
                if link.number == number + 1
                else f"entries {number:,} to {link.number - 1:,} are"
            )
            self._say(f"{gone} missing before it", step, link.number)
            self._go_on(step, link.number)
        else:
            self._say(f"it stands behind entry {self.number:,}: moved, or put in", step, link.number)

    def _no_line(self, step: Step, following: Step | None) -> None:
        """Something else in the place of a line: put in where the next line fits without it."""
        self._say("it is no line of an audit log", step)
        after = None if following is None else link_of(following.content)
        put_in = self.last is not None and after is not None and after.before == self.last.hash
        if not put_in:
            self._go_on(step, self.number + 1, trusted=False)

    def _first(self, step: Step, link: Link) -> None:
        self.first, self.first_step = link, step
        if link.number == 1 and link.before != START:
            self._say("it was changed: the first entry holds no hash", step, 1)
        self._go_on(step, link.number)

    def _relink(self, step: Step, link: Link, following: Step | None) -> None:
        """The right number and another hash: this line was changed, or the one before."""
        last = self.last
        if self.trusted and last is not None:
            after = None if following is None else link_of(following.content)
            held = self.known.get(link.number) if after is None else after.before
            if held == step.hash:
                self._say("it was changed: the next entry holds another hash of it", last, self.number)
            else:
                self._say("it was changed: it does not hold the hash of the entry before", step)
        self._go_on(step, link.number)

    def _begin_file(self, step: Step, last: Step | None) -> None:
        """Whether the file says which one it is, and none is missing before it."""
        try:
            entry = read_entry(step.content)
        except ValueError:
            entry = None
        if not isinstance(entry, Segment) or entry.number != number_of(step.file):
            self._say("it does not say that this file begins here", step)
        if last is not None and number_of(step.file) != number_of(last.file) + 1:
            self.findings.of_file("the file before it is missing", step.file)

    def _note_pruned(self, step: Step) -> None:
        try:
            entry = read_entry(step.content)
        except ValueError:
            return
        if isinstance(entry, Pruned):
            self.pruned.append(entry)

    def _say(self, what: str, step: Step, number: int | None = None) -> None:
        self.findings.add(what, step.spot, self.number + 1 if number is None else number, step.content)
