"""Keys that a provider quotes back are taken out of everything that is kept, except the answer's own text."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from modelroute_cli.execution.keys import Credentials
from modelroute_cli.providers.base import Failure, Reply
from modelroute_cli.providers.scrub import hide_known


def secrets_of(credentials: Mapping[str, Credentials]) -> tuple[str, ...]:
    """Every key and secret header value of a run: a gateway may quote that of another account."""
    held = (secret for item in credentials.values() for secret in (item.key, *item.secrets.values()))
    return tuple(dict.fromkeys(secret for secret in held if secret))


def without_secrets(reply: Reply, secrets: Iterable[str]) -> Reply:
    """The reply with none of them in its message, names and words; the text of an answer is the user's own."""
    held = tuple(secrets)
    if isinstance(reply, Failure):
        return replace(reply, message=hide_known(reply.message, held), request_id=_hidden(reply.request_id, held))
    told = f"{reply.finish_reason}\n{reply.model_served}\n{reply.request_id}".casefold()
    if not any(secret.casefold() in told for secret in held):
        return reply
    return replace(
        reply,
        finish_reason=hide_known(reply.finish_reason, held),
        model_served=_hidden(reply.model_served, held),
        request_id=_hidden(reply.request_id, held),
    )


def _hidden(text: str | None, secrets: tuple[str, ...]) -> str | None:
    return None if text is None else hide_known(text, secrets)
