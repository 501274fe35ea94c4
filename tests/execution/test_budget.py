"""The hard cap: reservations, bills and held money under any interleaving."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.budget import Budget, Margins

CAP = PicoUSD(10_000)


class BudgetMachine(RuleBasedStateMachine):
    """Any order of reserving, settling and holding, with bills up to the reservation."""

    reservations = Bundle("reservations")

    def __init__(self) -> None:
        super().__init__()
        self.budget = Budget(CAP)
        self.billed = 0
        self.lost = 0

    @rule(target=reservations, worst=st.integers(0, 6_000))
    def reserve(self, worst: int) -> int:
        """Reserve; a refusal changes nothing."""
        before = self.budget.free
        if self.budget.reserve(PicoUSD(worst)):
            return worst
        assert self.budget.free == before
        assert worst > before
        return 0

    @rule(reservation=consumes(reservations), share=st.fractions(0, 1))
    def settle(self, reservation: int, share: float) -> None:
        """A bill of any size up to the reservation."""
        actual = PicoUSD(int(reservation * share))
        self.budget.settle(PicoUSD(reservation), actual)
        self.billed += actual

    @rule(reservation=consumes(reservations))
    def hold(self, reservation: int) -> None:
        """The answer was lost."""
        self.budget.hold(PicoUSD(reservation))
        self.lost += reservation

    @invariant()
    def the_cap_holds(self) -> None:
        """Spent, held and reserved money together never pass the cap, and nothing is forgotten."""
        budget = self.budget
        assert budget.spent + budget.held + budget.reserved <= CAP
        assert (budget.spent, budget.held) == (self.billed, self.lost)
        assert budget.free == CAP - budget.spent - budget.held - budget.reserved


BudgetMachine.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestBudget = BudgetMachine.TestCase


def test_a_reservation_fits_to_the_last_pico_dollar() -> None:
    """Exactly what is left fits, one more does not."""
    budget = Budget(CAP, spent=PicoUSD(4_000), held=PicoUSD(1_000))
    assert budget.fits(PicoUSD(5_000))
    assert not budget.fits(PicoUSD(5_001))


def test_a_bill_above_its_reservation_is_recorded_as_it_is() -> None:
    """The truth is kept, and nothing more fits."""
    budget = Budget(CAP)
    assert budget.reserve(PicoUSD(9_000))
    budget.settle(PicoUSD(9_000), PicoUSD(12_000))
    assert (budget.spent, budget.free) == (12_000, -2_000)
    assert not budget.fits(PicoUSD(0))


def test_releasing_what_was_not_reserved_is_a_bug() -> None:
    """Settling twice is caught."""
    budget = Budget(CAP)
    assert budget.reserve(PicoUSD(10))
    budget.settle(PicoUSD(10), PicoUSD(5))
    with pytest.raises(AssertionError, match="released 10 pico-dollars of 0 reserved"):
        budget.settle(PicoUSD(10), PicoUSD(5))


def test_a_negative_reservation_never_fits() -> None:
    """A bound that is wrong cannot make room."""
    assert not Budget(CAP).fits(PicoUSD(-1))


def test_margins_raise_later_reservations_by_the_largest_excess() -> None:
    """A model that billed 10% above its bound is reserved 10% more from then on, rounded up; others are not."""
    margins = Margins()
    assert margins.observe("a", PicoUSD(100), PicoUSD(110))
    assert not margins.observe("a", PicoUSD(100), PicoUSD(105))
    assert margins.raised("a", PicoUSD(101)) == 112
    assert margins.raised("b", PicoUSD(101)) == 101


def test_margins_ignore_bills_inside_their_bound() -> None:
    """An ordinary bill teaches nothing, and a bound of zero cannot be scaled."""
    margins = Margins()
    assert not margins.observe("a", PicoUSD(100), PicoUSD(100))
    assert not margins.observe("a", PicoUSD(0), PicoUSD(5))
    assert margins.raised("a", PicoUSD(7)) == 7
