"""No secret is in any artefact: every command that writes or says something is run, every file it left is unpacked."""

import json
import sqlite3
from itertools import count
from pathlib import Path

import pytest
from support.cli import Cli, Finished, mails
from support.hooked import Listener, listening
from support.planted import AUDIT, BEARER, COMMAND, HEADER, PLANTED, PROXY, TOKEN, found, leaks, plant, unpacked
from support.raw_place import Place
from support.raw_server import Serve, answers, raw

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.app import _commands

QUOTED = f"key {BEARER}, header {HEADER}, from {COMMAND}; see http://h.example/v1?key={BEARER}"
GOOD = json.dumps({
    "choices": [{"message": {"content": "A short e-mail about tea."}, "finish_reason": f"stop {BEARER}"}],
    "model": f"m-{HEADER}",
    "usage": {"prompt_tokens": 30, "completion_tokens": 10},
}).encode()  # fmt: skip
BAD = json.dumps({"error": {"message": QUOTED, "code": QUOTED}}).encode()
SETTINGS = """
aliases: {{cheap: [gpt-6-luna, deepseek-flash], premium: [gpt-6-luna], analysis: [gpt-6-luna], multimodal: [gpt-6-luna],
  escalation: [gpt-6-luna]}}
providers:
  openai: {{base_url: {url}/v1, key_headers: {{x-gateway-key: GATEWAY_KEY}}}}
  deepseek: {{base_url: {url}/deep, api_key_command: "cat key.txt"}}
run: {{max_attempts: 1, timeout_s: 2}}
history: {{file: history.db}}
hooks:
  webhooks: [{{url_env: HOOK_URL, secret_env: HOOK_SECRET, events: [plan, start, finish, failure]}}]
  command: {{run: [sh, -c, "cat >> told.txt; env >> env.txt"]}}
"""
WHILE_THERE = (
    ("check", "jobs.jsonl"),
    ("plan", "jobs.jsonl", "--json", "-o", "a.plan"),
    ("run", "jobs.jsonl", "--yes"),
    ("run", "jobs.jsonl", "--yes", "--only", "failed"),
    ("doctor", "--online"),
    ("hooks", "test"),
)
AFTERWARDS = (
    ("show", "a.plan"),
    ("show", "a.plan", "--json"),
    ("show", "a.plan", "--request", "mail-1"),
    ("status",),
    ("status", "--json"),
    ("report",),
    ("report", "--json"),
    ("report", "--details"),
    ("report", "-o", "report.html"),
    ("report", "-o", "report.md"),
    ("report", "-o", "report.csv"),
    ("report", "-o", "report.parquet"),
    ("compare", "a.plan", "jobs.jsonl"),
    ("compare", "a.plan", "jobs.jsonl", "--json"),
    ("runs", "list"),
    ("runs", "prune", "--set-aside", "--yes"),
    ("chargeback", "-o", "chargeback.csv"),
    ("chargeback", "--json"),
    ("audit",),
    ("audit", "verify"),
    ("audit", "show", "mail-1"),
    ("audit", "export", "-o", "audit.parquet"),
    ("audit", "check-text", "jobs.jsonl"),
    ("audit", "catch-up"),
    ("history",),
    ("models",),
    ("models", "gpt-6-luna"),
    ("processing",),
    ("processing", "a.plan", "--json"),
    ("processing", "-o", "processing.html"),
    ("hooks",),
    ("doctor", "--json"),
    ("pace", "50%"),
    ("cancel", "--yes"),
    ("init", "new"),
)
ELSEWHERE = {
    "pilot": "sends through the same session and journal as `run`",
    "pilot export": "writes prompts and answers of a pilot",
    "pilot import": "reads a sheet",
    "certify": "sends through the same session and journal as `run`",
    "models import": "reads a list, holds no key",
    "eval": "sends nothing, holds no key",
    "emulator": "a server, which is given no key",
    "history show": "sums by template and model, of which this run measures none",
    "history export": "the same",
    "history forget": "deletes",
    "history import": "reads a file",
    "audit prune": "deletes",
}
OWN = frozenset({"modelroute.yaml", "jobs.jsonl", "key.txt"})


def in_turn() -> Serve:
    """A provider that answers and refuses in turn, and quotes keys in both."""
    acts = answers(raw(GOOD, f"X-Request-Id: {BEARER}")), answers(raw(BAD, status="400 Bad Request"))
    calls = count()

    async def act(reader: object, writer: object) -> None:
        await acts[next(calls) % 2](reader, writer)  # type: ignore[arg-type]

    return act


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all commands work."""
    return tmp_path_factory.mktemp("planted")


def test_a_new_command_is_looked_at_too() -> None:
    """Whoever adds one adds a line of it to the lists above, or says why it can hold no secret."""
    run = {" ".join(line[:words]) for line in (*WHILE_THERE, *AFTERWARDS) for words in (1, 2)}
    assert [name for name in _commands() if name not in run | ELSEWHERE.keys()] == []
    assert [name for name in ELSEWHERE if name not in _commands()] == []


def test_no_secret_is_in_anything_that_any_command_writes_or_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Screens, JSON, reports of every format, tables, journals, logs, archives, webhooks, the hook's environment."""
    monkeypatch.setenv("MODELROUTE_HISTORY", "")
    cli = Cli(folder, monkeypatch, capsys)
    rows = [{**row, "tenant": "acme"} for row in mails(4)]
    cli.jobs(*({**row, "model": name} for row, name in zip(rows, ("gpt-6-luna", "deepseek-flash") * 2, strict=True)))
    ended: dict[tuple[str, ...], Finished] = {}
    with listening() as listener, Place(in_turn()).open() as place:
        plant(monkeypatch, listener.url)
        cli.write("modelroute.yaml", SETTINGS.format(url=place.url))
        cli.write("key.txt", COMMAND)
        ended |= {line: cli(*line) for line in WHILE_THERE}
        used = b"".join(place.seen)
    ended |= {line: cli(*line) for line in AFTERWARDS}
    assert {line: _said(done) for line, done in ended.items() if _said(done)} == {}
    assert leaks(folder, OWN) == {"env.txt": [PROXY]}  # a program reaches the network as this one does
    assert _heard(listener) == {"plan", "start", "finish", "failure", "test"}
    assert [secret for got in listener.got for secret in found(got.body)] == []
    assert {secret for secret in PLANTED if secret.encode() in used} == {BEARER, HEADER, COMMAND}  # they were used
    refused = {line for line, done in ended.items() if done.code in {ExitCode.BUG, ExitCode.USAGE}}
    assert refused == {("cancel", "--yes"), ("pace", "50%")}  # the run is over


def _said(done: Finished) -> list[str]:
    return found((done.out + done.err).encode())


def _heard(listener: Listener) -> set[str]:
    """The events that came, all of them to the address with the token."""
    assert all(got.path.endswith(TOKEN) for got in listener.got)
    return {json.loads(got.body)["event"] for got in listener.got}


def test_what_is_looked_through_holds_what_it_should(folder: Path) -> None:
    """A search of nothing would find nothing: the provider's words are there, packed tables are read, the hook ran."""
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    wanted = {"journal.db", "log.jsonl", "plan", "a.plan", "report.html", "report.md", "report.csv", "report.parquet"}
    assert wanted | {"chargeback.csv", "audit.parquet", "told.txt", "env.txt"} <= names
    with sqlite3.connect(next(folder.rglob("journal.db"))) as connection:
        said = {str(row[0]) for row in connection.execute("SELECT message FROM outcomes WHERE message IS NOT NULL")}
    connection.close()
    assert [text for text in said if "[hidden]" in text] != []
    assert any(b"mail-1" in data for data in [*unpacked(folder / "audit.parquet")][1:])
    assert any(b"mail-1" in data for data in [*unpacked(folder / "a.plan")][1:])


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """Plain, in base64, and in a packed table."""
    import polars as pl  # noqa: PLC0415 - here alone

    (tmp_path / "plain").write_text(f"x {AUDIT}")
    pl.DataFrame({"a": [f"{HEADER} " * 50]}).write_parquet(tmp_path / "table")
    assert {name: set(held) for name, held in leaks(tmp_path, frozenset()).items()} == {
        "plain": {AUDIT},
        "table": {HEADER},
    }
