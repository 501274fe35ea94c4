"""What is said of receivers that were not reached, and how an error that ends a run is told."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.catalog_room import default_catalog, default_settings
from support.cli import Cli
from support.hooked import address
from support.report_plans import plan

from modelroute_cli.base.errors import CredentialError, StorageError
from modelroute_cli.catalog.hooks import HookCommand, HookEvent, HookSettings, Webhook
from modelroute_cli.cli.console import make_console
from modelroute_cli.cli.plan_hooks import missed, planned, tell_planned
from modelroute_cli.cli.run_hooks import ToTell, missed_lines, telling
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.workspace import Workspace, open_workspace
from modelroute_cli.execution.hooks.courier import Undelivered
from modelroute_cli.execution.hooks.outbox import Outbox
from modelroute_cli.execution.run_folder import RunFolder, RunMeta

GONE = address(url="http://127.0.0.1:9/hush", name="http://127.0.0.1:9", timeout_s=1.0)


def space(hooks: HookSettings | None = None) -> Workspace:
    """A workspace with these receivers."""
    settings = replace(default_settings(), hooks=hooks or HookSettings())
    return Workspace(settings, default_catalog(), open_workspace(None, None, {}).at, historic=False)


def order(folder: Path) -> Order:
    """A run that was begun there."""
    made = plan()
    run = RunFolder(folder, "0123456789ab")
    run.create(
        RunMeta(
            run_id=run.run_id,
            source="jobs.jsonl",
            job_digest="sha256:j",
            plan_digest="sha256:p",
            emulated=False,
            created_at="2026-11-23T10:00:00+00:00",
            tool_version="1",
        )
    )
    return Order(
        folder=run,
        workspace=space(),
        plan=made,
        requests=folder,
        reviewed=True,
        continues=False,
        emulated=False,
        cap_pusd=made.header.hard_cap_pusd,
        results=folder,
        results_format="jsonl",
    )


def test_nobody_is_told_where_nobody_is_listed(tmp_path: Path) -> None:
    """And nothing is written."""
    asked = order(tmp_path)
    with telling(asked, ToTell((), {}, is_over=False), make_console()) as watch:
        assert watch is None
    assert not (asked.folder.path / "hooks").exists()


@pytest.mark.parametrize(
    ("error", "state"),
    [(StorageError("disk full: hush"), "StorageError"), (ZeroDivisionError("hush"), "bug")],
)
def test_an_error_that_ends_a_run_is_told_by_its_kind_and_goes_on(error: Exception, state: str, tmp_path: Path) -> None:
    """It waits for a receiver that wants failures; its words are nowhere."""
    asked, deaf = order(tmp_path), replace(GONE, key="deaf", events=frozenset({HookEvent.PLAN}))
    with pytest.raises(type(error)), telling(asked, ToTell((deaf,), {}, is_over=False), make_console()):
        raise error
    posted = [json.loads(path.read_text()) for path in (asked.folder.path / "hooks").iterdir()]
    told = {each["event"]: each["body"] for each in posted}
    assert sorted(told) == ["failure", "start"]
    assert (json.loads(told["failure"])["state"], "hush" in told["failure"]) == (state, False)


def test_a_session_with_nothing_to_send_does_not_begin_one(tmp_path: Path) -> None:
    """It only brings what is left."""
    asked, deaf = order(tmp_path), replace(GONE, key="deaf", events=frozenset({HookEvent.PLAN}))
    with telling(asked, ToTell((deaf,), {}, is_over=True), make_console()):
        pass
    assert Outbox(asked.folder.path / "hooks").count(HookEvent.START) == 0


def test_whom_messages_did_not_reach_is_said_with_what_to_do() -> None:
    """A program is not started again."""
    found = (
        Undelivered("https://hooks.example.com", 2, "it answered 503"),
        Undelivered("tell", 1, "it ended with code 1", kept=False),
    )
    assert list(missed_lines(found)) == [
        "https://hooks.example.com did not take 2 messages: it answered 503; the same command tries again",
        "tell did not take 1 message: it ended with code 1",
    ]
    assert missed(found)[0] == "the plan was not told to https://hooks.example.com: it answered 503"


def test_a_plan_is_told_with_what_it_costs() -> None:
    """There is no run yet, and each plan is an event of its own."""
    made = plan()
    body = json.loads(planned(made).body)
    assert (body["event"], body["run_id"], body["state"], body["next"]) == ("plan", None, "planned", None)
    assert body["counts"]["requests"] == made.header.totals.requests
    assert planned(made).id == planned(made).id


def test_a_secret_of_a_plan_s_receiver_is_looked_for_only_where_plans_are_told(cli: Cli) -> None:
    """Else a plan needs nothing."""
    del cli
    quiet = Webhook(url_env="NOT_SET_ANYWHERE", events=(HookEvent.FINISH,))
    tell_planned(plan(), space(HookSettings(webhooks=(quiet,), command=HookCommand(run=("x",)))), make_console())
    asked = Webhook(url_env="NOT_SET_ANYWHERE", events=(HookEvent.PLAN,))
    with pytest.raises(CredentialError, match="`NOT_SET_ANYWHERE` is not set"):
        tell_planned(plan(), space(HookSettings(webhooks=(asked,))), make_console())
