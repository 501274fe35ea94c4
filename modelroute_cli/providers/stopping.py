"""Stop words, for formats and models that take them and for those that do not."""

from dataclasses import replace

from modelroute_cli.providers.base import Answer, Call


def stop_words(call: Call) -> list[str]:
    """The stop words to send, in the request's order; none where the model takes none."""
    return list(call.request.stop) if call.card.stop else []


def cut_at_stop(text: str, call: Call, *, sent: bool) -> str:
    """The answer's text up to its first stop word, which is left out, as providers do themselves.

    `sent` says whether the wire format carries stop words at all. Where the provider was told them its text is
    returned as it came. The tokens behind the cut were written and are billed all the same.
    """
    if sent and call.card.stop:
        return text
    places = (text.find(word) for word in call.request.stop)
    return text[: min((place for place in places if place >= 0), default=len(text))]


def kept(answer: Answer, call: Call, *, sent: bool) -> Answer:
    """The answer with its text cut at its first stop word, as if the provider had: one cut so is no longer too long.

    `sent` as for `cut_at_stop`.
    """
    text = cut_at_stop(answer.text, call, sent=sent)
    if text == answer.text:
        return answer
    finish = "stop" if answer.finish_reason == "length" else answer.finish_reason
    return replace(answer, text=text, finish_reason=finish)
