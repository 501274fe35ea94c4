"""Stop words for models that take none: what they would have left out is cut off the answer."""

from collections.abc import Sequence
from dataclasses import replace

from modelroute_cli.providers.base import Answer, Call, Reply


def stopped(reply: Reply, call: Call) -> Reply:
    """The reply without what stands behind the first of the request's stop words, where its model was not told them.

    An answer that reached one has stopped, also where it went on to its limit. What was made beyond is billed.
    """
    words = call.request.stop
    if not words or call.card.stop or not isinstance(reply, Answer):
        return reply
    end = first_of(reply.text, words)
    if end is None:
        return reply
    reason = "stop" if reply.finish_reason == "length" else reply.finish_reason
    return replace(reply, text=reply.text[:end], finish_reason=reason)


def first_of(text: str, words: Sequence[str]) -> int | None:
    """Where the first of `words` begins; None where none stands in the text."""
    return min((at for at in map(text.find, words) if at >= 0), default=None)
