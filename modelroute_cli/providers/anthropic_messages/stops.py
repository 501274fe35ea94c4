"""Stop words as Anthropic takes them: blank ones are refused, so the answer is cut at them here."""

from modelroute_cli.providers.base import Answer, Call
from modelroute_cli.providers.stopping import kept, stop_words


def sent_stops(call: Call) -> list[str]:
    """The stop words that can be sent: those that are not white space alone, as a line break is."""
    return [word for word in stop_words(call) if word.strip()]


def kept_at_stops(answer: Answer, call: Call) -> Answer:
    """The answer up to the first stop word that was not sent."""
    return kept(answer, call, sent=sent_stops(call) == list(call.request.stop))
