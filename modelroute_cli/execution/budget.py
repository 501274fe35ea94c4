"""The hard cap: money is reserved before a request is sent, so that no interleaving can pass it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from modelroute_cli.base.money import PicoUSD

_NOTHING = PicoUSD(0)


class Budget:
    """Keeps `spent + held + reserved <= cap` for as long as no bill is above its reservation.

    `held` is the money of requests whose outcome is unknown: they may have been billed, so it never comes back.
    A bill above its reservation is recorded as it is; nothing more fits once the cap is used up.
    """

    def __init__(self, cap: PicoUSD, spent: PicoUSD = _NOTHING, held: PicoUSD = _NOTHING) -> None:
        self.cap = cap
        self.spent = spent
        self.held = held
        self.reserved = _NOTHING

    @property
    def free(self) -> PicoUSD:
        """What is neither spent, held nor reserved; negative after a bill above its reservation."""
        return PicoUSD(self.cap - self.spent - self.held - self.reserved)

    @property
    def left(self) -> PicoUSD:
        """What is neither spent nor held: the most that can ever be reserved at once from now on."""
        return PicoUSD(self.cap - self.spent - self.held)

    def fits(self, worst: PicoUSD) -> bool:
        """Whether a request that costs at most `worst` may be sent now."""
        return 0 <= worst <= self.cap - self.spent - self.held - self.reserved

    def reserve(self, worst: PicoUSD) -> bool:
        """Set `worst` aside when it fits; else change nothing and say so."""
        if not self.fits(worst):
            return False
        self.reserved = PicoUSD(self.reserved + worst)
        return True

    def settle(self, reservation: PicoUSD, actual: PicoUSD) -> None:
        """Turn a reservation into what was billed, which may be zero."""
        self._release(reservation)
        self.spent = PicoUSD(self.spent + actual)

    def hold(self, reservation: PicoUSD) -> None:
        """Keep a reservation for good: nobody knows whether it was billed."""
        self._release(reservation)
        self.held = PicoUSD(self.held + reservation)

    def _release(self, reservation: PicoUSD) -> None:
        """Take back a reservation that was given; asking for more is a bug."""
        if not 0 <= reservation <= self.reserved:
            msg = f"released {reservation} pico-dollars of {self.reserved} reserved"
            raise AssertionError(msg)
        self.reserved = PicoUSD(self.reserved - reservation)


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money set aside for one attempt under every cap that holds for it; settled or held once."""

    pusd: PicoUSD
    budgets: tuple[Budget, ...]

    def settle(self, actual: PicoUSD | None) -> None:
        """What was billed, under every cap; None while nobody knows, which keeps the whole reservation for good."""
        for budget in self.budgets:
            if actual is None:
                budget.hold(self.pusd)
            else:
                budget.settle(self.pusd, actual)


def fit(budgets: Iterable[Budget], worst: PicoUSD) -> bool:
    """Whether a request that costs at most `worst` may be sent now under all of these caps."""
    return all(budget.fits(worst) for budget in budgets)


def reserve(budgets: tuple[Budget, ...], worst: PicoUSD) -> Reservation | None:
    """`worst` set aside under all of these caps at once; None, and nothing changed, where one has no room for it."""
    if not fit(budgets, worst):
        return None
    for budget in budgets:
        budget.reserve(worst)
    return Reservation(worst, budgets)


class Margins:
    """What providers billed above the reservation, model by model: later reservations there are raised by as much."""

    def __init__(self) -> None:
        self._factors: dict[str, Fraction] = {}

    def raised(self, model: str, worst: PicoUSD) -> PicoUSD:
        """`worst` times the largest excess seen on `model`, rounded up."""
        factor = self._factors.get(model)
        return worst if factor is None else PicoUSD(ceil(worst * factor))

    def observe(self, model: str, worst: PicoUSD, actual: PicoUSD) -> bool:
        """Learn from a bill; True when it is the first of `model` that was above its bound."""
        if actual <= worst or worst <= 0:
            return False
        known = self._factors.get(model)
        self._factors[model] = max(known or Fraction(1), Fraction(actual, worst))
        return known is None
