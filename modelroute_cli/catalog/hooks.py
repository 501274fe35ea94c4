"""The settings section `hooks`: who is told what happens to a run, over the network or by a program."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from modelroute_cli.base.schema import NonEmpty


class HookEvent(StrEnum):
    """What can be told, each at most once a run or a session; `docs/hooks.md` says when."""

    PLAN = "plan"
    START = "start"
    RESUMED = "resumed"
    CAP_50 = "cap_50"
    CAP_90 = "cap_90"
    CAP_100 = "cap_100"
    HANDED_IN = "handed_in"
    STOPPED = "stopped"
    FINISH = "finish"
    FAILURE = "failure"
    TEST = "test"  # `modelroute hooks test`, to everybody


ABOUT_RUNS = tuple(event for event in HookEvent if event not in {HookEvent.PLAN, HookEvent.TEST})
"""What is told where no events are named: `plan` opens no connection unless it is asked to."""


class Webhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One receiver; its address may be a secret itself, so it is shown by scheme and host alone."""

    url: NonEmpty | None = None
    url_env: NonEmpty | None = None  # the environment variable that holds it, in the place of `url`
    secret_env: NonEmpty | None = None  # at most one of these three; none: it is not signed
    secret_command: NonEmpty | None = None
    secret_keyring: NonEmpty | None = None  # `service/username`
    events: tuple[HookEvent, ...] = ABOUT_RUNS
    timeout_s: Annotated[float, Meta(gt=0, le=60)] = 15.0  # for one try

    def __repr__(self) -> str:
        """Nothing that opens anything."""
        return f"Webhook({shown_address(self.url or '')})"


class HookCommand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program of the user's own that is told."""

    run: tuple[NonEmpty, ...]  # the program and its arguments, no shell
    events: tuple[HookEvent, ...] = ABOUT_RUNS
    timeout_s: Annotated[float, Meta(gt=0, le=600)] = 30.0


class HookSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is told what happens to runs."""

    webhooks: tuple[Webhook, ...] = ()
    command: HookCommand | None = None


def shown_address(url: str) -> str:
    """What may be shown of a receiver's address: scheme and host, `(hidden)` where it has none."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(hidden)"
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else "(hidden)"


def tells_of(settings: HookSettings, event: HookEvent) -> bool:
    """Whether anybody is told of such an event."""
    asked = {each for webhook in settings.webhooks for each in webhook.events}
    return event in asked.union(() if settings.command is None else settings.command.events)
