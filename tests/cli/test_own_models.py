"""Models of this machine in a run: what is started, what stays real in an emulated run, what is missing."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from support.cli import Cli, mails
from support.own_model import MadeUp
from support.report_plans import plan

from modelroute_cli.base.errors import ExitCode, SettingsError
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.cli.own_models import NONE, Accounts, OwnModels, emulated, on_this_machine, own_models, served
from modelroute_cli.execution.keys import Credentials
from modelroute_cli.local.server import Told, serve
from modelroute_cli.local.start import Address
from modelroute_cli.planning.plan import Plan

AWAY = Provider(name="openai", base_url="https://api.openai.com/v1", api_key_env="ONE")
STARTED = Provider(name="local", base_url="http://127.0.0.1:0/v1", auth="none")
RUNNING = Provider(name="ollama", base_url="http://localhost:11434/v1", auth="none")
PROVIDERS = {each.name: each for each in (AWAY, STARTED, RUNNING)}
OPEN = {"openai": Credentials(key="k"), "local": Credentials(), "ollama": Credentials()}
SECRET = "a-secret-of-this-test"  # noqa: S105 - opens nothing


def plan_at(provider: Provider, weights: str | None) -> Plan:
    """A plan whose models are all at one provider and have these weights."""
    made = plan()
    models = {
        name: msgspec.structs.replace(card, provider=provider.name, weights=weights)
        for name, card in made.header.models.items()
    }
    header = msgspec.structs.replace(made.header, models=models, providers={provider.name: provider})
    return replace(made, header=header)


def results(cli: Cli) -> list[dict[str, object]]:
    """The rows of the results file."""
    text = (cli.folder / "jobs.results.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_nothing_is_started_for_addresses() -> None:
    """Weights of a card whose provider has an address of its own are not looked at."""
    assert own_models(plan_at(AWAY, "nowhere.gguf")) == NONE
    assert own_models(plan_at(RUNNING, None)) == NONE


def test_nothing_is_started_where_all_is_emulated() -> None:
    """Then neither weights nor the package that runs them are needed."""
    assert own_models(plan_at(STARTED, None), only=frozenset()) == NONE


def test_a_model_without_weights_is_refused() -> None:
    """It says both ways out."""
    with pytest.raises(SettingsError) as caught:
        own_models(plan_at(STARTED, None))
    assert caught.value.message.endswith("is to answer on this machine, and its card names no `weights`")
    assert caught.value.hint == (
        "name a GGUF file in `weights`, or the address of a server that runs in `base_url` of its provider"
    )


def test_addresses_on_this_machine_are_known() -> None:
    """By any name that loopback has."""
    assert on_this_machine(PROVIDERS) == {"local", "ollama"}


def test_an_emulator_plays_all_that_is_not_real() -> None:
    """Those in `real` stay where they are."""
    accounts = emulated(Accounts(PROVIDERS, OPEN), "http://127.0.0.1:9", frozenset({"ollama"}))
    assert {name: each.base_url for name, each in accounts.providers.items()} == {
        "openai": "http://127.0.0.1:9/openai/v1",
        "local": "http://127.0.0.1:9/local/v1",
        "ollama": "http://localhost:11434/v1",
    }
    assert emulated(accounts, None, frozenset()) is accounts


def test_a_started_server_has_an_address_and_a_key() -> None:
    """For its own providers; the others keep theirs."""
    own, address = OwnModels(("local",), {"m": Path("m.gguf")}), Address("http://127.0.0.1:7/v1", "secret")
    accounts = served(Accounts(PROVIDERS, OPEN), own, address)
    assert (accounts.providers["local"].base_url, accounts.providers["local"].auth) == (
        "http://127.0.0.1:7/v1",
        "bearer",
    )
    assert accounts.providers["local"].limits.concurrency == 1
    assert accounts.credentials["local"].key == "secret"
    assert (accounts.providers["openai"], accounts.credentials["openai"]) == (AWAY, OPEN["openai"])
    assert served(accounts, NONE, None) is accounts


def test_the_plan_of_a_model_on_this_machine_costs_nothing_and_asks_for_no_quality(cli: Cli) -> None:
    """Naming it is enough: no rule allows it, and nobody asked for the 0.8 of the defaults."""
    cli.jobs(*mails(3))
    done = cli("plan", "jobs.jsonl", "--models", "local/smollm2", "--json")
    assert done.code == ExitCode.OK
    totals = {line["model"]: (line["requests"], line["cost_usd"]) for line in done.json["models"]}  # type: ignore[attr-defined]
    assert totals == {"local/smollm2": (3, "0")}


def test_a_quality_that_was_asked_for_stays_asked_for(cli: Cli) -> None:
    """A flag is no default."""
    cli.jobs(*mails(3))
    done = cli("plan", "jobs.jsonl", "--models", "local/smollm2", "--min-quality", "0.9")
    assert done.code == ExitCode.INFEASIBLE


def test_an_emulated_run_needs_neither_weights_nor_engine(cli: Cli) -> None:
    """It answers at once, and says that nothing was real."""
    cli.jobs(*mails(3))
    cli.write(
        "modelroute.yaml",
        "emulator: {latency_s: 0.001, tokens_per_s: 1000000}\nmodels: {local/smollm2: {weights: nowhere.gguf}}\n",
    )
    done = cli("run", "jobs.jsonl", "--models", "local/smollm2", "--emulator", "--yes")
    assert done.code == ExitCode.OK
    assert [row["emulated"] for row in results(cli)] == [True, True, True]


def test_a_run_without_weights_ends_before_it_begins(cli: Cli) -> None:
    """Nothing is sent, and no run is left behind."""
    pytest.importorskip("mistralrs", reason="the extra `local` is not installed: its absence is told first")
    cli.jobs(*mails(1))
    cli.write("modelroute.yaml", "models: {local/smollm2: {weights: nowhere.gguf}}\n")
    done = cli("run", "jobs.jsonl", "--models", "local/smollm2", "--yes")
    assert done.code == ExitCode.USAGE
    assert "its weights `nowhere.gguf` cannot be read: No such file or directory" in done.err
    assert not (cli.folder / ".modelroute" / "runs").exists()


def test_except_local_wants_an_emulator(cli: Cli) -> None:
    """Alone it means nothing."""
    cli.jobs(*mails(1))
    done = cli("run", "jobs.jsonl", "--except-local", "--yes")
    assert done.code == ExitCode.USAGE
    assert "error: --except-local: there is no emulator to be excepted from; nothing was sent" in done.err


MIXED = """
providers: {{local: {{base_url: "{url}", auth: bearer, api_key_env: OWN_KEY}}}}
models:
  local/tiny: {{provider: local, model_id: tiny, base_model: tiny, context_tokens: 8000, max_output_tokens: 900}}
prices: {{local/tiny: {{input: "0", output: "0"}}}}
rules: [{{name: all, allow: [local/tiny], escalate: [gpt-6-sol]}}]
objective: {{min_quality: 0}}
emulator: {{latency_s: 0.001, tokens_per_s: 1000000}}
"""


@contextmanager
def at_an_address() -> Iterator[str]:
    """A server of the user's own that runs already, in a thread."""
    loop, found, ready = asyncio.new_event_loop(), list[Told](), asyncio.Event()

    def tell(line: Told) -> None:
        found.append(line)
        if line.ready:
            ready.set()

    task = loop.create_task(serve(SECRET, {"tiny": Path("tiny.gguf")}, tell, MadeUp))
    loop.run_until_complete(ready.wait())
    thread = Thread(target=_until_done, args=(loop, task))
    thread.start()
    try:
        yield f"http://127.0.0.1:{found[0].port}/v1"
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


def _until_done(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    loop.run_until_complete(asyncio.gather(task, return_exceptions=True))


def test_real_answers_and_emulated_ones_are_told_apart(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine answers; what its gates refuse goes to the emulator, and each row says which it was."""
    monkeypatch.setenv("OWN_KEY", SECRET)
    rows = mails(4)
    rows[2] |= {"gates": {"min_words": 15}, "prompt": "Write a mail of about 60 words."}
    cli.jobs(*rows)
    with at_an_address() as url:
        cli.write("modelroute.yaml", MIXED.format(url=url))
        done = cli("run", "jobs.jsonl", "--emulator", "--except-local", "--yes", "--max-cost", "1")
    told = "but models on this machine answer for themselves: their answers are real and cost nothing"
    assert done.err.splitlines()[:2] == ["EMULATED: nothing was sent to a provider, nothing was paid", told]
    found = results(cli)
    assert [row["emulated"] for row in found] == [False, False, True, False]
    assert [row["model"] for row in found] == ["local/tiny", "local/tiny", "gpt-6-sol", "local/tiny"]
    assert str(found[0]["output"]).startswith("Write a short e-mail")
    assert [row["cost_usd"] == "0" for row in found] == [True, True, False, True]
