"""`modelroute audit`: a run's log as users meet it."""

import json
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from support.cli import Cli, mails

from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.audit import AuditSettings
from modelroute_cli.cli.audit_files import day, text_digests
from modelroute_cli.cli.audited import make_trail, without_audit_key

PLANTED = "sk-planted-0123456789abcdefghijklmnop"
PROMPT = "Write one line about the lighthouse of Arkona."


def run(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five requests to an emulator, with a key in the environment that must not be found again."""
    monkeypatch.setenv("OPENAI_API_KEY", PLANTED)
    hostile = {"custom_id": "=1+1\u202e", "prompt": PROMPT, "task_type": "email", "importance": "bulk"}
    cli.jobs(*mails(4), hostile)
    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == 0


def log(cli: Cli) -> Path:
    """Its only file."""
    (file,) = (cli.folder / ".modelroute" / "audit").glob("0*.jsonl")
    return file


def test_a_run_leaves_a_log_that_verifies_and_tells(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verified, shown, exported, compared with a kept text, spoilt and found."""
    run(cli, monkeypatch)
    whole = cli("audit")
    assert whole.code == 0
    assert whole.out.startswith("9 entries in 1 file of .modelroute/audit: nothing was changed, cut, moved or put in\n")
    noted = whole.out.splitlines()[1].removeprefix("Last entry: ")
    assert cli("audit", "verify", "--noted", f"8:{noted[2:]}").code == 1
    assert cli("audit", "catch-up").out == "Nothing was missing\n"

    content = log(cli).read_bytes()
    assert [PLANTED.encode() in content, b"Arkona" in content, b"Write a short" in content] == [False] * 3
    began = next(json.loads(line) for line in content.splitlines() if b'"kind":"began"' in line)
    assert (began["what"], began["purpose"], began["accepted"], "host" in began) == ("run", "send", "--yes", False)
    assert began["job_digest"] == f"sha256:{sha256((cli.folder / 'jobs.jsonl').read_bytes()).hexdigest()}"

    shown = json.loads(cli("audit", "show", "mail-2", "--json").out)
    assert [(row["custom_id"], row["what"], row["ended"]) for row in shown["rows"]] == [("mail-2", "run", "accepted")]
    cli.write("kept.txt", PROMPT + "\n")
    kept = cli("audit", "check-text", "kept.txt")
    assert (kept.code, sha256(PROMPT.encode()).hexdigest() in kept.out) == (0, True)

    assert cli("audit", "export", "-o", "log.csv").out == "Wrote 5 rows to log.csv\n"
    assert pl.read_csv(cli.folder / "log.csv", infer_schema=False)["ended"].to_list() == ["accepted"] * 5

    log(cli).write_bytes(content.replace(b'"mail-2"', b'"mail-3"', 1))
    spoilt = cli("audit", "verify")
    assert (spoilt.code, spoilt.out.splitlines()[0]) == (1, "1 problem in the audit log at .modelroute/audit")
    assert "request mail-3: it was changed: the next entry holds another hash of it" in spoilt.out


def test_under_a_key_nothing_is_sent_without_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the log can still be verified by who has it."""
    monkeypatch.setenv("MODELROUTE_AUDIT_KEY", PLANTED)
    cli.jobs(*mails(2))
    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == 0
    assert PLANTED.encode() not in log(cli).read_bytes()
    assert cli("audit").out.splitlines()[2:] == []
    monkeypatch.delenv("MODELROUTE_AUDIT_KEY")
    refused = cli("run", "jobs.jsonl", "--emulator", "--yes", "--restart")
    assert (refused.code, refused.err.splitlines()[-2:]) == (
        4,
        [
            "error: the audit log at `.modelroute/audit` is written under a key, and no key is set",
            "hint: set the key that `audit.key_env` names (MODELROUTE_AUDIT_KEY)",
        ],
    )
    assert cli("audit").code == 4


def test_without_keeping_there_is_no_log(cli: Cli) -> None:
    """And the commands say so."""
    cli.write("modelroute.yaml", "audit: {keep: false}\nemulator: {latency_s: 0.001, tokens_per_s: 1000000}\n")
    cli.jobs(*mails(1))
    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == 0
    assert not (cli.folder / ".modelroute" / "audit").exists()
    found = cli("audit")
    assert (found.code, found.err.splitlines()[0]) == (2, "error: there is no audit log at `.modelroute/audit`")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "--noted", "x"), "error: --noted: `x` is no number of entries and hash"),
        (("export", "-o", "x.txt"), "error: `x.txt`: its ending says no form"),
        (("export", "-o", "x.csv", "--from", "May"), "error: --from: `May` is no day"),
        (("check-text", "none.txt"), "error: `none.txt` cannot be read: No such file or directory"),
        (("prune",), "error: nothing says how long the audit log is kept"),
    ],
)
def test_what_cannot_be_is_said(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    """What, where, and what to type instead."""
    found = cli("audit", *arguments)
    assert (found.code, found.err.splitlines()[0]) == (2, message)


def test_a_text_has_a_digest_with_and_without_its_line_end() -> None:
    """Editors add one; behind a system message the turns are digested."""
    bare = sha256(b"a").hexdigest()
    assert text_digests(b"a\n", None) == (sha256(b"a\n").hexdigest(), bare)
    assert text_digests(b"a\r\n", None)[1] == bare
    assert text_digests(b"a", None) == (bare,)
    turns = b'[{"role":"system","content":"be"},{"role":"user","content":"a"}]'
    assert text_digests(b"a", "be") == (sha256(turns).hexdigest(),)


def test_days_are_typed_as_such() -> None:
    """None is none."""
    assert day("--to", None) is None
    with pytest.raises(UsageError):
        day("--to", "31.12.2026")


def test_who_and_where_are_told_as_the_settings_say() -> None:
    """Neither where neither is wanted; programs never see the key."""
    nobody = make_trail(AuditSettings(user=False), {})
    assert (nobody.user, nobody.host, nobody.texts) == (None, None, False)
    assert make_trail(AuditSettings(), {}).user is not None
    assert make_trail(AuditSettings(host=True), {}).host is not None
    assert without_audit_key({"MODELROUTE_AUDIT_KEY": "x", "HOME": "y"}, AuditSettings()) == {"HOME": "y"}
