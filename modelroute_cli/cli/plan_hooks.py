"""One message outside any run, told at once: a plan, where somebody asked to hear of plans, and the test."""

import asyncio
import os
import tempfile
from pathlib import Path

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.hooks import HookEvent, tells_of
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.workspace import Workspace
from modelroute_cli.execution.hooks.courier import Courier, Undelivered
from modelroute_cli.execution.hooks.message import Message, Occasion, Run, Standing, message_of
from modelroute_cli.execution.hooks.outbox import Outbox
from modelroute_cli.execution.hooks.receivers import Receiver, find_receivers
from modelroute_cli.planning.plan import Plan

_PAUSES_S = (1.0, 3.0)  # somebody waits for the prompt


def tell_planned(plan: Plan, workspace: Workspace, console: Console) -> None:
    """Tell of a plan those who asked for it; without them no connection is opened. CredentialError."""
    if not tells_of(workspace.settings.hooks, HookEvent.PLAN):
        return
    found = find_receivers(workspace.settings.hooks, os.environ)
    receivers = tuple(each for each in found if HookEvent.PLAN in each.events)
    for text in missed(tell_now(planned(plan), receivers, workspace)):
        console.note(text, "warning")


def planned(plan: Plan) -> Message:
    """The message of a plan; each plan is an event of its own."""
    header = plan.header
    run = Run(
        run_id="",
        created_at=header.created_at,
        source=header.job.source,
        emulated=False,
        requests=header.totals.requests,
        projected_pusd=header.totals.cost_pusd,
    )
    none = PicoUSD(0)
    standing = Standing(accepted=0, failed=0, spent_pusd=none, held_pusd=none, cap_pusd=header.hard_cap_pusd)
    occasion = Occasion(event=HookEvent.PLAN, at=header.created_at, state="planned", once=(header.job.digest,))
    return message_of(run, standing, occasion)


def missed(found: tuple[Undelivered, ...]) -> tuple[str, ...]:
    """A line for each receiver that did not hear of the plan."""
    return tuple(f"the plan was not told to {each.name}: {each.why}" for each in found)


def tell_now(message: Message, receivers: tuple[Receiver, ...], workspace: Workspace) -> tuple[Undelivered, ...]:
    """Tell all of them, three tries each; whom it did not reach."""
    with tempfile.TemporaryDirectory() as folder:
        outbox = Outbox(Path(folder))
        outbox.post(message, [each.key for each in receivers])
        return asyncio.run(_carry(outbox, receivers, workspace))


async def _carry(outbox: Outbox, receivers: tuple[Receiver, ...], workspace: Workspace) -> tuple[Undelivered, ...]:
    from modelroute_cli.cli.hook_ways import ways  # noqa: PLC0415 - a plan that tells nobody loads no HTTP library

    async with ways(workspace.settings, workspace.catalog.providers, {}) as opened:
        return await Courier(outbox, receivers, opened, _PAUSES_S).carry()
