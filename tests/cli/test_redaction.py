"""Redaction from the command line: what is planned, what goes over the wire, and what stands in the results."""

import json

from support.cli import QUICK_EMULATOR, Cli
from support.wiretap import tapped_emulator

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.settings import EmulatorSettings

MODELS = ("gpt-6-luna", "claude-haiku-5-5", "gemini-3.8-flash", "deepseek-flash")
PLANTED = ("canary.bird@posteo.de", "Anna Schmidt", "Łukasz", "0532 0130 00")
SETTINGS = """
privacy: {redact: [email], redact_terms: [Anna Schmidt], redact_fields: [who]}
rules: [{name: all, allow: [deepseek-flash], redact: [iban], gates: {judge: {model: gpt-6-sol, least: 0.0}}}]
"""


def rows() -> list[dict[str, object]]:
    """A request for each wire format, and one that carries nothing to hide."""
    prompt = (
        "Write a mail of 30 words to Anna Schmidt <canary.bird@posteo.de> and Łukasz about DE89 3704 0044 0532 0130 00."
    )
    pinned: list[dict[str, object]] = [
        {"custom_id": f"r{at}", "prompt": f"{prompt} No {at}.", "model": model, "metadata": {"who": "Łukasz"}}
        for at, model in enumerate(MODELS)
    ]
    return [*pinned, {"custom_id": "none", "prompt": "Write a mail of 30 words about tea."}]


def test_nothing_that_is_to_be_hidden_leaves_the_machine(cli: Cli) -> None:
    """Over any wire format, to judges neither; the plan and the report say how much was replaced."""
    cli.jobs(*rows())
    cli.write("modelroute.yaml", QUICK_EMULATOR + SETTINGS)
    planned = cli("plan", "jobs.jsonl", "-o", "p.plan", "--min-quality", "0")
    told = "Redacted before they are sent: 4 requests (e-mail addresses in 4, IBANs in 4, listed terms in 4)\n"
    assert told in planned.out
    shown = cli("show", "p.plan", "--request", "r1").out
    assert "  redacted before it is sent: e-mail addresses 1, IBANs 1, listed terms 2\n" in shown
    with tapped_emulator(EmulatorSettings(latency_s=0, tokens_per_s=1_000_000)) as tapped:
        done = cli("run", "p.plan", "--emulator-url", tapped.url, "--yes", "-o", "out.jsonl")
    assert done.code == ExitCode.OK, done.err
    bodies = [json.dumps(sent.json, ensure_ascii=False) for sent in tapped.sent]
    assert len(bodies) > len(rows())  # judges were asked
    assert not [body for body in bodies if any(value in body for value in PLANTED)]
    assert sum("[NAME_1] <[EMAIL_1]> and [NAME_2] about [IBAN_1]" in body for body in bodies) >= len(MODELS)
    results = [json.loads(line) for line in (cli.folder / "out.jsonl").read_text().splitlines()]
    replaced = {"values": {"email": 1, "iban": 1, "term": 2}, "lost": 4, "unknown": 0}
    assert [row.get("redacted") for row in results] == [*[replaced] * 4, None]
    assert "Redacted before they were sent: 4 requests\n" in cli("report", "p.plan").out


def test_a_replay_knows_requests_by_what_is_sent_of_them(cli: Cli) -> None:
    """Right answers hold placeholders, and are right when the values are back in them."""
    mail = [f"canary.{n}@posteo.de" for n in range(4)]
    cli.jobs(
        *(
            {
                "custom_id": f"t{n}",
                "prompt": f"Which address? Write to {each}, ticket {n}.",
                "expected": each,
                "gates": {"expected": "normalised"},
                "task_type": "extraction",
            }
            for n, each in enumerate(mail)
        )
    )
    lines = [f"t{n},deepseek-flash,{int(n > 0)}" for n in range(4)]
    cli.write("outcomes.csv", "\n".join(["prompt_id,model,quality", *lines]))
    rules = "rules: [{name: all, allow: [deepseek-flash], redact: true}]\n"
    cli.write("modelroute.yaml", QUICK_EMULATOR + rules)
    done = cli(
        "run", "jobs.jsonl", "--yes", "--min-quality", "0.5", "--emulator", "--emulator-replay", "outcomes.csv",
        "--max-cost", "1",
    )  # fmt: skip
    results = [json.loads(line) for line in (cli.folder / "jobs.results.jsonl").read_text().splitlines()]
    assert "3 right, 1 wrong\n" in done.err
    assert [row["output"] for row in results[1:]] == mail[1:]
    assert results[0]["status"] == "failed"
