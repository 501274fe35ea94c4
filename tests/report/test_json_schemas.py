"""docs/schemas say what `--json` prints."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from support.json_schemas import FOLDER, SHOWN, files, problems, schema
from support.random_runs import random_facts
from support.report_plans import facts, plan
from support.run_folders import folder_of

from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.run_status import run_status
from modelroute_cli.report.run_summary import run_summary, summarise
from modelroute_cli.report.run_types import RunFacts
from modelroute_cli.report.summary import plan_summary


def test_schemas_are_up_to_date() -> None:
    """`python tests/support/json_schemas.py` writes them again; a change is a change for scripts that read them."""
    assert {place.name: place.read_text(encoding="utf-8") for place in FOLDER.iterdir()} == {
        place.name: text for place, text in files()
    }


@pytest.mark.parametrize("name", SHOWN)
def test_every_schema_is_one(name: str) -> None:
    """By the rules of JSON Schema itself."""
    jsonschema.Draft202012Validator.check_schema(schema(name))


@settings(max_examples=10, deadline=None)
@given(random_facts())
def test_reports_of_runs_are_as_described(run: RunFacts) -> None:
    """Whatever was run."""
    assert problems("report-run", to_json(summarise(run))) == []


def test_reports_of_plans_are_as_described() -> None:
    """A plan by hand."""
    assert problems("report-plan", to_json(plan_summary(plan()))) == []


def test_status_and_whole_runs_are_as_described(tmp_path: Path) -> None:
    """As they are read from a run's folder."""
    folder = folder_of(facts(), tmp_path)
    assert problems("status", to_json(run_status(folder))) == []
    assert problems("report-run", to_json(run_summary(folder))) == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("surprise", 1, ": Additional properties are not allowed ('surprise' was unexpected)"),
        ("run_id", 7, "run_id: 7 is not of type 'string'"),
        ("format", 2, "format: 1 was expected"),
    ],
)
def test_anything_else_is_refused(key: str, value: object, said: str) -> None:
    """Else a schema would promise nothing."""
    shown = {**json.loads(to_json(summarise(facts()))), key: value}
    assert problems("report-run", json.dumps(shown)) == [said]


def test_money_is_a_decimal_text_without_a_last_zero() -> None:
    """A number would be read as a float somewhere."""
    shown = json.loads(to_json(summarise(facts())))
    shown["money"]["spent_usd"] = 0.5
    shown["money"]["held_usd"] = "0.50"
    assert [text.split(":")[0] for text in problems("report-run", json.dumps(shown))] == [
        "money/spent_usd",
        "money/held_usd",
    ]
