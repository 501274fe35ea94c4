"""Tests of modelroute_cli.emulator.faults."""

from collections import Counter
from functools import partial

import pytest

from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.chance import chance
from modelroute_cli.emulator.faults import FAULTS, choose_fault


def met(shares: EmulatorFaults, requests: int = 2000) -> Counter[str | None]:
    """How often each fault is met."""
    return Counter(choose_fault(shares, partial(chance, 1, b"", nth)) for nth in range(requests))


def test_every_share_of_the_settings_is_a_fault() -> None:
    """A fault that can be set is one that happens."""
    assert set(EmulatorFaults.__struct_fields__) == set(FAULTS)


def test_without_shares_nothing_fails() -> None:
    """The default."""
    assert met(EmulatorFaults()) == {None: 2000}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_share_of_one_is_every_request(fault: str) -> None:
    """For tests that want a storm."""
    assert met(EmulatorFaults(**{fault: 1.0}), 50) == {fault: 50}


def test_shares_are_kept() -> None:
    """Two faults at once, each by its share."""
    counts = met(EmulatorFaults(server_error=0.2, empty=0.1))
    assert counts["server_error"] == pytest.approx(400, rel=0.15)
    assert counts["empty"] == pytest.approx(200, rel=0.2)
    assert sum(counts.values()) == 2000
