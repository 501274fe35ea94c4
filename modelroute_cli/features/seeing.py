"""Requests as templates see them, a million of them: what they share is looked up once each, by their context."""

from dataclasses import dataclass
from typing import NamedTuple

from modelroute_cli.base.schema import Request
from modelroute_cli.features.kin import Pattern
from modelroute_cli.features.prompt_text import Context, PromptText, fields, of_turns, sorted_keys
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


class Seen(NamedTuple):
    """A request with its text as it stands, and as it is looked up: joined with a system message of its own."""

    request: Request
    context: Context
    said: str
    home: Home
    text: str
    mark: int

    def raw(self) -> PromptText:
        """The text as it stands."""
        return PromptText(self.context, self.said)

    def sampled(self) -> Sampled:
        """The request as it is kept."""
        return sampled(self.mark, self.request, self.raw())


class Seeing:
    """Looks at the requests of a job; contexts are remembered, up to _MOST of them."""

    def __init__(self, shelves: Shelves[Pattern], systems: Systems) -> None:
        self._shelves = shelves
        self._systems = systems
        self._homes: dict[tuple[object, ...], Home] = {}

    def see(self, request: Request) -> Seen:
        """One request; linear in its length."""
        prompt = request.prompt
        told, said = (request.system or "", prompt) if prompt is not None else of_turns(request)
        said = sorted_keys(said)
        output = fields(request) if request.response_schema is not None else ""
        key = (told, output, not request.images, request.task_type)
        home = self._homes.get(key) or self._home(Context(told, output, bool(request.images), request.task_type))
        number = mark(said, home.seed)
        if home.shared or not told:
            return Seen(request, home.context, said, home, said, number)
        return self._joined(request, home, said, number)

    def _joined(self, request: Request, home: Home, said: str, number: int) -> Seen:
        """A request whose system message has hardly been met."""
        met = self._systems.meet(PromptText(home.context, said))
        home.shared = met.context == home.context
        return Seen(request, home.context, said, self._home(met.context), met.text, number)

    def _home(self, context: Context) -> Home:
        """The home of a context."""
        key = (context.system, context.output, not context.images, context.given)
        home = self._homes.get(key)
        if home is None:
            home = Home(context, seed(context), self._shelves.shelf(context), shared=not context.system)
            if len(self._homes) < _MOST:
                self._homes[key] = home
        return home
