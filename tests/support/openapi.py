"""The OpenAPI documents of OpenAI and OpenRouter, which stand beside this repository where it is developed."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SPECS = Path(__file__).parents[3] / "shared" / "specs"


@cache
def document(provider: str) -> dict[str, Any]:
    """A provider's whole document; the test is skipped where it is absent."""
    path = SPECS / f"{provider}.json.gz"
    if not path.exists():
        pytest.skip(f"the OpenAPI document of {provider} is not next to this repository")
    read_document: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()), object_pairs_hook=_any_of)
    return read_document


def _any_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Alternatives that may overlap: some of both documents do, and `oneOf` would refuse what two of them accept."""
    return {"anyOf" if name == "oneOf" else name: value for name, value in pairs}


@cache
def validator(provider: str, schema: str) -> Draft202012Validator:
    """A validator of one schema of a provider's document."""
    resource = Resource.from_contents(document(provider), default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:spec", resource)
    return Draft202012Validator({"$ref": f"urn:spec#/components/schemas/{schema}"}, registry=registry)


def problems(provider: str, schema: str, body: object) -> list[str]:
    """What the document has against a body."""
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(provider, schema).iter_errors(body)]


def known_fields(provider: str, schema: str) -> set[str]:
    """The field names of a schema and of what it is composed of; documents accept unknown ones silently."""
    schemas = document(provider)["components"]["schemas"]
    found: set[str] = set()
    waiting = [schemas[schema]]
    while waiting:
        node = waiting.pop()
        found.update(node.get("properties", {}))
        waiting.extend(node.get("allOf", []))
        if "$ref" in node:
            waiting.append(schemas[node["$ref"].rpartition("/")[2]])
    return found
