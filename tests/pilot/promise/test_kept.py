"""Hold-outs and certificates in their files."""

from pathlib import Path

import pytest
from msgspec import structs
from support.promised import hold_out, right

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.certify import Promise
from modelroute_cli.pilot.promise.certificate import Certificate, Facts, make_certificate
from modelroute_cli.pilot.promise.evidence import result
from modelroute_cli.pilot.promise.kept import keep_certificate, keep_hold_out, read_certificate, read_hold_out


def certificate(*, passed: bool) -> Certificate:
    """What 100 of 100 pairs came to."""
    held = hold_out(rows=tuple(range(100)))
    seen = [each for at in range(100) for each in right(f"r{at}", base=1, cheap=float(passed))]
    facts = Facts(
        hold_out_id="h",
        scorers=("expected",),
        missing=0,
        spent_pusd=PicoUSD(5),
        held_pusd=PicoUSD(0),
        at="2026-11-23T10:00:00+00:00",
        emulated=False,
    )
    return make_certificate(held, result(held, seen, 100), facts)


def test_a_certificate_names_the_rung_and_its_plan_or_that_there_is_none() -> None:
    """With every rung that was tested."""
    good, bad = certificate(passed=True), certificate(passed=False)
    assert (good.target, good.plan_digest, good.pairs, good.population) == (0.98, "d", 100, 100)
    assert (bad.target, bad.plan_digest) == (None, None)
    assert [(each.target, each.passed) for each in (*good.tested, *bad.tested)] == [(0.98, True), (0.98, False)]


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    """A certificate by its promise; another promise has none."""
    held, found = hold_out(rows=(4, 2)), certificate(passed=True)
    keep_hold_out(tmp_path, held)
    keep_certificate(tmp_path, found)
    assert read_hold_out(tmp_path) == held
    assert read_certificate(tmp_path, Promise(0.9)) == found
    assert read_certificate(tmp_path, Promise(0.9, 0.9)) is None
    assert read_certificate(tmp_path, Promise(0.91)) is None


def test_a_file_of_a_newer_version_or_of_none_is_refused(tmp_path: Path) -> None:
    """With what to do."""
    keep_certificate(tmp_path, structs.replace(certificate(passed=True), format=2))
    with pytest.raises(StorageError, match="was made by a newer modelroute"):
        read_certificate(tmp_path, Promise(0.9))
    (tmp_path / "hold_out.json").write_text("{}")
    with pytest.raises(StorageError):
        read_hold_out(tmp_path)
