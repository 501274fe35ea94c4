"""Telemetry is off unless somebody asks."""

import msgspec
import pytest

from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.telemetry import TelemetrySettings
from modelroute_cli.execution.telemetry.switch import is_installed, is_wanted

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
TRACES = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}
DISABLED = {"OTEL_SDK_DISABLED": "TRUE"}


def wanted(otel: str, env: dict[str, str], *, installed: bool = True) -> bool:
    """By such settings."""
    return is_wanted(msgspec.convert({"otel": otel}, TelemetrySettings), env, lambda: installed)


@pytest.mark.parametrize(
    ("otel", "env", "on"),
    [
        ("auto", {}, False),
        ("auto", ENDPOINT, True),
        ("auto", TRACES, True),
        ("auto", {"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ("auto", ENDPOINT | DISABLED, False),
        ("on", {}, True),
        ("on", DISABLED, False),
        ("off", ENDPOINT, False),
    ],
)
def test_settings_go_before_the_environment(otel: str, env: dict[str, str], *, on: bool) -> None:
    """And the library's own switch before both."""
    assert wanted(otel, env) is on


def test_nothing_is_looked_for_unless_it_is_asked_for() -> None:
    """Off costs nothing."""

    def looked() -> bool:
        message = "it was looked for"
        raise AssertionError(message)

    for otel in ("auto", "off"):
        assert not is_wanted(msgspec.convert({"otel": otel}, TelemetrySettings), {}, looked)


def test_what_is_asked_for_and_missing_is_an_error() -> None:
    """What only the environment asks for is left out: it may be meant for other programs."""
    assert not wanted("auto", ENDPOINT, installed=False)
    with pytest.raises(UsageError) as caught:
        wanted("on", {}, installed=False)
    assert caught.value.message == "`telemetry.otel` is `on`, and the extra `otel` is not installed"
    assert caught.value.hint == "`pip install 'modelroute-cli[otel]'`, or `telemetry: {otel: auto}`"


def test_looking_for_the_extra_never_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether none, some or all of it is there."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("modelroute_cli.execution.telemetry.switch.find_spec", missing)
    assert not is_installed()
