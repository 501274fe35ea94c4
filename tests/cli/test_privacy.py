"""Personal data from the command line: counted everywhere, shown nowhere."""

import json
import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from support.cli import Cli

from modelroute_cli.base.described import Templates
from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.features.describe import Describer, settled
from modelroute_cli.features.settling import Learned
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.parts import Dividing

CANARIES = {
    "email": "canary.bird@posteo.de",
    "phone": "+49 171 7654321",
    "iban": "DE89 3704 0044 0532 0130 00",
    "card": "4111 1111 1111 1111",
    "national_id": "RSSMRA85T10A562S",
}
LINE = (
    "Personal data found: e-mail addresses in 2 requests, phone numbers in 1, IBANs in 1, payment cards in 1, "
    "national identity numbers in 1 (counted here, never logged)"
)
COUNTS = {"email": 2, "phone": 1, "iban": 1, "card": 1, "national_id": 1}
LOCAL = """
models: {local/small: {provider: local, model_id: s, base_model: s, context_tokens: 9000, max_output_tokens: 2000}}
prices: {local/small: {input: "0", output: "0"}}
objective: {min_quality: 0}
privacy: {force: personal, ignore: [shop.de]}
rules:
  - {name: stays, match: {data_class: [personal]}, allow: [local/small], escalate: [local/small]}
  - {name: rest, allow: [deepseek-flash]}
"""


@pytest.fixture
def jobs(cli: Cli) -> Path:
    """A request with each kind, one whose system message has one, and one with none."""
    rows: list[dict[str, object]] = [
        {"custom_id": kind, "prompt": f"Write a short e-mail about {text} today.", "max_output_tokens": 900}
        for kind, text in CANARIES.items()
    ]
    rows.append({"custom_id": "system", "prompt": "Write two lines.", "system": f"Sign as {CANARIES['email']}."})
    rows.append({"custom_id": "none", "prompt": "Write three lines about tea, order 20241123, from info@shop.de."})
    return cli.jobs(*(row for row in rows if row["custom_id"] != "none"), rows[-1])


def no_canary(text: str) -> bool:
    """Whether none of the texts stands here, in groups or in one piece."""
    return not any(canary in text or canary.replace(" ", "") in text for canary in CANARIES.values())


def test_check_counts_and_shows_nothing(cli: Cli, jobs: Path) -> None:
    """On the screen and for programs."""
    cli.write("modelroute.yaml", "privacy: {ignore: [shop.de]}\n")
    screen, program = cli("check", jobs.name), cli("check", jobs.name, "--json")
    assert LINE in screen.out.splitlines()
    assert program.json["personal_data"] == COUNTS
    assert all(no_canary(each) for each in (screen.out, screen.err, program.out, program.err))


def test_a_plan_counts_and_its_file_holds_nothing(cli: Cli, jobs: Path) -> None:
    """The plan screen, its JSON, the plan file and `show`."""
    cli.write("modelroute.yaml", "privacy: {ignore: [shop.de]}\n")
    screen = cli("plan", jobs.name, "-o", "a.plan")
    ended = [
        screen,
        cli("plan", jobs.name, "--json"),
        cli("show", "a.plan"),
        cli("show", "a.plan", "--request", "iban"),
    ]
    assert [each.code for each in ended] == [0, 0, 0, 0]
    assert LINE in screen.out.splitlines()
    assert ended[1].json["personal_data"] == COUNTS
    assert LINE in ended[2].out.splitlines()
    with zipfile.ZipFile("a.plan") as plan:
        held = "".join(plan.read(name).decode("utf-8", "replace") for name in plan.namelist())
        assert json.loads(plan.read("plan.json"))["personal_data"] == COUNTS
    assert all(no_canary(text) for each in ended for text in (each.out, each.err))
    assert no_canary(held)


def test_a_file_that_is_refused_shows_nothing(cli: Cli) -> None:
    """The error names the line and the field, never the text of a prompt."""
    rows = [{"custom_id": kind, "prompt": text, "importance": "huge"} for kind, text in CANARIES.items()]
    ended = cli("check", cli.jobs(*rows).name)
    assert ended.code == 2
    assert no_canary(ended.out + ended.err)


def test_a_run_logs_nothing(cli: Cli, jobs: Path) -> None:
    """Its log is counts, models and money."""
    cli.write("modelroute.yaml", "emulator: {latency_s: 0.001, tokens_per_s: 1000000}\n")
    ended = cli("run", jobs.name, "--emulator", "--yes", "-o", "out.jsonl")
    logs = "".join(path.read_text("utf-8") for path in cli.folder.rglob("log.jsonl"))
    assert ended.code == 0
    assert logs
    assert no_canary(ended.out + ended.err + logs)


def test_finding_some_can_force_a_class_and_with_it_a_rule(cli: Cli, jobs: Path) -> None:
    """What may not leave the house goes to the house's own model."""
    cli.write("modelroute.yaml", LOCAL)
    ended = cli("plan", jobs.name, "-o", "a.plan", "--json")
    assert ended.code == 0
    models = ended.json["models"]
    assert isinstance(models, list)
    assert {line["model"]: line["requests"] for line in models} == {"local/small": 6, "deepseek-flash": 1}


def test_looking_can_be_switched_off(cli: Cli, jobs: Path) -> None:
    """Then nothing is counted."""
    cli.write("modelroute.yaml", "privacy: {detect: []}\n")
    ended = cli("plan", jobs.name)
    assert "Personal data" not in ended.out
    assert cli("check", jobs.name, "--json").json["personal_data"] == {}


def test_several_processes_find_what_one_finds(cli: Cli) -> None:
    """Each makes its own detector, with the same settings."""
    rows = [
        {"custom_id": f"r{n}", "prompt": f"Write {n} lines to {CANARIES['email'] if n % 3 else 'a@shop.de'}."}
        for n in range(90)
    ]
    path = cli.jobs(*rows)
    describer = partial(Describer, privacy=PrivacySettings(ignore=("shop.de",)))
    found = []
    for processes in (1, 2):
        how = Dividing(describer=describer, settled=_settled, least_bytes=1, processes=processes)
        options = IndexOptions(spool_dir=cli.folder / "spool")
        job = index(str(path), describer(), options, how)
        found.append(job.requests.collect()["personal"].to_list())
    assert found == [[1 if n % 3 else 0 for n in range(90)]] * 2


def _settled(parts: Sequence[object]) -> Templates:
    return settled(part for part in parts if isinstance(part, Learned))
