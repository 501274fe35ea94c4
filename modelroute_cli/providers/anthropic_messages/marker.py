"""Where a request is marked for the prompt cache: Anthropic keeps all blocks up to a marked one, to the byte."""

from collections.abc import Sequence

from modelroute_cli.base.schema import Message
from modelroute_cli.jobs.sent_text import End, end_of
from modelroute_cli.providers.base import Call
from modelroute_cli.providers.encoding import is_system


def marked_end(call: Call) -> End | None:
    """The turn, and how many characters of it, that end the beginning which the request shares with others.

    The turns are those of `Request.turns`; the end never stands before the first words of a turn. None without such a
    beginning, where nothing is to be marked, and where a turn of the system stands in the middle of the chat: it is
    sent in front of the others, so the request no longer begins with what is shared.
    """
    turns = call.request.turns()
    if call.prefix is None or not _marks(call) or not _begins_with_system(turns):
        return None
    end = end_of(call.request, call.prefix_chars)
    return None if end is None else _behind_words(turns, end)


def _marks(call: Call) -> bool:
    """Whether the endpoint takes markers and the model wants them: what planning counts on (planning.offers)."""
    return call.provider.cache_markers and call.card.cache.kind == "marker"


def _begins_with_system(turns: Sequence[Message]) -> bool:
    """Whether what the system says comes before everything else."""
    order = [is_system(turn) for turn in turns]
    return order == sorted(order, reverse=True)


def _behind_words(turns: Sequence[Message], end: End) -> End | None:
    """The last place up to `end` that has words before it in its own turn: blank blocks cannot be sent."""
    for turn in range(end.turn, -1, -1):
        chars = end.chars if turn == end.turn else len(turns[turn].content)
        if turns[turn].content[:chars].strip():
            return End(turn, chars)
    return None
