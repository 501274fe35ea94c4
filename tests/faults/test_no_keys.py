"""Keys appear nowhere: planted ones are looked for in every byte that a run writes or says, whatever providers do."""

import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.calls import make_call
from support.cli import QUICK_EMULATOR, Cli, mails
from support.raw_place import Place
from support.raw_server import Serve, answers, raw, raw_head, resets

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.cli.bug_report import write_bug_report
from modelroute_cli.execution.keys import Credentials, resolve_keys
from modelroute_cli.providers.network import Network
from modelroute_cli.providers.openai_chat import OpenAIChat

BEARER = "plantedBearerKey0123456789"
HEADER = "plantedHeaderKey0123456789"
COMMAND = "plantedCommandKey0123456789"
PROXY = "plantedProxyPassword0123456789"
PLANTED = (BEARER, HEADER, COMMAND, PROXY)
QUOTED = f"key {BEARER}, header {HEADER}, from {COMMAND}; see http://h.example/v1?key={BEARER} and http://u:{PROXY}@p/"
GOOD = json.dumps({
    "choices": [{"message": {"content": "A short e-mail about tea."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 30, "completion_tokens": 10},
}).encode()  # fmt: skip
SETTINGS = """
aliases: {{cheap: [gpt-6-luna, deepseek-flash], premium: [gpt-6-luna], analysis: [gpt-6-luna], multimodal: [gpt-6-luna],
  escalation: [gpt-6-luna]}}
providers:
  openai: {{base_url: {url}/v1, key_headers: {{x-gateway-key: GATEWAY_KEY}}}}
  deepseek: {{base_url: {url}/deep, api_key_command: "echo {command}"}}
run: {{max_attempts: 1, timeout_s: 2}}
"""


def _error(status: str) -> bytes:
    return raw(json.dumps({"error": {"message": QUOTED, "code": QUOTED}}).encode(), status=status)


BEHAVIOURS = {
    "answers": answers(raw(GOOD, f"X-Request-Id: {BEARER}")),
    "quotes the key in a 401": answers(_error("401 Unauthorized")),
    "quotes the key in a 400": answers(_error("400 Bad Request")),
    "quotes the key in a 429": answers(_error("429 Too Many Requests\r\nRetry-After: 5000")),
    "quotes the key in a 500": answers(_error("500 Oops")),
    "quotes the key in a page": answers(raw(f"<html>{QUOTED}".encode(), status="503 Oops")),
    "quotes the key within a success": answers(raw(json.dumps({"error": QUOTED}).encode())),
    "answers with something else that quotes it": answers(raw(QUOTED.encode())),
    "leads elsewhere": answers(raw(b"", f"Location: http://h.example/?key={BEARER}", status="302 Moved")),
    "names it as its reason to stop": answers(raw(GOOD.replace(b'"stop"', f'"{QUOTED}"'.encode()))),
    "breaks off": resets(raw_head(f"X-Echo: {BEARER}")),
    "is no HTTP": answers(QUOTED.encode()),
}


@pytest.fixture
def planted(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A command line with a key of every kind in its environment."""
    monkeypatch.setenv("OPENAI_API_KEY", BEARER)
    monkeypatch.setenv("GATEWAY_KEY", HEADER)
    monkeypatch.setenv("HTTPS_PROXY", f"http://anna:{PROXY}@127.0.0.1:9")
    return cli


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """A command line in a folder of its own."""
    return Cli(tmp_path, monkeypatch, capsys)


def _written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file that is there, as raw bytes: journal and write-ahead log, run log, plan, results."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in {"modelroute.yaml", "jobs.jsonl"}:
            yield path.name, path.read_bytes()


def _rows() -> list[dict[str, object]]:
    """Requests to both providers, so that every kind of key is in use."""
    return [{**row, "model": name} for row, name in zip(mails(2), ("gpt-6-luna", "deepseek-flash"), strict=True)]


def _found(text: bytes) -> list[str]:
    return [secret for secret in PLANTED if secret.encode() in text]


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_no_key_is_in_anything_a_run_writes_or_says(behaviour: str, planted: Cli) -> None:
    """Journal, logs, results, screens and JSON, after a run against a provider that does its worst."""
    act: Serve = BEHAVIOURS[behaviour]
    planted.jobs(*_rows())
    with Place(act).open() as place:
        planted.write("modelroute.yaml", SETTINGS.format(url=place.url, command=COMMAND))
        said = [planted("run", "jobs.jsonl", "--yes")]
        said.append(planted("doctor", "--online"))
        seen = b"".join(place.seen)
    said += [planted(command, *more) for command in ("status", "report") for more in ((), ("--json",))]
    assert [_found((done.out + done.err).encode()) for done in said] == [[]] * len(said)
    assert {name: _found(data) for name, data in _written(planted.folder) if _found(data)} == {}
    assert _found(seen) == [BEARER, HEADER, COMMAND]  # they were really used


def test_the_journal_is_among_what_is_looked_through(planted: Cli) -> None:
    """A test that looks at no bytes would find no key: the provider's words are there, the key is not."""
    planted.jobs(*_rows())
    with Place(BEHAVIOURS["quotes the key in a 400"]).open() as place:
        planted.write("modelroute.yaml", SETTINGS.format(url=place.url, command=COMMAND))
        assert planted("run", "jobs.jsonl", "--yes").code == ExitCode.SOME_FAILED
    names = {name for name, _ in _written(planted.folder)}
    assert {"journal.db", "log.jsonl"} <= names
    journal = next(planted.folder.rglob("journal.db"))
    with sqlite3.connect(journal) as connection:
        messages = {str(row[0]) for row in connection.execute("SELECT message FROM outcomes")}
    connection.close()
    said = "key [hidden], header [hidden], from [hidden]; see http://h.example/v1 and http://p/"
    assert messages == {said}


def test_an_emulated_run_takes_no_key_at_all(planted: Cli) -> None:
    """Not even one that is there."""
    planted.jobs(*mails(2))
    planted.write("modelroute.yaml", QUICK_EMULATOR)
    done = planted("run", "jobs.jsonl", "--emulator", "--yes")
    assert (done.code, _found((done.out + done.err).encode())) == (ExitCode.OK, [])
    assert {name: _found(data) for name, data in _written(planted.folder) if _found(data)} == {}


def test_no_key_is_in_a_bug_report(planted: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever an exception of a library quotes; keys of commands are in nobody's exceptions."""
    del planted
    monkeypatch.setenv("DEEPSEEK_API_KEY", COMMAND)
    report = write_bug_report(RuntimeError(QUOTED), os.environ)
    assert "RuntimeError: key <OPENAI_API_KEY>, header <GATEWAY_KEY>" in report.read_text()
    assert _found(report.read_bytes()) == []


def test_no_key_is_in_a_repr() -> None:
    """Debuggers, logs and tracebacks with local values show reprs."""
    provider = Provider(name="p", base_url="http://p/v1", key_headers={"x-gateway-key": "GATEWAY_KEY"})
    env = {"P_KEY": BEARER, "GATEWAY_KEY": HEADER}
    credentials = resolve_keys([provider], env)["p"]
    call = make_call(provider=provider, key=BEARER)
    shown = [
        repr(call),
        repr(OpenAIChat().encode(call)),
        repr(credentials),
        repr(Credentials(COMMAND, {"x": HEADER})),
        repr(provider),
        repr(Network(f"http://anna:{PROXY}@p")),
    ]
    assert [_found(text.encode()) for text in shown] == [[]] * len(shown)
    assert all(text for text in shown)
