"""Requests as templates see them, a million of them: what they share is looked up once each, by their context."""

from collections.abc import Sequence
from dataclasses import dataclass

from modelroute_cli.base.schema import Request
from modelroute_cli.features.kin import Pattern
from modelroute_cli.features.prompt_text import Context, PromptText, fields, of_turns, prompt_text, sorted_keys
from modelroute_cli.features.sample import Sampled, mark, sampled, seed
from modelroute_cli.features.shelves import Shelf, Shelves
from modelroute_cli.features.systems import Systems

_MOST = 4_096


@dataclass(slots=True)
class Home:
    """A context with what is kept for it."""

    context: Context
    seed: int
    shelf: Shelf[Pattern]
    shared: bool  # whether many requests have its system message


@dataclass(frozen=True, slots=True)
class Seen:
    """A block of requests: for each the text that is looked up, where that is looked up, and its mark."""

    requests: Sequence[Request]
    homes: list[Home]
    texts: list[str]
    marks: list[int]

    def sampled(self, place: int) -> Sampled:
        """A request as it is kept."""
        request = self.requests[place]
        return sampled(self.marks[place], request, prompt_text(request))


class Seeing:
    """Looks at the requests of a job; contexts are remembered, up to _MOST of them."""

    def __init__(self, shelves: Shelves[Pattern], systems: Systems) -> None:
        self._shelves = shelves
        self._systems = systems
        self._homes: dict[tuple[object, ...], Home] = {}

    def see(self, requests: Sequence[Request]) -> Seen:
        """A block; linear in its texts."""
        seen = Seen(requests, [], [], [])
        for request in requests:
            text = request.prompt
            system = request.system or ""
            if text is None:
                system, text = of_turns(request)
            if text[-1:] in "}\n" or text[:1] == "{":
                text = sorted_keys(text)
            output = fields(request) if request.response_schema is not None else ""
            key = (system, output, not request.images, request.task_type)
            home = self._homes.get(key) or self._home(Context(system, output, bool(request.images), request.task_type))
            seen.marks.append(mark(text, home.seed))
            if system and not home.shared:
                home, text = self._joined(home, text)
            seen.homes.append(home)
            seen.texts.append(text)
        return seen

    def _joined(self, home: Home, said: str) -> tuple[Home, str]:
        """The home and the text of a request whose system message has hardly been met."""
        met = self._systems.meet(PromptText(home.context, said))
        home.shared = met.context == home.context
        return self._home(met.context), met.text

    def _home(self, context: Context) -> Home:
        """The home of a context."""
        key = (context.system, context.output, not context.images, context.given)
        home = self._homes.get(key)
        if home is None:
            home = Home(context, seed(context), self._shelves.shelf(context), shared=not context.system)
            if len(self._homes) < _MOST:
                self._homes[key] = home
        return home
