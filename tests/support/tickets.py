"""Tickets made by hand."""

from support.plans import CHEAP, INPUT_TOKENS, MAX_TOKENS, WORST

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.tickets import Assigned, History, Ticket


def assigned(row: int = 0, *, model: str = CHEAP, importance: str = "standard", output_tokens: int = 50) -> Assigned:
    """One assignment, with the prices of `support.plans`."""
    return Assigned(
        row=row,
        custom_id=f"r{row}",
        offset=row,
        length=1,
        importance=importance,
        model=model,
        service_tier="standard",
        input_tokens=INPUT_TOKENS,
        output_tokens=output_tokens,
        reasoning_tokens=0,
        max_tokens=MAX_TOKENS,
        cost_pusd=PicoUSD(500),
        cost_range_pusd=PicoUSD(600),
        cost_high_pusd=WORST[model],
        rule="all",
    )


def ticket(item: Assigned | None = None, *, extra: bool = False, history: History | None = None) -> Ticket:
    """Its first attempt."""
    item = item or assigned()
    return Ticket(
        assigned=item,
        kind=AttemptKind.RESEND if extra else AttemptKind.FIRST,
        model=item.model,
        service_tier=item.service_tier,
        max_tokens=item.max_tokens,
        input_tokens=item.input_tokens,
        worst_pusd=item.cost_high_pusd,
        history=history or History(),
        extra=extra,
    )
