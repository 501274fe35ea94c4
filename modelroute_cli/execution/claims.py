"""Which money is spoken for: what first attempts need that wait or are in flight, and what that leaves for extras."""

from collections.abc import Callable, Mapping

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.budget import Budget, Reservation, reserve
from modelroute_cli.execution.caps import CapKind, Room
from modelroute_cli.execution.observed import Load, Loads
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.tickets import Ticket


class Claims:
    """Counts what is in flight or aside, beside the first attempts that wait in `firsts`."""

    def __init__(self, purse: Purse, firsts: Backlog) -> None:
        self._purse = purse
        self._firsts = firsts
        self._flying = Loads()  # first attempts that were started and have not landed
        self._firsts_flying = 0
        self._extras_flying_pusd = 0  # what is reserved for them
        self._aside = Loads()  # first attempts that wait for their tenant's money
        self.to_hand_in: Callable[[], Mapping[str, Load]] = dict  # first attempts that wait for that
        self.set_aside: Callable[[], int] = int  # pico-dollars that are reserved for them already

    def flies(self, ticket: Ticket, reserved_pusd: PicoUSD, sign: int) -> None:
        """A ticket was started (`sign` 1), or has landed (-1)."""
        if ticket.extra:
            self._extras_flying_pusd += sign * reserved_pusd
        else:
            self._firsts_flying += sign
            self._flying.add(ticket.model, ticket.assigned, sign)

    def out_already(self, model: str, load: Load, extras_pusd: PicoUSD) -> None:
        """Requests that an earlier session handed in: first attempts as `load`, and what is reserved for extras."""
        if load.requests:
            self._flying.add_all(model, load)
        self._firsts_flying += load.requests
        self._extras_flying_pusd += extras_pusd

    def stands_aside(self, ticket: Ticket, sign: int) -> None:
        """A first attempt was put aside until its tenant has money (`sign` 1), or waits again (-1)."""
        self._aside.add(ticket.model, ticket.assigned, sign)

    @property
    def any_flying(self) -> bool:
        """Whether any attempt was started that has not landed."""
        return bool(self._firsts_flying or self._extras_flying_pusd)

    @property
    def unjudged(self) -> int:
        """First attempts that wait or are in flight."""
        handing_in = sum(load.requests for load in self.to_hand_in().values())
        return len(self._firsts) + self._firsts_flying + self._purse.caps.aside + handing_in

    def need_pusd(self) -> PicoUSD:
        """What the first attempts that wait are expected to cost, at the high end."""
        learned = self._purse.learned
        loads = (self._firsts.loads, self._aside.by_model(), self.to_hand_in())
        return PicoUSD(sum(learned.need(load) for load in loads))

    def unreserved_need_pusd(self) -> PicoUSD:
        """The same without what is reserved for them already."""
        return PicoUSD(max(0, self.need_pusd() - self.set_aside()))

    def need_at_once_pusd(self) -> PicoUSD:
        """The same of those that are not to be handed in: what handing others in leaves alone."""
        learned = self._purse.learned
        return PicoUSD(learned.need(self._firsts.loads) + learned.need(self._aside.by_model()))

    def spare_pusd(self) -> PicoUSD:
        """What is expected to be left of the cap by first attempts that wait or are in flight; negative beyond it."""
        flying = self._purse.learned.expected(self._flying.by_model()) + self._extras_flying_pusd
        return PicoUSD(self._purse.budget.left - flying - self.need_pusd())

    def spare(self, ticket: Ticket, need: PicoUSD) -> Reservation | None:
        """Money for what is not needed for an answer, where enough is left for what is (`need_pusd`)."""
        budgets, price = self._purse.budgets_of(ticket), self._purse.price(ticket)
        spare = all(budget.fits(PicoUSD(price + _need_of(budget, need))) for budget in budgets)
        return reserve(budgets, price) if spare else None

    def projected_pusd(self) -> PicoUSD | None:
        """What the run comes to by observed usage, extras yet to come left out; None before any usage is known.

        That is what was spent, and what the first attempts that wait or are in flight are expected to cost.
        """
        learned = self._purse.learned
        if not learned.any_known:
            return None
        waiting = (self._firsts.loads, self._aside.by_model(), self._flying.by_model(), self.to_hand_in())
        return PicoUSD(self._purse.budget.spent + sum(learned.expected(loads) for loads in waiting))

    def where_time_decides(self) -> Mapping[str, Load] | None:
        """What waits, model by model; None where money is scarce, so that importance decides who goes first."""
        loads, learned = self._firsts.loads, self._purse.learned
        need = learned.need(loads) + learned.need(self._flying.by_model())
        return None if self._purse.caps.any or need > self._purse.budget.left else loads


def _need_of(budget: Budget, need: PicoUSD) -> int:
    """What an extra leaves alone under one cap: what waits for it, which for a day is all that waits."""
    return budget.need if isinstance(budget, Room) and budget.kind is not CapKind.DAY else need
