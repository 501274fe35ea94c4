"""Gates as scorers."""

import pytest
from support.pilot_answers import answer

from modelroute_cli.base.errors import UsageError
from modelroute_cli.pilot.scorers.gates import by_gates


@pytest.mark.parametrize(("passed", "quality"), [(True, 1.0), (False, 0.0)])
def test_what_passes_is_usable_and_no_more(passed: bool, quality: float) -> None:  # noqa: FBT001 - a parameter
    """One or nothing."""
    seen = by_gates(answer(passed=passed))
    assert (seen.quality, seen.scorer) == (quality, "gates")


def test_what_no_gate_looked_at_has_no_quality() -> None:
    """Unknown is not 0."""
    with pytest.raises(UsageError) as caught:
        by_gates(answer(passed=None))
    assert caught.value.message == "no gate looked at the answer of `cheap-1` to `a`, so nothing says its worth"
    assert caught.value.hint == "name a judge or a command as scorer, or give the request an `expected`"
