"""Writes docs/schemas/*.json from the types of what `--json` prints: `python tests/support/json_schemas.py`."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import jsonschema
import msgspec

from modelroute_cli.report.comparison_types import Comparison
from modelroute_cli.report.job_summary import JobSummary
from modelroute_cli.report.json_out import FORMAT
from modelroute_cli.report.kept_runs import KeptRuns
from modelroute_cli.report.kpis import KpisMeasured
from modelroute_cli.report.run_status import RunStatus
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.summary import PlanSummary

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
SHOWN: Mapping[str, type[msgspec.Struct]] = {
    "check": JobSummary,
    "compare": Comparison,
    "kpis-measured": KpisMeasured,
    "report-plan": PlanSummary,
    "report-run": RunSummary,
    "runs-list": KeptRuns,
    "status": RunStatus,
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MONEY = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]*[1-9])?$", "description": "Exact dollars."}
_IS_MONEY = {"$ref": "#/$defs/USD"}

Schema = dict[str, Any]


def schema(name: str) -> Schema:
    """What `--json` prints, as JSON Schema (2020-12): every key is there, and no other."""
    shown = SHOWN[name]
    (top,), definitions = msgspec.json.schema_components([shown], ref_template="#/$defs/{name}")
    objects = {key: _object(value) for key, value in sorted(definitions.items())}
    root = objects.pop(str(top["$ref"]).rsplit("/", 1)[1])
    root["properties"] = {"format": {"const": FORMAT}, **root["properties"]}
    root["required"] = ["format", *root["required"]]
    return {"$schema": _DIALECT, **root, "title": f"modelroute {name}", "$defs": {**objects, "USD": _MONEY}}


def _object(found: Schema) -> Schema:
    """One of our objects under its public names; lists of values stay as they are."""
    if "properties" not in found:
        return cast("Schema", _value(found))
    properties = dict(_property(name, value) for name, value in found["properties"].items())
    return {
        "title": found["title"],
        **({"description": found["description"]} if "description" in found else {}),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _property(name: str, found: Schema) -> tuple[str, Schema]:
    """One key; money is a decimal string of dollars."""
    if not name.endswith("_pusd"):
        return name, cast("Schema", _value(found))
    unknown = [kind for kind in found.get("anyOf", ()) if kind == {"type": "null"}]
    return f"{name.removesuffix('_pusd')}_usd", {"anyOf": [_IS_MONEY, *unknown]} if unknown else _IS_MONEY


def _value(found: object) -> object:
    """A schema without defaults: what is printed says everything."""
    if isinstance(found, dict):
        return {key: _value(value) for key, value in found.items() if key != "default"}
    return [_value(item) for item in found] if isinstance(found, list) else found


def problems(name: str, text: str) -> list[str]:
    """What a validator says of an output."""
    found = jsonschema.Draft202012Validator(schema(name)).iter_errors(json.loads(text))
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def files() -> Iterator[tuple[Path, str]]:
    """Every file, with what is to stand in it."""
    for name in SHOWN:
        yield FOLDER / f"{name}.json", json.dumps(schema(name), indent=2) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for place, text in files():
        place.write_text(text, encoding="utf-8")
