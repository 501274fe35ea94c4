"""What is said of every span of a run, and that nothing is loaded for it unless it is asked for."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
from support.report_plans import plan

from modelroute_cli.catalog.telemetry import TelemetrySettings
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.run_telemetry import about, wants_telemetry
from modelroute_cli.cli.workspace import open_workspace
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.execution.telemetry.recorder import ModelName


def order(*, custom_ids: bool = False) -> Order:
    """The small plan, to be sent to an account called `google`."""
    made = plan()
    provider = msgspec.structs.replace(made.header.providers["openai"], name="google", format="gemini")
    cheap = msgspec.structs.replace(made.header.models["cheap-1"], provider="google", model_id="gemini-4-lite")
    header = msgspec.structs.replace(
        made.header,
        providers={**made.header.providers, "google": provider},
        models={**made.header.models, "cheap-1": cheap},
    )
    space = open_workspace(None, None, {})
    settings = replace(space.settings, telemetry=TelemetrySettings(custom_ids=custom_ids))
    return Order(
        folder=RunFolder(Path(), "0123456789ab"),
        workspace=replace(space, settings=settings),
        plan=replace(made, header=header),
        requests=Path(),
        reviewed=True,
        continues=False,
        emulated=True,
        cap_pusd=header.hard_cap_pusd,
        results=Path(),
        results_format="jsonl",
    )


def test_models_have_the_names_of_the_conventions() -> None:
    """Account and operation by their well-known names, the model as it goes over the wire."""
    found = about(order())
    assert (found.run_id, found.emulated, found.custom_id) == ("0123456789ab", True, None)
    assert found.models["cheap-1"] == ModelName("gcp.gemini", "generate_content", "gemini-4-lite")
    assert found.models["good-1"] == ModelName("openai", "chat", "good-1")


def test_requests_are_named_where_settings_ask_for_it() -> None:
    """By their row."""
    named = about(order(custom_ids=True)).custom_id
    assert named is not None
    assert [named(row) for row in range(3)] == ["mail-1", "mail-1-again", "head-1"]


def test_a_run_loads_nothing_of_it_unless_it_is_asked_for() -> None:
    """The module that decides it brings no part of OpenTelemetry along."""
    assert not wants_telemetry(order())
    code = (
        "import sys, modelroute_cli.cli.run_telemetry; print([name for name in sys.modules if 'opentelemetry' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
