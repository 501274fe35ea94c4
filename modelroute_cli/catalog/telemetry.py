"""The settings section `telemetry`: whether a run sends traces and metrics, and what stands in them."""

from typing import Literal

from msgspec import Struct


class TelemetrySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """OpenTelemetry of runs; where it goes is as its own environment variables say (OTEL_EXPORTER_OTLP_ENDPOINT)."""

    otel: Literal["auto", "on", "off"] = "auto"  # auto: where the environment names an endpoint
    custom_ids: bool = False  # whether spans carry the `custom_id` of their request
