"""Who is told of what."""

from modelroute_cli.catalog.hooks import HookCommand, HookEvent, HookSettings, Webhook, tells_of


def test_nobody_is_told_of_plans_unless_they_are_listed() -> None:
    """Planning opens no connection by default."""
    settings = HookSettings(webhooks=(Webhook(url="https://acme.example"),), command=HookCommand(run=("x",)))
    assert not tells_of(HookSettings(), HookEvent.PLAN)
    assert not tells_of(settings, HookEvent.PLAN)
    assert tells_of(settings, HookEvent.FINISH)


def test_either_may_list_them() -> None:
    """A receiver or the program."""
    asked = (HookEvent.PLAN,)
    assert tells_of(HookSettings(webhooks=(Webhook(url="https://acme.example", events=asked),)), HookEvent.PLAN)
    assert tells_of(HookSettings(command=HookCommand(run=("x",), events=asked)), HookEvent.PLAN)
