import msgspec
import pytest

from modelroute_cli.jobs.reading import Reading, spool_key

_DIGEST = "sha256:00ff"


def test_a_file_that_is_read_as_it_stands_has_its_digest_as_key() -> None:
    """Spools of earlier plans are found."""
    assert spool_key(_DIGEST, Reading()) == _DIGEST
    assert spool_key(_DIGEST, Reading(ignore_models=True)) == _DIGEST


@pytest.mark.parametrize("reading", [Reading(prompt="{{ a }}"), Reading(system="x"), Reading(encoding="cp1252")])
def test_another_reading_is_another_spool(reading: Reading) -> None:
    """Two plans of one file do not overwrite each other's spool."""
    keys = {spool_key(_DIGEST, reading), spool_key(_DIGEST, Reading()), spool_key("sha256:11", reading)}
    assert len(keys) == 3
    assert all(key.startswith("sha256:") for key in keys)


def test_a_reading_survives_its_file() -> None:
    """A plan keeps it as JSON, and little of it where there is little."""
    reading = Reading(ignore_models=True, prompt="Sum up: {{ text }}")
    assert msgspec.json.decode(msgspec.json.encode(reading), type=Reading) == reading
    assert msgspec.json.encode(Reading()) == b"{}"
