"""Whether a run sends telemetry: by its settings, by OpenTelemetry's own variables, and by what is installed."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.telemetry import TelemetrySettings

_ENDPOINTS = tuple(f"OTEL_EXPORTER_OTLP_{part}ENDPOINT" for part in ("", "TRACES_", "METRICS_"))
_NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


def is_wanted(settings: TelemetrySettings, env: Mapping[str, str], installed: Callable[[], bool]) -> bool:
    """Whether there is to be telemetry; UsageError where it is asked for and the extra is not installed.

    `OTEL_SDK_DISABLED` goes before everything. What only the environment asks for is left out where it cannot be.
    """
    if settings.otel == "off" or env.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if settings.otel == "auto":
        return any(env.get(name) for name in _ENDPOINTS) and installed()
    if not installed():
        message = "`telemetry.otel` is `on`, and the extra `otel` is not installed"
        raise UsageError(message, hint="`pip install 'modelroute-cli[otel]'`, or `telemetry: {otel: auto}`")
    return True


def is_installed() -> bool:
    """Whether the extra is there, without loading it."""
    try:
        return all(find_spec(name) is not None for name in _NEEDED)
    except ModuleNotFoundError:
        return False
