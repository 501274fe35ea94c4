"""What was measured for one request."""

import pytest
from msgspec import structs
from support.measured_plans import FLASH, LUNA, cell, measured

from modelroute_cli.planning.evidence import Evidence, ModelEvidence, evidence_of

KNOWN = measured({"g": {LUNA: cell(0.6, 0.04, paired=0.03), FLASH: cell(0.98, 0.05)}}, {"t1": "g", "t2": "g"})


def test_every_model_of_the_group_is_told_with_its_interval_the_best_first() -> None:
    """The interval of nine in ten, inside what a quality can be."""
    evidence = evidence_of(KNOWN, "t2")
    assert evidence is not None
    assert (evidence.group, evidence.scorer, evidence.baseline) == ("g", "expected answers", "gpt-5")
    best, other = evidence.models
    assert (best.model, best.quality_high) == (FLASH, 1.0)
    assert (other.quality_low, other.quality_high) == pytest.approx((0.6 - 1.6449 * 0.04, 0.6 + 1.6449 * 0.04))
    assert other == ModelEvidence(
        model=LUNA,
        quality=0.6,
        quality_low=other.quality_low,
        quality_high=other.quality_high,
        difference_error=0.03,
        source="pilot",
        pilot_requests=50,
        history_requests=0.0,
    )


def test_a_template_of_no_group_has_none_and_no_measurement_says_nothing() -> None:
    """Unknown is said, not made up."""
    assert evidence_of(KNOWN, "t9") == Evidence(
        scorer="expected answers", baseline="gpt-5", emulated=False, group=None, models=()
    )
    assert evidence_of(None, "t1") is None
    emulated = evidence_of(structs.replace(KNOWN, emulated=True), "t1")
    assert emulated is not None
    assert emulated.emulated
