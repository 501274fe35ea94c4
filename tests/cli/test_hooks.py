"""Who is told of runs: a real receiver checks what comes, and finds no secret and no text of the job."""

import json
from pathlib import Path

import pytest
from support.cli import QUICK_EMULATOR, Cli, Finished, headline, mails
from support.hooked import PATH, SECRET_TEXT, Listener, listening

from modelroute_cli.base.errors import ExitCode

URL = "    - {{url_env: WHERE, secret_env: SECRET, timeout_s: 5{more}}}\n"


def told(cli: Cli, listener: Listener, monkeypatch: pytest.MonkeyPatch, more: str = "", extra: str = "") -> None:
    """Settings under which this receiver is told."""
    monkeypatch.setenv("WHERE", listener.url)
    monkeypatch.setenv("SECRET", SECRET_TEXT)
    cli.write("modelroute.yaml", QUICK_EMULATOR + "hooks:\n  webhooks:\n" + URL.format(more=more) + extra)


def events(listener: Listener) -> list[str]:
    """What it heard, in order."""
    return [json.loads(got.body)["event"] for got in listener.got]


def nothing_shown(*finished: Finished) -> bool:
    """Whether no command showed what opens the receiver."""
    said = "".join(done.out + done.err for done in finished)
    return PATH not in said and SECRET_TEXT not in said


def test_a_run_is_told_signed_in_order_and_again_after_a_failure(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start and finish, each under one id, without prompt, custom_id or secret; a finished run is no news."""
    cli.jobs(*mails(4), headline())
    with listening(503) as listener:
        told(cli, listener, monkeypatch)
        done = cli("run", "jobs.jsonl", "--emulator", "--yes")
        again = cli("run", "jobs.jsonl", "--emulator", "--yes")
    assert (done.code, again.code) == (ExitCode.OK, ExitCode.OK)
    assert events(listener) == ["start", "start", "finish"]
    assert (len({got.id for got in listener.got}), all(got.is_signed for got in listener.got)) == (2, True)
    bodies = b"".join(got.body for got in listener.got).decode()
    hidden = ("customer", "tea", "kettle", "mail-", "headline", SECRET_TEXT, PATH)
    assert [text for text in hidden if text in bodies] == []
    last = json.loads(listener.got[-1].body)
    assert (last["emulated"], last["counts"]["accepted"], last["state"]) == (True, 5, "finished")
    assert nothing_shown(done, again)


def test_what_was_not_delivered_is_brought_by_the_same_command(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is told and kept; the run itself is none the worse."""
    cli.jobs(*mails(2))
    with listening(404) as listener:
        told(cli, listener, monkeypatch, ", events: [finish]")
        done = cli("run", "jobs.jsonl", "--emulator", "--yes")
        again = cli("run", "jobs.jsonl", "--emulator", "--yes")
    name = listener.url.removesuffix(PATH)
    said = f"{name} did not take 1 message: it answered 404; the same command tries again\n"
    assert (done.code, said in done.err, said in again.err) == (ExitCode.OK, True, False)
    assert (events(listener), len({got.id for got in listener.got})) == (["finish", "finish"], 1)
    assert nothing_shown(done, again)


def test_a_plan_is_told_only_where_that_is_asked_for(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """And `hooks test` tells everybody, whatever they listen to; `hooks` shows nothing that opens them."""
    cli.jobs(*mails(2))
    with listening() as listener:
        told(cli, listener, monkeypatch)
        assert cli("plan", "jobs.jsonl").code == ExitCode.OK
        assert listener.got == []
        told(cli, listener, monkeypatch, ", events: [plan]", "  command: {run: [sh, -c, 'cat > told.json']}\n")
        assert cli("plan", "jobs.jsonl").code == ExitCode.OK
        tried, listed = cli("hooks", "test"), cli("hooks")
    assert events(listener) == ["plan", "test"]
    assert all(got.is_signed for got in listener.got)
    assert (tried.code, tried.out) == (ExitCode.OK, f"{listener.url.removesuffix(PATH)}: has it, signed\nsh: ran\n")
    assert listed.out.splitlines()[1].split() == ["the", "address", "in", "WHERE", "SECRET", "plan"]
    assert json.loads(Path("told.json").read_text())["event"] == "test"
    assert nothing_shown(tried, listed)


def test_a_missing_secret_is_said_before_anything_is_sent(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 4, and no run was begun."""
    cli.jobs(*mails(2))
    with listening() as listener:
        told(cli, listener, monkeypatch)
        monkeypatch.delenv("SECRET")
        done = cli("run", "jobs.jsonl", "--emulator", "--yes")
    assert (done.code, listener.got) == (ExitCode.CREDENTIALS, [])
    assert done.err == (
        "error: `hooks.webhooks[0].secret_env`: environment variable `SECRET` is not set\n"
        "hint: `export SECRET=...`, or take the webhook out of the settings\n"
    )
    assert not Path(".modelroute/runs").exists()


def test_without_receivers_there_is_nobody_to_test(cli: Cli) -> None:
    """And a list of nobody says where to begin."""
    nobody = "nobody is told of runs: list receivers under `hooks` in the settings (docs/hooks.md)\n"
    assert (cli("hooks").out, cli("hooks", "--json").json) == (nobody, {"format": 1, "kind": "hooks", "receivers": []})
    tried = cli("hooks", "test")
    assert (tried.code, tried.err) == (ExitCode.USAGE, f"error: {nobody}")
