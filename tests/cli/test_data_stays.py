"""What must stay in the EU never goes elsewhere, by whichever path: all that a run sends is looked through.

Rows that are personal carry a word that no other row has; no provider but the one in the EU may ever see it.
"""

from collections import Counter
from pathlib import Path
from typing import cast

import msgspec
import pytest
from support.cli import Cli
from support.unclear import unclear
from support.wiretap import tapped_emulator

from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.planning import plan_file

WORD = "Zanzibarquux"
INSIDE = "mistral"
MODELS = """
providers: {mistral: {zero_retention: always}}
models: {mistral-big: {provider: mistral, model_id: b, base_model: b, context_tokens: 90000, max_output_tokens: 9000}}
prices: {mistral-big: {input: "2", output: "6"}}
aliases:
  cheap: [gpt-6-luna, mistral-small, mistral-big]
  escalation: [gpt-6-sol, mistral-big]
  jury: [claude-sonnet-5-5, gpt-6-sol, mistral-big]
objective: {min_quality: 0, baseline: gpt-5}
run: {control_share: 0.5, control_budget: 1}
"""
BAD_ANSWERS = """
emulator:
  latency_s: 0.001
  tokens_per_s: 1000000
  replay: {qualities: {"*": {"*": 0.3}}, gate_catch: {"*": 1.0}}
"""
JUDGED = "  - {name: judged, gates: {judge: {model: jury, least: 0.9}}}\n  - {name: all, allow: [cheap]}\n"
BY_POLICY = f"rules:\n{JUDGED}data_policy: {{personal: {{regions: [eu], zero_data_retention: true}}}}\n"
BY_RULE = "rules:\n  - {name: stays, match: {personal_data: [email]}, allow: [mistral-small, mistral-big]}\n" + JUDGED
EU_ONLY = Path(__file__).parents[2] / "configs" / "eu_only.yaml"


def jobs(cli: Cli, *, named: bool) -> None:
    """Six personal requests and six others; `named`: their rows say so, else only an address in them does."""
    rows: list[dict[str, object]] = []
    for n in range(6):
        personal: dict[str, object] = {"data_class": "personal"} if named else {}
        text = f"Is it positive or negative? Tea {n} is {WORD}, says anna{n}@posteo.de"
        rows.append(
            {"custom_id": f"p{n}", "prompt": text, "expected": "positive", "task_type": "classification"} | personal
        )
        rows.append(
            {"custom_id": f"q{n}", "prompt": f"Write an e-mail about tea number {n}.", "max_output_tokens": 300}
        )
    cli.jobs(*rows)


def settings_of(emulator: str) -> EmulatorSettings:
    """An emulator whose models are mostly wrong, and seen to be."""
    return msgspec.convert(msgspec.yaml.decode(emulator)["emulator"], EmulatorSettings)


@pytest.mark.parametrize(("rules", "named"), [(BY_POLICY, True), (BY_RULE, False)], ids=["data_policy", "rule"])
def test_first_answers_judges_escalations_and_comparisons_stay(cli: Cli, rules: str, *, named: bool) -> None:
    """All of them happen here, and with other rows elsewhere."""
    cli.write("modelroute.yaml", MODELS + rules)
    jobs(cli, named=named)
    with tapped_emulator(settings_of(BAD_ANSWERS)) as tap:
        cli("run", "jobs.jsonl", "--emulator-url", tap.url, "--yes", "--max-cost", "5")
    seen = Counter((each.path.split("/")[1], WORD in each.body.decode("utf-8", "replace")) for each in tap.sent)
    assert {provider for provider, is_personal in seen if is_personal} == {INSIDE}
    assert {provider for provider, is_personal in seen if not is_personal} >= {"openai", "anthropic"}
    assert seen[INSIDE, True] > 6


def test_a_question_about_templates_shows_no_personal_request(cli: Cli) -> None:
    """The model that is asked sees examples; rows of a class that must stay are none."""
    cli.write("modelroute.yaml", (MODELS + BY_POLICY).replace(JUDGED, "  - {name: all, allow: [cheap]}\n"))
    texts = [row | {"prompt": f"{WORD} {row['prompt']}", "data_class": "personal"} for row in unclear(1, 6)]
    others = unclear(2, 6)[6:]
    cli.jobs(*texts, *(row | {"custom_id": f"o{at}"} for at, row in enumerate(others)))
    with tapped_emulator(msgspec.convert({"latency_s": 0.001}, EmulatorSettings)) as tap:
        cli("run", "jobs.jsonl", "--emulator-url", tap.url, "--yes", "--classify-with", "gpt-6-luna", "--max-cost", "5")
    outside = [each for each in tap.sent if each.path.split("/")[1] != INSIDE]
    assert outside
    assert not any(WORD in each.body.decode("utf-8", "replace") for each in outside)


def test_the_eu_settings_name_nobody_outside_for_any_path(cli: Cli) -> None:
    """The plan holds all that a run may turn to: answers, escalations, fallbacks, judges, comparisons; batches none."""
    cli.write("modelroute.yaml", EU_ONLY.read_text("utf-8"))
    jobs(cli, named=True)
    assert cli("plan", "jobs.jsonl", "-o", "a.plan", "--tiers", "standard,batch", "--deadline", "48h").code == 0
    plan = plan_file.read(cli.folder / "a.plan")
    header, frame = plan.header, plan.assignments.collect()
    assert set(frame["model"]) == {"mistral-small"}
    assert {name for names in (*header.allowed.values(), *header.escalations.values()) for name in names} == {
        "mistral-small"
    }
    assert (header.judges, header.control_rules) == ({}, ())
    personal = frame.filter(frame["custom_id"].str.starts_with("p"))
    assert set(cast("list[str]", personal["service_tier"].cast(str).to_list())) == {"standard"}


def test_where_nobody_may_have_it_nothing_is_planned(cli: Cli) -> None:
    """A provider of which nobody states the terms is nobody."""
    cli.write("modelroute.yaml", (MODELS + BY_POLICY).replace("zero_retention: always", "zero_retention: on_request"))
    jobs(cli, named=True)
    ended = cli("plan", "jobs.jsonl")
    assert ended.code == 2
    assert ended.err.startswith("error: `data_policy.personal` leaves no model: ")
