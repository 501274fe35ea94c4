"""The table of names is that of the conventions it names."""

import opentelemetry.semconv._incubating.attributes.gen_ai_attributes as gen_ai
import pytest
from opentelemetry.semconv._incubating.metrics.gen_ai_metrics import (
    GEN_AI_CLIENT_OPERATION_DURATION,
    GEN_AI_CLIENT_TOKEN_USAGE,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.schemas import Schemas
from support.catalog_room import default_catalog

from modelroute_cli.execution.telemetry import names

THEIRS = {
    name: value
    for name, value in vars(names).items()
    if isinstance(value, str) and value.startswith(("gen_ai.", "error."))
}
KNOWN = {value for name, value in vars(gen_ai).items() if name.startswith("GEN_AI_") and isinstance(value, str)}


@pytest.mark.parametrize("name", THEIRS)
def test_each_name_of_theirs_is_one_of_the_package(name: str) -> None:
    """Who raises the version reads what changed."""
    known = KNOWN | {ERROR_TYPE, GEN_AI_CLIENT_OPERATION_DURATION, GEN_AI_CLIENT_TOKEN_USAGE}
    assert THEIRS[name] in known


def test_the_version_is_one_there_is() -> None:
    """Told to receivers as the schema's address."""
    assert names.SCHEMA_URL in {schema.value for schema in Schemas}


def test_our_own_names_stand_apart() -> None:
    """Under a beginning of their own."""
    ours = [
        names.RUN_SPAN, names.REQUEST_SPAN, names.RUN_ID, names.EMULATED, names.ROW, names.CUSTOM_ID, names.STATUS,
        names.KIND, names.TIER, names.BATCH, names.GATE, names.COST, names.ATTEMPTS, names.REQUESTS, names.SUBJECT,
        names.MOVED,
    ]  # fmt: skip
    assert [name for name in ours if not name.startswith("modelroute.")] == []
    assert len({*ours, *THEIRS.values()}) == len(ours) + len(THEIRS)


def test_accounts_that_ship_have_the_names_that_are_well_known() -> None:
    """Where there is one."""
    called = {names.PROVIDERS.get(name, name) for name in default_catalog().providers}
    known = {each.value for each in gen_ai.GenAiProviderNameValues}
    assert {"openai", "anthropic", "gcp.gemini", "deepseek", "mistral_ai", "groq", "x_ai"} == called & known


def test_bounds_grow() -> None:
    """As histograms need them."""
    for bounds in (names.DURATION_BOUNDS_S, names.TOKEN_BOUNDS):
        assert list(bounds) == sorted(set(bounds))
